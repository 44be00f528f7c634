"""What is wrong with a value that the language refuses, in the language's words: what, where, and what to write."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from pydantic_core import ErrorDetails

from lifespec_schema.compiled.fields import fields_here, path_at, suggest_branch, suggest_field
from lifespec_schema.compiled.language import Root
from lifespec_schema.findings import Path
from lifespec_schema.loader.escape import show_value
from lifespec_schema.values.form import did_you_mean, shown

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


def problem_of(root: Root, value: object, detail: ErrorDetails) -> Problem:
    """The problem that an error of pydantic-core means, in a document `value` of the kind `root`."""
    kind, context = detail["type"], detail.get("ctx", {})
    path = written_path(value, path_at(root, detail["loc"]))
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
            message = f"`{show_value(str(path[-1]))}` is not a field here"
            return Problem("unknown-field", path, message, suggest_field(root, detail["loc"]), on_key)
        case "union_tag_invalid" | "union_tag_not_found":
            tag = str(context["discriminator"]).strip("'")
            return _wrong_branch(root, written_path(value, (*path, tag)), tag, detail)
        case _:
            code, message, help_text = _wrong_value(root, detail)
            return Problem(code, path, message, help_text, on_key)


def _wrong_branch(root: Root, path: Path, tag: str, detail: ErrorDetails) -> Problem:
    if detail["type"] == "union_tag_not_found":
        help_text = suggest_branch(root, detail["loc"], detail["input"])
        return Problem("missing-field", path, f"`{tag}` is missing", help_text)
    if isinstance(detail["input"], dict) and detail["input"].get(tag) is None:
        return _no_value(path)
    context = detail.get("ctx", {})
    message = f"{shown(context['tag'])} is not a {tag} that is known here"
    return Problem("wrong-value", path, message, _one_of(context["tag"], context["expected_tags"]))


def _wrong_value(root: Root, detail: ErrorDetails) -> tuple[str, str, str]:
    """Code, message and help for a value that does not fit its field."""
    kind, context, written = detail["type"], detail.get("ctx", {}), shown(detail["input"])
    if kind == "literal_error":
        return "wrong-value", f"{written} is not allowed here", _one_of(detail["input"], context["expected"])
    if kind == "string_pattern_mismatch":
        message = f"{written} has a form that is not allowed here"
        return "wrong-value", message, f"it must match `{context['pattern']}`"
    if kind.endswith(("too_long", "too_short")):
        return "wrong-length", *_length(kind, detail["input"], context)
    if kind in _RELATIONS:
        return "out-of-range", *_range(kind, written, context)
    wanted = _wanted(detail)
    known = fields_here(root, detail["loc"]) if wanted == "a mapping" else []
    return "wrong-type", f"{written} is not {wanted}", _type_help(wanted, detail["input"], known)


def _no_value(path: Path) -> Problem:
    what = f"`{path[-1]}` has no value" if path and isinstance(path[-1], str) else "this item has no value"
    return Problem("no-value", path, what, "write one, or leave it out")


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
    listed = f"{', '.join(quoted[:-1])} or {quoted[-1]}" if quoted[1:] else "".join(quoted)
    return f"{did_you_mean(written, allowed)}write {listed}"


def _length(kind: str, written: object, context: dict[str, Any]) -> tuple[str, str]:
    what = "characters" if kind.startswith("string") else "items" if isinstance(written, list) else "entries"
    count = len(written) if isinstance(written, (str, list, dict)) else 0
    message = f"there are {count} {what} here" if count else "this is empty"
    if "max_length" in context:
        return message, f"at most {context['max_length']} {what} are allowed"
    least = context["min_length"]
    return message, f"at least {least} {what} are needed" if least > 1 else "write at least one, or leave it out"


_RELATIONS = {
    "greater_than": ("gt", "is not above", "write more than"),
    "greater_than_equal": ("ge", "is below", "write at least"),
    "less_than": ("lt", "is not below", "write less than"),
    "less_than_equal": ("le", "is above", "write at most"),
}


def _range(kind: str, written: str, context: dict[str, Any]) -> tuple[str, str]:
    key, relation, advice = _RELATIONS[kind]
    bound = int(context[key]) if float(context[key]).is_integer() else context[key]
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
    plain = plain if plain.isprintable() else ""
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
