"""Which fields the compiled language knows at a place, for messages about one that it does not know."""

from __future__ import annotations

from typing import Any, cast

from lifespec_schema.findings import Path
from lifespec_schema.values.form import closest, did_you_mean

from .language import Root, compiled_schema

_ANY: dict[str, Any] = {"type": "any"}


Location = tuple[str | int, ...]
"""Where pydantic-core found an error: a path that also names the branches of unions that were taken."""


def fields_at(root: Root, value: object, path: Path) -> list[str]:
    """The names of the fields allowed in the mapping at `path` of `value`."""
    schema = _chosen(_peel(compiled_schema(root)), value)
    for part in path:
        value = value.get(part) if isinstance(value, dict) else None
        schema = _chosen(_peel(_inner(schema, part)), value)
    return _names(schema)


def path_at(root: Root, location: Location) -> Path:
    """The path that a location means."""
    return _follow(root, location)[0]


def fields_here(root: Root, location: Location) -> list[str]:
    """The names of the fields allowed in the mapping at `location`; where a union's branch is open, those of all."""
    return _names(_follow(root, location)[1])


def suggest_field(root: Root, location: Location) -> str:
    """What may be written instead of the unknown field at `location`."""
    known = fields_here(root, location[:-1])
    return did_you_mean(location[-1], known) + (f"fields here: {', '.join(known)}" if known else "")


def suggest_branch(root: Root, location: Location, written: object) -> str:
    """How to choose a branch of the union at `location`; for a misspelt key that would, what was probably meant."""
    _, schema = _follow(root, location)
    known = _names(schema)
    unknown = [key for key in written if key not in known] if isinstance(written, dict) else []
    hints = [f"did you mean `{close}` instead of `{key}`? " for key in unknown if (close := closest(key, known))]
    return f"{''.join(hints)}it tells which form is meant: {', '.join(f'`{tag}`' for tag in schema['choices'])}"


def _fields(model: dict[str, Any]) -> list[dict[str, Any]]:
    inner = model["schema"]
    while inner["type"] != "model-fields":
        inner = inner["schema"]
    return list(inner["fields"].values())


def _field(model: dict[str, Any], alias: str) -> dict[str, Any]:
    return next((field["schema"] for field in _fields(model) if field["validation_alias"] == alias), _ANY)


def _follow(root: Root, location: Location) -> tuple[Path, dict[str, Any]]:
    """The path that a location means, and the schema there."""
    schema = _peel(compiled_schema(root))
    path: list[str | int] = []
    for part in location:
        if schema["type"] == "tagged-union":
            schema = _peel(schema["choices"].get(part, _ANY))
            continue
        if part == "[key]":
            break
        path.append(part)
        schema = _peel(_inner(schema, part))
    return tuple(path), schema


def _inner(schema: dict[str, Any], part: str | int) -> dict[str, Any]:
    match schema["type"]:
        case "model":
            return _field(schema, str(part))
        case "dict":
            return cast("dict[str, Any]", schema.get("values_schema", _ANY))
        case "tuple":
            return cast("dict[str, Any]", schema["items_schema"][0])
        case _:
            return _ANY


def _chosen(schema: dict[str, Any], value: object) -> dict[str, Any]:
    """The branch of a union that `value` chooses, else the first; what is no union is itself."""
    if schema["type"] != "tagged-union":
        return schema
    choices = schema["choices"]
    tag = value.get(schema["discriminator"]) if isinstance(value, dict) else None
    return _peel(choices[tag] if isinstance(tag, str) and tag in choices else next(iter(choices.values())))


def _names(schema: dict[str, Any]) -> list[str]:
    branches = [_peel(choice) for choice in schema.get("choices", {}).values()] or [schema]
    models = [branch for branch in branches if branch["type"] == "model"]
    return sorted({field["validation_alias"] for model in models for field in _fields(model)})


def _peel(schema: dict[str, Any]) -> dict[str, Any]:
    """What a schema is about, without the functions and defaults around it."""
    while schema["type"] == "default" or schema["type"].startswith("function-"):
        schema = schema.get("schema", _ANY)
    return schema
