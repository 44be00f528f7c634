"""Reads a plain value as a document of the language, and says in the language's words what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from pydantic_core import ErrorDetails, ValidationError

from lifespec_schema.compiled.fields import path_at, suggest_field
from lifespec_schema.compiled.language import Root, dump, validator
from lifespec_schema.findings import Path
from lifespec_schema.values.form import CANONICAL, shown

if TYPE_CHECKING:
    from lifespec_schema.spec.lifecycle import ModelLifecycle
    from lifespec_schema.spec.model_version import ModelVersion
    from lifespec_schema.spec.project import LifespecProject

Form = Literal["authoring", "canonical"]


class Problem(NamedTuple):
    """Something that the language does not allow, at a path of the value."""

    code: str
    path: Path
    message: str
    help: str = ""


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
    path = path_at(root, detail["loc"])
    written = shown(detail["input"])
    if "help" in context:
        return Problem(kind, path, str(context["message"]), str(context["help"]))
    match kind:
        case "missing":
            field = str(path[-1])
            return Problem(
                "missing-field", path, f"`{field}` is missing", f"`lifespec explain {_dotted(path)}` says what it means"
            )
        case "extra_forbidden":
            return Problem("unknown-field", path, f"`{path[-1]}` is not a field here", suggest_field(root, value, path))
        case "literal_error":
            return Problem("wrong-value", path, f"{written} is not allowed here", f"write {context['expected']}")
        case "union_tag_invalid":
            tag = str(context["discriminator"]).strip("'")
            message = f"{shown(context['tag'])} is not a {tag} that is known here"
            return Problem("wrong-value", (*path, tag), message, f"write one of {context['expected_tags']}")
        case "union_tag_not_found":
            tag = str(context["discriminator"]).strip("'")
            return Problem(
                "missing-field", (*path, tag), f"`{tag}` is missing", "it tells which of several forms is meant"
            )
        case "too_long" | "too_short" | "string_too_long" | "string_too_short":
            return Problem("wrong-length", path, detail["msg"], "")
        case "greater_than" | "greater_than_equal" | "less_than" | "less_than_equal" | "finite_number":
            return Problem("out-of-range", path, f"{written}: {detail['msg']}", "")
        case "string_pattern_mismatch":
            return Problem(
                "wrong-value",
                path,
                f"{written} has a form that is not allowed here",
                f"it must match `{context['pattern']}`",
            )
        case _:
            wanted = detail["msg"].removeprefix("Input should be ").removeprefix("a valid ")
            return Problem("wrong-type", path, f"{written} is not {_article(wanted)}", "")


def _article(wanted: str) -> str:
    names = {
        "dictionary": "a mapping",
        "tuple": "a list",
        "string": "a text",
        "integer": "a whole number",
        "boolean": "true or false",
    }
    return next((name for word, name in names.items() if word in wanted), wanted)


def _dotted(path: Path) -> str:
    return ".".join(str(part) for part in path if isinstance(part, str))
