"""The leaf types that the records share."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, Strict

from lifespec_schema.spec.base import SpecModel
from lifespec_schema.spec.types import Digest, JsonForms, Label, ObjectName
from lifespec_schema.values import sugar

Timestamp = Annotated[
    str,
    Strict(),
    Field(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z$",
        max_length=30,
        examples=["2026-11-01T03:00:00Z"],
    ),
]
Share = Annotated[float, Field(gt=0, le=1), BeforeValidator(sugar.strict_number)]
"""A part of the whole, as a number: records have no sugar."""
_AMOUNT: dict[str, Any] = {"type": "number", "minimum": 0, "maximum": 10**12}
Amount = Annotated[
    int | float, Field(ge=0, le=10**12), BeforeValidator(sugar.strict_number), JsonForms(_AMOUNT, _AMOUNT)
]
"""How many, or how much of them; a whole number stays one."""
Uid = Annotated[
    str,
    Strict(),
    Field(
        pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
        max_length=36,
        examples=["0f8fad5b-d9cb-469f-a165-70867728950e"],
    ),
]


class RecordMetadata(SpecModel):
    """The record's name in the cluster."""

    name: ObjectName
    """The record's name."""
    namespace: Label
    """The lifecycle's namespace."""


class Revision(SpecModel):
    """What a rollout moves: a model and how it is served."""

    model: Digest
    """The model's digest."""
    serving: Digest
    """The serving hash: the image's digest and all of `serving` that reaches the pod."""
