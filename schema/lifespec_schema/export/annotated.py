"""The models of the language as one JSON Schema each, with all that the exports need beside the types.

Pydantic's own generator does the walking; on top of it come `x-effect`, `x-unit`, `x-lifespec-form`, `x-lifespec-rules`
(names of `lifespec_schema.values.constraints`), `x-tag` (a union's discriminator) and `x-short-forms` (what else may be
written). Editors' schemas, CRDs and the list of leaves are all made from this one.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import core_schema as core

from lifespec_schema.spec.base import HOLDS
from lifespec_schema.values.constraints import CEL

from .sugar import with_short_forms

Form = Literal["authoring", "canonical"]
Schema = dict[str, Any]
_MODES: dict[Form, JsonSchemaMode] = {"authoring": "validation", "canonical": "serialization"}
_OTHER: dict[Form, Form] = {"authoring": "canonical", "canonical": "authoring"}
PREFIX = "#/$defs/"


def annotated(root: type[BaseModel], form: Form) -> Schema:
    """The JSON Schema of a root model in one form, references in `$defs`; raises TypeError for what has no schema."""
    schema = root.model_json_schema(by_alias=True, schema_generator=_Generator, mode=_MODES[form])
    return _without_unused(_clean(_of_form(schema, form)))


def resolve(schema: Schema, definitions: Schema) -> Schema:
    """The schema with its reference, if it is one, replaced by what it refers to; what stands beside it wins."""
    if "$ref" not in schema:
        return schema
    beside = {key: value for key, value in schema.items() if key != "$ref"}
    return {**resolve(definitions[schema["$ref"].removeprefix(PREFIX)], definitions), **beside}


class _Generator(GenerateJsonSchema):
    """Pydantic's generator, told of short forms, optional fields without null, effects and cross-field rules."""

    def nullable_schema(self, schema: core.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - overrides
        return False

    def default_schema(self, schema: core.WithDefaultSchema) -> JsonSchemaValue:
        if schema.get("default") in (None, (), {}):
            return self.generate_inner(schema["schema"])
        # A copy: the inner schema may be shared, and the default belongs to this field alone.
        return super().default_schema(schema).copy()

    def dict_schema(self, schema: core.DictSchema) -> JsonSchemaValue:
        keys = self.generate_inner(schema.get("keys_schema", core.str_schema()))
        values = self.generate_inner(schema.get("values_schema", core.any_schema()))
        generated = {"type": "object", "propertyNames": keys, "additionalProperties": values}
        self.update_with_validations(generated, schema, self.ValidationsMapping.object)
        return generated

    def function_before_schema(self, schema: core.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        inner = super().function_before_schema(schema)
        return inner if self.mode == "serialization" else with_short_forms(schema["function"]["function"], inner)

    def function_after_schema(self, schema: core.AfterValidatorFunctionSchema) -> JsonSchemaValue:
        inner = super().function_after_schema(schema)
        if schema["function"]["function"] is not HOLDS:
            raise TypeError(f"`{schema['function']}` is no constraint of a model")
        model: Any = schema["schema"]
        rules = [constraint.__name__ for constraint in model["cls"].constraints]
        unsaid = [rule for rule in rules if rule not in CEL]
        if unsaid:
            raise TypeError(f"`{unsaid[0]}` is no rule that CEL can say")
        return {**inner, "x-lifespec-rules": rules} if rules else inner

    def tagged_union_schema(self, schema: core.TaggedUnionSchema) -> JsonSchemaValue:
        """The branches, and in `x-tag` the discriminator with the values that choose each branch."""
        branches: list[JsonSchemaValue] = []
        values: list[list[str]] = []
        for value, choice in schema["choices"].items():
            branch = self.generate_inner(choice)
            if branch in branches:
                values[branches.index(branch)].append(str(value))
            else:
                branches.append(branch)
                values.append([str(value)])
        return {"oneOf": branches, "x-tag": {"name": schema["discriminator"], "values": values, "optional": []}}

    def model_schema(self, schema: core.ModelSchema) -> JsonSchemaValue:
        effect = getattr(schema["cls"], "effect", None)
        generated = super().model_schema(schema)
        return {**generated, "x-effect": effect} if effect else generated


def _of_form(schema: Any, form: Form) -> Any:
    """The schema without the properties that only the other form has."""
    if isinstance(schema, list):
        return [_of_form(item, form) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: _of_form(value, form) for key, value in schema.items() if key != "x-lifespec-form"}
    if isinstance(schema.get("properties"), dict):
        kept["properties"] = {
            name: _of_form(value, form)
            for name, value in schema["properties"].items()
            if value.get("x-lifespec-form") != _OTHER[form]
        }
    return kept


def _without_unused(document: Schema) -> Schema:
    """The document without definitions that only a property of the other form refers to."""
    definitions: Schema = document.pop("$defs", {})
    used: Schema = {}
    waiting = _references(document)
    while waiting:
        name = waiting.pop()
        if name not in used:
            used[name] = definitions[name]
            waiting |= _references(definitions[name])
    return {**document, **({"$defs": {name: used[name] for name in definitions if name in used}} if used else {})}


def _references(schema: Any) -> set[str]:
    if isinstance(schema, list):
        return {name for item in schema for name in _references(item)}
    if not isinstance(schema, dict):
        return set()
    own = {schema["$ref"].removeprefix(PREFIX)} if isinstance(schema.get("$ref"), str) else set()
    return own | {name for value in schema.values() for name in _references(value)}


def _clean(schema: Any) -> Any:
    """The schema without titles and with whole numbers written as such."""
    if isinstance(schema, list):
        return [_clean(item) for item in schema]
    if isinstance(schema, float) and schema.is_integer():
        return int(schema)
    if not isinstance(schema, dict):
        return schema
    return {
        key: {name: _clean(value) for name, value in item.items()} if key in ("properties", "$defs") else _clean(item)
        for key, item in schema.items()
        if key != "title"
    }
