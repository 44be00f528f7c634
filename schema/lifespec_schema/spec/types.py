"""The leaf types of the language: strict scalars, bounded containers, and the typed values with their schemas."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, PlainValidator, Strict
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from lifespec_schema.values import anything, calendar, cron, identifiers, patterns, quantities, sugar

from .base import Effect


class JsonForms:
    """The JSON Schema of a typed value: as people write it, and as the canonical form stores it."""

    def __init__(self, written: JsonSchemaValue, stored: JsonSchemaValue) -> None:
        self.written = written
        self.stored = stored

    def __get_pydantic_json_schema__(self, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return dict(self.written if handler.mode == "validation" else self.stored)


class Unit:
    """The unit in which the canonical form stores a number."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get_pydantic_json_schema__(self, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(core_schema), "x-unit": self.name}


def _texts(pattern: str, limit: int, examples: list[str]) -> JsonForms:
    schema: dict[str, Any] = {"type": "string", "pattern": f"^({pattern})$", "maxLength": limit}
    return JsonForms({**schema, "examples": examples}, schema)


def _numbers(pattern: str, examples: list[Any], stored: dict[str, Any], *, bare: bool = True) -> JsonForms:
    """A number that may be written as text of `pattern`, and, with `bare`, as the number it is stored as."""
    written: dict[str, Any] = {
        "type": "string",
        "pattern": f"^({pattern})$",
        "minLength": 2,
        "maxLength": 40,
        "examples": examples,
    }
    return JsonForms({**written, **stored, "type": ["string", stored["type"]]} if bare else written, stored)


_SHARE: dict[str, Any] = {"type": "number", "minimum": 0, "maximum": 1}
_SURE: dict[str, Any] = {"type": "number", "exclusiveMinimum": 0.5, "exclusiveMaximum": 1}
_POSITIVE_SHARE: dict[str, Any] = {"type": "number", "exclusiveMinimum": 0, "maximum": 1}
# Stricter than what the readers match first, so that an editor marks what they refuse afterwards, where a pattern can.
_PERCENT = r"0*(100(\.0+)?|[0-9]{1,2}(\.[0-9]+)?)%"
_SURENESS = r"0*(50\.0*[1-9][0-9]*|(5[1-9]|[6-9][0-9])(\.[0-9]+)?)%"
_WHOLE_PERCENT = r"0*(100|[1-9][0-9]?)(\.0+)?%"
_JSON_SCALAR = (
    r"true|false|-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"
    r'|"([^"\\\x00-\x1f]|\\(["\\/bfnrt]|u[0-9a-fA-F]{4}))*"'
)
_ABOVE_ZERO = r"([0-9]*[1-9][0-9]*(\.[0-9]+)?|[0-9]+\.[0-9]*[1-9][0-9]*)"
_AMOUNT = rf"{_ABOVE_ZERO}(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?"

Text = Annotated[str, Strict(), Field(min_length=1, max_length=1024)]
Word = Annotated[str, Strict(), Field(min_length=1, max_length=128)]
Pattern = Annotated[
    str,
    PlainValidator(identifiers.pattern),
    JsonForms(
        {"type": "string", "minLength": 1, "maxLength": patterns.LONGEST, "examples": ["[A-Z]{2}[0-9]+"]},
        {"type": "string", "minLength": 1, "maxLength": patterns.LONGEST},
    ),
]
Integer = Annotated[int, Strict()]
Natural = Annotated[int, Strict(), Field(ge=0, le=10**12)]
Count = Annotated[int, Strict(), Field(ge=1, le=10**12)]
Number = Annotated[float, Field(ge=-1e15, le=1e15), BeforeValidator(sugar.strict_number)]
Positive = Annotated[float, Field(gt=0, le=1e15), BeforeValidator(sugar.strict_number)]
Flag = Annotated[bool, Strict()]

Duration = Annotated[
    float,
    PlainValidator(quantities.duration),
    _numbers(
        quantities.DURATION_PATTERN,
        ["15m", "1h30m"],
        # The API server takes a whole 0 for no less than a fraction of 1, so the bound is 0 here, and 1 ms in ours.
        {"type": "number", "exclusiveMinimum": 0, "maximum": 3153600000},
        bare=False,
    ),
    Unit("seconds"),
]
Ratio = Annotated[float, PlainValidator(quantities.ratio), _numbers(_PERCENT, ["5%", 0.05], _SHARE), Unit("ratio")]
PositiveRatio = Annotated[
    float, PlainValidator(quantities.positive_ratio), _numbers(_PERCENT, ["5%", 0.05], _POSITIVE_SHARE), Unit("ratio")
]
Confidence = Annotated[
    float, PlainValidator(quantities.confidence), _numbers(_SURENESS, ["95%", 0.95], _SURE), Unit("ratio")
]
Weight = Annotated[
    int,
    PlainValidator(quantities.weight),
    _numbers(_WHOLE_PERCENT, ["10%"], {"type": "integer", "minimum": 1, "maximum": 100}, bare=False),
    Unit("per cent"),
]
Threshold = Annotated[
    float | str,
    PlainValidator(quantities.threshold),
    _numbers(f"{quantities.RATIO_PATTERN}|{quantities.DURATION_PATTERN}", [0.86, "5%", "120ms"], {"type": "number"}),
    Unit("the metric's unit"),
]
QualityBound = Annotated[
    float | str,
    PlainValidator(quantities.quality_bound),
    _numbers(quantities.RATIO_PATTERN, [0, "1%"], {"type": "number"}),
    Unit("rows, or per cent of them"),
]
Quantity = Annotated[
    str,
    PlainValidator(quantities.kubernetes_quantity),
    JsonForms(
        {
            "type": ["string", "integer"],
            "pattern": f"^({_AMOUNT})$",
            "maxLength": 20,
            "minimum": 1,
            "examples": ["8Gi"],
        },
        {"type": "string", "pattern": f"^({_AMOUNT})$", "maxLength": 20},
    ),
]
Scalar = Annotated[
    str,
    PlainValidator(anything.scalar),
    JsonForms(
        {"type": ["string", "number", "boolean"], "maxLength": 200},
        {"type": "string", "pattern": f"^({_JSON_SCALAR})$", "maxLength": 1300},
    ),
]

