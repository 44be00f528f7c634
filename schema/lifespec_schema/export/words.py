"""What is written in a field, in the language's words."""

from __future__ import annotations

from .annotated import Schema

_BY_UNIT = {
    "seconds": "duration",
    "ratio": "ratio",
    "per cent": "weight",
    "the metric's unit": "threshold",
    "rows, or per cent of them": "threshold",
}
_BY_TYPE = {
    "string": "text",
    "number": "number",
    "integer": "whole number",
    "boolean": "flag",
    "string|integer": "quantity",
    "string|number|boolean": "scalar",
}


def type_in_words(schema: Schema) -> str:
    """The type of an annotated schema, as documentation names it."""
    if "const" in schema or "enum" in schema:
        return "choice"
    if "x-unit" in schema:
        return _BY_UNIT[schema["x-unit"]]
    if "items" in schema:
        return f"list of {_many(schema['items'])}"
    if schema.get("additionalProperties"):
        return f"mapping of {_many(schema['additionalProperties'])}"
    kind = schema.get("type")
    return _BY_TYPE.get("|".join(kind) if isinstance(kind, list) else str(kind), "mapping")


def _many(schema: Schema) -> str:
    noun, of, rest = type_in_words(schema).partition(" of ")
    return {"quantity": "quantities"}.get(noun, f"{noun}s") + of + rest
