"""Reads a plain value as a document of the language, and says in the language's words what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, cast

from pydantic_core import ErrorDetails, ValidationError

from lifespec_schema.compiled.language import Root, dump, validator
from lifespec_schema.findings import Path
from lifespec_schema.problems import Problem, problem_of
from lifespec_schema.values.form import CANONICAL

if TYPE_CHECKING:
    from lifespec_schema.scenario import Scenario
    from lifespec_schema.spec.lifecycle import ModelLifecycle
    from lifespec_schema.spec.model_version import ModelVersion
    from lifespec_schema.spec.project import LifespecProject

__all__ = [
    "Form",
    "Problem",
    "canonical_value",
    "filled_value",
    "read_lifecycle",
    "read_model_version",
    "read_project",
    "read_scenario",
]

Form = Literal["authoring", "canonical"]


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


def read_scenario(value: object) -> tuple[Scenario | None, list[Problem]]:
    """`value` as a scenario, or every problem that keeps it from being one."""
    node, problems = _read("Scenario", value, None)
    return cast("Scenario | None", node), problems


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
        found: dict[Path, Problem] = {}
        for detail in details:  # a short form is read as several fields: one value, one problem
            problem = problem_of(root, value, detail)
            found.setdefault(problem.path, problem)
        return None, list(found.values())


def _follows(detail: ErrorDetails) -> bool:
    """Whether an error only says that a list is too short because its items were refused: they have their own."""
    written = detail["input"]
    return (
        detail["type"] == "too_short"
        and isinstance(written, list)
        and len(written) >= detail.get("ctx", {})["min_length"]
    )
