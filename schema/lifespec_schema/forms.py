"""Reads a plain value as a document of the language, and says in the language's words what is wrong with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from pydantic_core import ErrorDetails, ValidationError

from lifespec_schema.compiled.fields import did_you_mean, fields_here, path_at, suggest_branch, suggest_field
from lifespec_schema.compiled.language import Root, dump, validator
from lifespec_schema.findings import Path
from lifespec_schema.loader.escape import show_value
from lifespec_schema.values.form import CANONICAL, shown

if TYPE_CHECKING:
    from lifespec_schema.spec.lifecycle import ModelLifecycle
    from lifespec_schema.spec.model_version import ModelVersion
    from lifespec_schema.spec.project import LifespecProject

Form = Literal["authoring", "canonical"]


_ABOUT_KEYS = frozenset({"extra_forbidden", "unknown-field", "contradiction", "check-without-bound"})
"""What is wrong with a key, or with a whole mapping: its first line alone would say nothing."""


class Problem(NamedTuple):
    """Something that the language does not allow, at a path of the value."""

    code: str
    path: Path
    message: str
    help: str = ""
    on_key: bool = False
    """Whether the key at the path is what is wrong, not its value."""


def read_lifecycle(value: object, form: Form = "authoring") -> tuple[ModelLifecycle | None, list[Problem]]:
    """`value` as a lifecycle, or every problem that keeps it from being one."""
    node, problems = _read("ModelLifecycle", value, CANONICAL if form == "canonical" else None)
    lifecycle = cast("ModelLifecycle | None", node)
    if lifecycle is not None and form == "canonical" and lifecycle.spec.platform is None:
        missing = Problem("missing-field", ("spec", "platform"), "`platform` is missing", "compile writes it")
        return None, [missing]
    return lifecycle, problems


def read_project(value: object) -> tuple[LifespecProject | None, list[Problem]]:
    """`value` as a project file, or every problem that keeps it from being one."""
    node, problems = _read("LifespecProject", value, None)
    return cast("LifespecProject | None", node), problems


def read_model_version(value: object) -> tuple[ModelVersion | None, list[Problem]]:
    """`value` as a model version, or every problem that keeps it from being one."""
    node, problems = _read("ModelVersion", value, None)
    return cast("ModelVersion | None", node), problems


def canonical_value(node: object) -> Any:
    """A validated document, or a part of one, as canonical JSON: what was written, nothing filled in."""
    return dump(node)


def filled_value(node: object) -> Any:
    """A validated document, or a part of one, with the language's defaults filled in."""
    return dump(node, defaults=True)


def _read(root: Root, value: object, context: str | None) -> tuple[object, list[Problem]]:
    try:
        return validator(root).validate_python(value, context=context), []
    except ValidationError as error:
        details = [detail for detail in error.errors(include_url=False) if not _follows(detail)]
        found = [_problem(root, value, detail) for detail in details]
        return None, list(dict.fromkeys(found))


def _follows(detail: ErrorDetails) -> bool:
    """Whether an error only says that a list is too short because its items were refused: they have their own."""
    written = detail["input"]
    return (
        detail["type"] == "too_short"
        and isinstance(written, list)
        and len(written) >= detail.get("ctx", {})["min_length"]
    )


def _problem(root: Root, value: object, detail: ErrorDetails) -> Problem:
    kind, context = detail["type"], detail.get("ctx", {})
    path = written_path(value, path_at(root, detail["loc"]))
    written = shown(detail["input"])
    on_key = detail["loc"][-1:] == ("[key]",) or kind in _ABOUT_KEYS
    if detail["input"] is None and not on_key:
        return _no_value(path)
    if "help" in context:
        return Problem(kind, path, str(context["message"]), str(context["help"]), on_key)
    match kind:
        case "missing":
            help_text = f"`lifespec explain {_dotted(path)}` says what it means"
            return Problem("missing-field", path, f"`{path[-1]}` is missing", help_text)
        case "extra_forbidden":
            help_text = suggest_field(root, detail["loc"])
            return Problem(
                "unknown-field", path, f"`{show_value(str(path[-1]))}` is not a field here", help_text, on_key
            )
        case "literal_error":
            help_text = _one_of(detail["input"], context["expected"])
            return Problem("wrong-value", path, f"{written} is not allowed here", help_text)
        case "union_tag_invalid" | "union_tag_not_found":
            tag = str(context["discriminator"]).strip("'")
            tag_path = written_path(value, (*path, tag))
            if kind == "union_tag_not_found":
                help_text = suggest_branch(root, detail["loc"], detail["input"])
                return Problem("missing-field", tag_path, f"`{tag}` is missing", help_text)
            if isinstance(detail["input"], dict) and detail["input"].get(tag) is None:
                return _no_value(tag_path)
            message = f"{shown(context['tag'])} is not a {tag} that is known here"
            return Problem("wrong-value", tag_path, message, _one_of(context["tag"], context["expected_tags"]))
        case "too_long" | "too_short" | "string_too_long" | "string_too_short":
            return Problem("wrong-length", path, *_length(kind, detail["input"], context), on_key)
        case "greater_than" | "greater_than_equal" | "less_than" | "less_than_equal":
            return Problem("out-of-range", path, *_range(kind, written, context))
        case "string_pattern_mismatch":
            message = f"{written} has a form that is not allowed here"
            return Problem("wrong-value", path, message, f"it must match `{context['pattern']}`")
        case _:
            wanted = _wanted(detail)
            known = fields_here(root, detail["loc"]) if wanted == "a mapping" else []
            return Problem("wrong-type", path, f"{written} is not {wanted}", _type_help(wanted, detail["input"], known))


