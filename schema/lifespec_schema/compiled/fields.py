"""Which fields the compiled language knows at a place, for messages about one that it does not know."""

from __future__ import annotations

import difflib
from typing import Any

from lifespec_schema.findings import Path

from .language import Root, compiled_schema

_ANY: dict[str, Any] = {"type": "any"}


def fields_at(root: Root, value: object, path: Path) -> list[str]:
    """The names of the fields allowed in the mapping at `path` of `value`."""
    top = compiled_schema(root)
    definitions = {item["ref"]: item for item in top.get("definitions", ())}
    schema = _unwrap(top, definitions, value)
    for part in path:
        value = value[part] if isinstance(value, (dict, list)) else None  # type: ignore[index]
        if schema["type"] == "model":
            schema = _field(schema, str(part))
        elif schema["type"] == "dict":
            schema = schema.get("values_schema", _ANY)
        elif schema["type"] == "tuple":
            schema = schema["items_schema"][0]
        else:
            return []
        schema = _unwrap(schema, definitions, value)
    return sorted(field["validation_alias"] for field in _fields(schema)) if schema["type"] == "model" else []


def path_at(root: Root, location: tuple[str | int, ...]) -> Path:
    """The path that an error's location means: the location also names the branches of unions that were taken."""
    top = compiled_schema(root)
    definitions = {item["ref"]: item for item in top.get("definitions", ())}
    schema = _peel(top, definitions)
    path: list[str | int] = []
    for part in location:
        if schema["type"] == "tagged-union":
            schema = _peel(schema["choices"].get(part, _ANY), definitions)
            continue
        if part == "[key]":
            break
        path.append(part)
        match schema["type"]:
            case "model":
                schema = _field(schema, str(part))
            case "dict":
                schema = schema.get("values_schema", _ANY)
            case "tuple":
                schema = schema["items_schema"][0]
            case _:
                schema = _ANY
        schema = _peel(schema, definitions)
    return tuple(path)


def suggest_field(root: Root, value: object, path: Path) -> str:
    """What may be written instead of the unknown field at `path`."""
    known = fields_at(root, value, path[:-1])
    close = difflib.get_close_matches(str(path[-1]), known, 1, 0.6)
    hint = f"did you mean `{close[0]}`? " if close else ""
    return hint + (f"fields here: {', '.join(known)}" if known else "")


def _fields(model: dict[str, Any]) -> list[dict[str, Any]]:
    inner = model["schema"]
    while inner["type"] != "model-fields":
        inner = inner["schema"]
    return list(inner["fields"].values())


def _field(model: dict[str, Any], alias: str) -> dict[str, Any]:
    return next((field["schema"] for field in _fields(model) if field["validation_alias"] == alias), _ANY)


def _unwrap(schema: dict[str, Any], definitions: dict[str, Any], value: object) -> dict[str, Any]:
    schema = _peel(schema, definitions)
    while schema["type"] == "tagged-union":
        tag = value.get(schema["discriminator"]) if isinstance(value, dict) else None
        choices = schema["choices"]
        schema = _peel(choices[tag] if tag in choices else next(iter(choices.values())), definitions)
    return schema


def _peel(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """What a schema is about, without the functions and defaults around it."""
    while True:
        match schema["type"]:
            case "definition-ref":
                schema = definitions[schema["schema_ref"]]
            case kind if kind in {"default", "definitions"} or kind.startswith("function-"):
                if "schema" not in schema:
                    return _ANY
                schema = schema["schema"]
            case _:
                return schema