Name = Annotated[str, PlainValidator(identifiers.name), _texts(identifiers.NAME_PATTERN, 63, ["first"])]
Label = Annotated[str, PlainValidator(identifiers.label), _texts(identifiers.LABEL_PATTERN, 52, ["churn"])]
ObjectName = Annotated[
    str, PlainValidator(identifiers.object_name), _texts(identifiers.OBJECT_PATTERN, 253, ["lake-reader"])
]
Stream = Annotated[
    str, PlainValidator(identifiers.stream), _texts(identifiers.STREAM_PATTERN, 320, ["weekly@20261102T0300Z"])
]
Column = Annotated[str, PlainValidator(identifiers.column), _texts(identifiers.COLUMN_PATTERN, 127, ["tenure"])]
Reference = Annotated[
    str, PlainValidator(identifiers.reference), _texts(identifiers.REFERENCE_PATTERN, 191, ["customers.tenure"])
]
EnvironmentVariable = Annotated[
    str,
    PlainValidator(identifiers.environment_variable),
    _texts(identifiers.ENVIRONMENT_VARIABLE_PATTERN, 128, ["LOG_LEVEL"]),
]
Digest = Annotated[
    str, PlainValidator(identifiers.digest), _texts(identifiers.DIGEST_PATTERN, 71, ["sha256:" + "a" * 64])
]
Image = Annotated[
    str,
    PlainValidator(identifiers.image),
    _texts(identifiers.IMAGE_PATTERN, 270, ["registry.example.com/churn@sha256:" + "a" * 64]),
]
Uri = Annotated[str, PlainValidator(identifiers.uri), _texts(identifiers.URI_PATTERN, 512, ["s3://lake/customers/"])]
Url = Annotated[
    str, PlainValidator(identifiers.url), _texts(identifiers.URL_PATTERN, 512, ["http://mlflow.mlops:5000"])
]
Email = Annotated[
    str, PlainValidator(identifiers.email), _texts(identifiers.EMAIL_PATTERN, 253, ["growth@example.com"])
]
HttpPath = Annotated[
    str, PlainValidator(identifiers.http_path), _texts(identifiers.HTTP_PATH_PATTERN, 201, ["/v2/health/ready"])
]
File = Annotated[
    str, PlainValidator(identifiers.file), _texts(identifiers.FILE_PATTERN, 253, ["contracts/customers.odcs.yaml"])
]
Folder = Annotated[str, PlainValidator(identifiers.folder), _texts(identifiers.FOLDER_PATTERN, 253, ["generated/"])]
Header = Annotated[str, PlainValidator(identifiers.header), _texts(identifiers.HEADER_PATTERN, 64, ["x-user-bucket"])]
Version = Annotated[str, PlainValidator(identifiers.version), _texts(identifiers.VERSION_PATTERN, 64, ["2.1.0"])]
Commit = Annotated[str, PlainValidator(identifiers.commit), _texts(identifiers.COMMIT_PATTERN, 64, ["4be1f7a"])]
Day = Annotated[str, PlainValidator(calendar.day), _texts(calendar.DAY_PATTERN, 10, ["2026-12-01"])]
Days = Annotated[str, PlainValidator(calendar.days), _texts(calendar.DAYS_PATTERN, 21, ["2026-12-20/2027-01-03"])]
Cron = Annotated[str, PlainValidator(calendar.cron), _texts(cron.CRON_PATTERN, 100, ["0 3 * * 1"])]
TimeZone = Annotated[str, PlainValidator(calendar.time_zone), _texts(calendar.TIME_ZONE_PATTERN, 64, ["Europe/Vienna"])]

T = TypeVar("T")
Items = Annotated[tuple[T, ...], Field(max_length=64)]
NonEmpty = Annotated[tuple[T, ...], Field(min_length=1, max_length=64)]
Table = Annotated[dict[Word, T], Field(max_length=64)]

Compiles = Annotated[T, Effect("compile")]
Measures = Annotated[T, Effect("measure")]
Decides = Annotated[T, Effect("decide")]
Documents = Annotated[T, Effect("document")]