def _no_value(path: Path) -> Problem:
    what = f"`{path[-1]}` has no value" if path and isinstance(path[-1], str) else "this item has no value"
    return Problem("no-value", path, what, "write one, or delete the line")


def written_path(value: object, path: Path) -> Path:
    """`path` as far as it is written in `value`: without the levels that only the long form of a short one has."""
    written: list[str | int] = []
    for part in path:
        if isinstance(value, dict):
            written.append(part)
            if part not in value:
                break
            value = value[part]
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            written.append(part)
            value = value[part]
        elif not isinstance(value, list):
            break
    return tuple(written)


def _one_of(written: object, expected: str) -> str:
    """The values allowed, from pydantic-core's list of them, and the one that was probably meant."""
    allowed = re.findall(r"'([^']*)'", expected)
    quoted = [f"`{value}`" for value in allowed]
    return f"{did_you_mean(written, allowed)}write {' or '.join([', '.join(quoted[:-1]), quoted[-1]] if quoted[1:] else quoted)}"


def _length(kind: str, written: object, context: dict[str, Any]) -> tuple[str, str]:
    what = "characters" if kind.startswith("string") else "items" if isinstance(written, list) else "entries"
    count = len(written) if isinstance(written, (str, list, dict)) else 0
    message = f"there are {count} {what} here" if count else "this is empty"
    if "max_length" in context:
        return message, f"at most {context['max_length']} {what} are allowed"
    least = context["min_length"]
    return message, f"at least {least} {what} are needed" if least > 1 else "write at least one, or delete the line"


def _range(kind: str, written: str, context: dict[str, Any]) -> tuple[str, str]:
    bound = next(context[key] for key in ("gt", "ge", "lt", "le") if key in context)
    bound = int(bound) if float(bound).is_integer() else bound
    words = {
        "greater_than": ("is not above", "write more than"),
        "greater_than_equal": ("is below", "write at least"),
        "less_than": ("is not below", "write less than"),
        "less_than_equal": ("is above", "write at most"),
    }
    relation, advice = words[kind]
    return f"{written} {relation} {bound}", f"{advice} {bound}"


def _wanted(detail: ErrorDetails) -> str:
    names = {
        "dictionary": "a mapping",
        "tuple": "a list",
        "string": "a text",
        "integer": "a whole number",
        "boolean": "true or false",
    }
    wanted = detail["msg"].removeprefix("Input should be ").removeprefix("a valid ")
    return next((name for word, name in names.items() if word in wanted), wanted)


def _type_help(wanted: str, written: object, fields: list[str]) -> str:
    """How to write what is wanted instead of what is there."""
    plain = str(written) if isinstance(written, (str, int, float)) and len(str(written)) <= 60 else ""
    if wanted == "a mapping":
        return (
            f"its fields: {', '.join(fields)}" if fields else "write `key: value`, each on a line of its own, indented"
        )
    if wanted == "a list":
        return f"write `[{plain}]`" if plain else "write `- ` before each item"
    if wanted == "a text":
        return "put it in quotes" if plain else "write a text"
    if wanted == "true or false":
        return f"write `{'false' if plain.lower() in {'no', 'n', 'off', 'false', '0'} else 'true'}`" if plain else ""
    return f"write it without quotes: `{plain}`" if isinstance(written, str) and plain.isdigit() else f"write {wanted}"


def _dotted(path: Path) -> str:
    return ".".join(str(part) for part in path if isinstance(part, str))
