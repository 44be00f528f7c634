"""What all models of the language share: immutability, camelCase names, effects of leaves, constraints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from lifespec_schema.values.form import authoring_only, canonical_only

EffectName = Literal["compile", "measure", "decide", "document"]
Constraint = Callable[[Any], Any]


class Effect:
    """Overrides, on one field, the effect that its model declares for its leaves."""

    def __init__(self, name: EffectName) -> None:
        self.name: EffectName = name

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "x-effect": self.name}


class OnlyIn:
    """Marks a field that one of the two forms does not have."""

    def __init__(self, form: Literal["authoring", "canonical"]) -> None:
        self.form = form

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        check = authoring_only if self.form == "authoring" else canonical_only
        return core_schema.with_info_before_validator_function(check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "x-lifespec-form": self.form}


class SpecModel(BaseModel):
    """A mapping of the language.

    Class arguments: `effect` says what a change of its leaves must change (`compile`: the manifests of a target,
    `measure`: a report, `decide`: the engine's ledger, `document`: the model card); `constraints` are the cross-field
    rules of `lifespec_schema.values.constraints` that hold for it.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        use_attribute_docstrings=True,
        defer_build=True,
    )
    effect: ClassVar[EffectName]
    constraints: ClassVar[tuple[Constraint, ...]] = ()

    def __init_subclass__(
        cls, effect: EffectName | None = None, constraints: tuple[Constraint, ...] = (), **kwargs: Any
    ) -> None:
        super().__init_subclass__(**kwargs)
        if effect:
            cls.effect = effect
        if constraints:
            cls.constraints = (*cls.constraints, *constraints)

    @model_validator(mode="after")
    def holds(self) -> Self:
        """Checks the model's constraints."""
        for constraint in type(self).constraints:
            constraint(self)
        return self


HOLDS: Any = SpecModel.holds
"""What pydantic's schemas of models call on a validated mapping; exports name the constraints instead."""
