"""The JSON Schema of what `evaluate --format json` prints, made from the types that it is made of."""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from lifespec_compiler.judging import Outcome, Quantity
from lifespec_runtime.measure.evaluation import detail as details
from lifespec_schema.export.json_schema import BASE, DIALECT, json_schemas
from lifespec_schema.findings import Severity

from .as_json import VERSION
from .evaluated import Problem

FILE: Final = "evaluation.json"
Schema = dict[str, Any]

_TEXT: Final[Schema] = {"type": "string"}
_NUMBER: Final[Schema] = {"type": "number"}
_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
_PLAIN: Final[dict[Any, Schema]] = {
    str: _TEXT,
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
}


def evaluation_schema() -> Schema:
    """The schema, with that of the report and that of the detail in it."""
    definitions: dict[str, Schema] = {}
    detail = _schema(details.EvaluationDetail, definitions)
    whole = definitions["EvaluationDetail"]
    whole["properties"] = {"version": {"const": details.VERSION}, **whole["properties"]}
    whole["required"] = ["version", *whole["required"]]
    verdict, skipped = _verdict(), _skipped()
    report = {key: part for key, part in json_schemas()["lifecycle-report.json"].items() if key != "$schema"}
    parts = {
        "version": {"const": VERSION},
        "lifecycle": _TEXT,
        "namespace": _TEXT,
        "environment": _TEXT,
        "outcome": {"enum": list(get_args(Outcome))},
        "verdicts": {"type": "array", "items": verdict},
        "skipped": {"type": "array", "items": skipped},
        "problems": {"type": "array", "items": _schema(Problem, definitions)},
        "report": report,
        "detail": _or_null(detail),
    }
    described = {"title": "evaluation", "description": "A judged run, as `lifespec evaluate --format json` prints it."}
    return {"$schema": DIALECT, "$id": BASE + FILE, **described, **_object(parts), "$defs": definitions}


def _verdict() -> Schema:
    parts = {
        "check": _TEXT,
        "slice": _or_null(_TEXT),
        "quantity": {"enum": ["value", *get_args(Quantity)]},
        "outcome": {"enum": list(get_args(Outcome))},
        "severity": {"enum": [severity.value for severity in Severity]},
        "value": _or_null(_NUMBER),
        "samples": _COUNT,
        "interval": _or_null(
            _object({"low": _NUMBER, "high": _NUMBER, "level": _NUMBER, "method": _TEXT}),
        ),
        "threshold": _threshold(),
        "reason": _TEXT,
        **_place(),
    }
    return {"description": "What comes of a bound.", **_object(parts)}


def _skipped() -> Schema:
    parts = {"check": _TEXT, "threshold": _threshold(), "reason": _TEXT, **_place()}
    return {"description": "A bound that a first model is not held to.", **_object(parts)}


def _threshold() -> Schema:
    return _object({"operator": _TEXT, "value": _NUMBER, "unit": _TEXT, "words": _TEXT})


def _place() -> Schema:
    place = {"type": "integer", "minimum": 1}
    return {"path": _TEXT, "file": _or_null(_TEXT), "line": _or_null(place), "column": _or_null(place)}


def _schema(hint: Any, definitions: dict[str, Schema]) -> Schema:
    """The schema of a type; of records into `definitions`, and what refers to it."""
    if hint in _PLAIN:
        return _PLAIN[hint]
    arguments = get_args(hint)
    origin = get_origin(hint)
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in (Union, UnionType):
        return {"anyOf": [_schema(part, definitions) for part in arguments]}
    if origin is tuple and arguments[-1] is Ellipsis:
        return {"type": "array", "items": _schema(arguments[0], definitions)}
    if origin is tuple:
        items = [_schema(part, definitions) for part in arguments]
        return {"type": "array", "prefixItems": items, "items": False, "minItems": len(items)}
    if hint.__name__ not in definitions:
        definitions[hint.__name__] = {}  # it may be in itself
        parts = {details.camel(name): _schema(part, definitions) for name, part in get_type_hints(hint).items()}
        definitions[hint.__name__] = {"description": (hint.__doc__ or "").partition("\n")[0], **_object(parts)}
    return {"$ref": f"#/$defs/{hint.__name__}"}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _object(parts: dict[str, Schema]) -> Schema:
    """Every key is always there, and no other is."""
    return {"type": "object", "properties": parts, "required": list(parts), "additionalProperties": False}
