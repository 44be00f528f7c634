"""Exports the models' core schemas as JSON. Run when the language changes (`make gen`), never at run time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import FunctionType, MethodType
from typing import Any

import pydantic_core
from pydantic import BaseModel

from lifespec_schema.spec.lifecycle import ModelLifecycle
from lifespec_schema.spec.model_version import ModelVersion
from lifespec_schema.spec.project import LifespecProject

ROOTS: Mapping[str, type[BaseModel]] = {
    "ModelLifecycle": ModelLifecycle,
    "LifespecProject": LifespecProject,
    "ModelVersion": ModelVersion,
}
_DROPPED = {"metadata", "serialization", "config", "custom_init", "root_model", "computed_fields", "post_init"}
_REFERENCES = {"ref", "schema_ref"}


def core_schema(root: type[BaseModel]) -> dict[str, Any]:
    """The core schema of a root model as JSON: functions by module and name, classes by name and aliases."""
    root.model_rebuild(force=True)
    exported = _export(root.__pydantic_core_schema__)
    exported = _renamed(exported, {})
    if not isinstance(exported, dict):
        raise TypeError(f"the core schema of {root.__name__} is no mapping")
    return exported


def compiled_json(root: str) -> str:
    """The committed file for one root: the pydantic-core that wrote it, and the schema."""
    content = {"pydanticCore": pydantic_core.__version__, "schema": core_schema(ROOTS[root])}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=False) + "\n"


def _export(value: Any) -> Any:
    if isinstance(value, Mapping):
        if value.get("type") == "model":
            return _model(value)
        if value.get("type") == "nullable":  # an optional field is left out, never written as null
            return _export(value["schema"])
        if value.get("type") == "model-fields":  # whose fields may be called like a key of core schemas
            fields = {name: _export(field) for name, field in value["fields"].items()}
            return {"type": "model-fields", "fields": fields, "extra_behavior": "forbid"}
        return {key: _export(item) for key, item in value.items() if key not in _DROPPED}
    if isinstance(value, tuple):
        return {"$tuple": [_export(item) for item in value]}
    if isinstance(value, list):
        return [_export(item) for item in value]
    if isinstance(value, (FunctionType, MethodType)):
        if "<" in value.__qualname__:
            raise TypeError(f"{value.__qualname__} cannot be found by name")
        return {"$function": f"{value.__module__}:{value.__qualname__}"}
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    raise TypeError(f"{value!r} cannot be exported")


def _renamed(value: Any, names: dict[str, str]) -> Any:
    """Gives references short names, in the order of their use; pydantic names them by addresses in memory."""
    if isinstance(value, dict):
        return {
            key: _reference(item, names) if key in _REFERENCES else _renamed(item, names) for key, item in value.items()
        }
    return [_renamed(item, names) for item in value] if isinstance(value, list) else value


def _reference(name: Any, names: dict[str, str]) -> str:
    return names.setdefault(str(name), f"r{len(names)}")


def _model(schema: Mapping[str, Any]) -> dict[str, Any]:
    model: type[BaseModel] = schema["cls"]
    aliases = {name: field.alias or name for name, field in model.model_fields.items()}
    cls = {"$class": model.__name__, "aliases": aliases}
    exported = {"type": "model", "cls": cls, "schema": _export(schema["schema"])}
    return {**exported, "ref": schema["ref"]} if "ref" in schema else exported
