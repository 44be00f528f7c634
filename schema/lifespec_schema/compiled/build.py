"""Exports the models' core schemas as JSON. Run when the language changes (`make gen`), never at run time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import FunctionType, MethodType
from typing import Any

import pydantic_core
from pydantic import BaseModel

from lifespec_schema.scenario import Scenario
from lifespec_schema.spec.base import HOLDS
from lifespec_schema.spec.lifecycle import ModelLifecycle
from lifespec_schema.spec.model_version import ModelVersion
from lifespec_schema.spec.project import LifespecProject

ROOTS: Mapping[str, type[BaseModel]] = {
    "ModelLifecycle": ModelLifecycle,
    "LifespecProject": LifespecProject,
    "ModelVersion": ModelVersion,
    "Scenario": Scenario,
}
_DROPPED = {
    "metadata",
    "serialization",
    "config",
    "custom_init",
    "root_model",
    "computed_fields",
    "post_init",
    "json_schema_input_schema",
}


def core_schema(root: type[BaseModel]) -> dict[str, Any]:
    """The core schema of a root model as JSON: functions by module and name, classes by name and aliases."""
    root.model_rebuild(force=True)
    exported = _export(root.__pydantic_core_schema__)
    exported = _inlined(exported, {})
    if not isinstance(exported, dict):
        raise TypeError(f"the core schema of {root.__name__} is no mapping")
    return exported


def compiled_json(root: str) -> str:
    """The committed file for one root: the pydantic-core that wrote it, and the schema."""
    content = {"pydanticCore": pydantic_core.__version__, "schema": core_schema(ROOTS[root])}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=False) + "\n"


def _export(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _schema(value)
    if isinstance(value, tuple):
        return {"$tuple": [_export(item) for item in value]}
    if isinstance(value, list):
        return [_export(item) for item in value]
    if isinstance(value, (FunctionType, MethodType)):
        if "<" in value.__qualname__:
            raise TypeError(f"{value.__qualname__} cannot be found by name")
        return {"$function": f"{value.__module__}:{value.__qualname__}"}
    if value is not None and not isinstance(value, (str, int, float, bool)):
        raise TypeError(f"{value!r} cannot be exported")
    return value


def _schema(schema: Mapping[str, Any]) -> Any:
    match schema.get("type"):
        case "model":
            return _model(schema)
        case "function-after":
            return _constrained(schema)
        case "nullable":  # an optional field is left out, never written as null
            return _export(schema["schema"])
        case "model-fields":  # whose fields may be called like a key of core schemas
            fields = {name: _export(field) for name, field in schema["fields"].items()}
            return {"type": "model-fields", "fields": fields, "extra_behavior": "forbid"}
        case _:
            return {key: _export(item) for key, item in schema.items() if key not in _DROPPED}


def _inlined(value: Any, definitions: dict[str, Any]) -> Any:
    """The schema without references. What pydantic shares between models depends on which were built before."""
    if isinstance(value, list):
        return [_inlined(item, definitions) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") == "definitions":
        known = definitions | {item["ref"]: item for item in value["definitions"]}
        return _inlined(value["schema"], known)
    if value.get("type") == "definition-ref":
        return _inlined(definitions[value["schema_ref"]], definitions)
    return {key: _inlined(item, definitions) for key, item in value.items() if key != "ref"}


def _constrained(schema: Mapping[str, Any]) -> Any:
    """A model with its own constraints, each by name, in place of the method that checks them all."""
    if schema["function"]["function"] is not HOLDS:
        raise TypeError(f"{schema['function']} is no constraint of a model")
    exported = _export(schema["schema"])
    for constraint in schema["schema"]["cls"].constraints:
        exported = {
            "type": "function-after",
            "function": {"type": "no-info", "function": _export(constraint)},
            "schema": exported,
        }
    return {**exported, "ref": schema["ref"]} if "ref" in schema else exported


def _model(schema: Mapping[str, Any]) -> dict[str, Any]:
    model: type[BaseModel] = schema["cls"]
    aliases = {name: field.alias or name for name, field in model.model_fields.items()}
    cls = {"$class": model.__name__, "aliases": aliases}
    exported = {"type": "model", "cls": cls, "schema": _export(schema["schema"])}
    return {**exported, "ref": schema["ref"]} if "ref" in schema else exported
