"""JSON Schemas (2020-12) for editors: what people may write, short forms included."""

from __future__ import annotations

from typing import Any

from lifespec_schema.records.decision import LifecycleDecision
from lifespec_schema.records.report import LifecycleReport
from lifespec_schema.records.request import LifecycleRequest
from lifespec_schema.scenario import Scenario
from lifespec_schema.spec.base import SpecModel
from lifespec_schema.spec.lifecycle import ModelLifecycle
from lifespec_schema.spec.model_version import ModelVersion
from lifespec_schema.spec.project import LifespecProject

from .annotated import Form, Schema, annotated, resolve
from .help import helped
from .written import as_written

DIALECT = "https://json-schema.org/draft/2020-12/schema"
BASE = "https://lifespec.dev/json-schema/v1alpha1/"
_DROPPED = {"x-effect", "x-lifespec-rules", "x-tag", "x-short-forms", "oneOf"}
_FILES: dict[str, tuple[type[SpecModel], Form]] = {
    "model-lifecycle.json": (ModelLifecycle, "authoring"),
    "lifespec-project.json": (LifespecProject, "authoring"),
    "model-version.json": (ModelVersion, "authoring"),
    "lifecycle-report.json": (LifecycleReport, "canonical"),
    "lifecycle-decision.json": (LifecycleDecision, "canonical"),
    "lifecycle-request.json": (LifecycleRequest, "canonical"),
    "scenario.json": (Scenario, "authoring"),
}


def json_schemas() -> dict[str, Schema]:
    """By file name: the JSON Schema of every kind of document."""
    return {file: _document(file, model, form) for file, (model, form) in _FILES.items()}


def _document(file: str, model: type[SpecModel], form: Form) -> Schema:
    schema = annotated(model, form)
    if model is ModelLifecycle:
        _allow_patches(schema["$defs"])
    definitions = schema.pop("$defs", {})
    document = {
        **_editable(schema),
        **({"$defs": {name: _editable(definition) for name, definition in definitions.items()}} if definitions else {}),
    }
    return {"$schema": DIALECT, "$id": BASE + file, **helped(document)}


def _allow_patches(definitions: Schema) -> None:
    """Let an environment patch any section; a patch may leave out and delete, so only the names are checked."""
    sections = definitions["LifecycleSpec"]["properties"]
    sections["environments"]["additionalProperties"] = {
        "type": "object",
        "description": "A JSON merge patch on the spec: mappings merge, lists replace, null deletes.",
        "properties": {
            name: {"description": resolve(section, definitions)["description"]}
            for name, section in sections.items()
            if name not in ("environments", "waivers")
        },
        "additionalProperties": False,
    }


def _editable(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_editable(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    node = {key: _member(key, value) for key, value in schema.items() if key not in _DROPPED}
    if "default" in schema:
        node["default"] = as_written(schema["default"], schema.get("x-unit"))
    if "oneOf" in schema:
        node |= _union(schema)
    if not schema.get("x-short-forms"):
        return node
    beside = {key: node.pop(key) for key in ("description", "default", "x-unit") if key in node}
    return {**beside, "anyOf": [*schema["x-short-forms"], node]}


def _member(key: str, value: Any) -> Any:
    return {name: _editable(item) for name, item in value.items()} if key == "properties" else _editable(value)


def _union(schema: Schema) -> Schema:
    """The branches, each with its discriminator required unless it may be left out."""
    tag, optional = schema["x-tag"]["name"], schema["x-tag"]["optional"]
    branches = []
    for branch, values in zip(schema["oneOf"], schema["x-tag"]["values"], strict=True):
        editable = _editable(branch)
        if not set(values) <= set(optional):
            editable["required"] = list(dict.fromkeys([tag, *editable.get("required", ())]))
        branches.append(editable)
    # Said once more beside the branches: an editor that knows no branch yet can offer all of them.
    choices = [value for values in schema["x-tag"]["values"] for value in values]
    union = {
        "properties": {tag: {"description": "Which one; decides on the other fields.", "enum": choices}},
        "oneOf": branches,
    }
    # Tools that know the keyword take it to mean that the discriminator is always there.
    return union if optional else {**union, "discriminator": {"propertyName": tag}}
