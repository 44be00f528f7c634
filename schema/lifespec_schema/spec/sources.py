"""The tables that a model learns from, and their contracts: columns, quality, outliers, snapshots."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from lifespec_schema.values import constraints, sugar

from .base import OnlyIn, SpecModel
from .types import (
    Column,
    Compiles,
    Count,
    Documents,
    Duration,
    File,
    Flag,
    Items,
    Name,
    Natural,
    Number,
    ObjectName,
    Pattern,
    QualityBound,
    Scalar,
    Text,
    Uri,
    Word,
)

LogicalType = Literal[
    "string", "integer", "number", "boolean", "date", "timestamp", "time", "object", "array", "map", "vector"
]
Classification = Literal["public", "internal", "confidential", "restricted", "pii", "protected"]


class TypeOptions(SpecModel, effect="measure"):
    """Bounds of a column's values, with ODCS's names."""

    minimum: Number | None = None
    """The least value allowed."""
    maximum: Number | None = None
    """The greatest value allowed."""
    min_length: Natural | None = None
    """The least number of characters."""
    max_length: Natural | None = None
    """The greatest number of characters."""
    pattern: Pattern | None = None
    """A regular expression (RE2) that the whole text matches."""
    format: Word | None = None
    """The format of a date, a timestamp or a text, as ODCS names it."""


class SchemaColumn(SpecModel, effect="measure"):
    """A column of a source, with ODCS's names."""

    name: Column
    """The column's name."""
    logical_type: LogicalType
    """What its values are."""
    description: Documents[Text] | None = None
    """What its values mean."""
    primary_key: Flag = False
    """Whether it identifies a row."""
    required: Flag = False
    """Whether every row must have a value."""
    unique: Flag = False
    """Whether no value may occur twice."""
    classification: Classification | None = None
    """`pii` and `protected` columns never show in samples; `protected` ones may be a fairness attribute."""
    enum: Items[Scalar] | None = None
    """The values allowed."""
    logical_type_options: TypeOptions | None = None
    """Bounds of the values."""
    available_after: Duration | None = None
    """How long after the event the value is known; a feature must be known at once."""


class QualityRule(SpecModel, effect="measure", constraints=(constraints.one_operator,)):
    """A rule of ODCS's metric library, over a column or the whole source."""

    name: Name | None = None
    """The rule's name; default: the metric and the column."""
    metric: Literal["nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount"]
    """What is counted."""
    column: Column | None = None
    """The column it is counted in; `rowCount` has none."""
    must_be: Scalar | None = None
    """The count is exactly this."""
    must_not_be: Scalar | None = None
    """The count is anything but this."""
    must_be_greater_than: QualityBound | None = None
    """The count is above this."""
    must_be_greater_or_equal_to: QualityBound | None = None
    """The count is this or above."""
    must_be_less_than: QualityBound | None = None
    """The count is below this."""
    must_be_less_or_equal_to: QualityBound | None = None
    """The count is this or below."""
    must_be_between: Annotated[tuple[QualityBound, ...], Field(min_length=2, max_length=2)] | None = None
    """The count lies strictly between these two."""
    must_not_be_between: Annotated[tuple[QualityBound, ...], Field(min_length=2, max_length=2)] | None = None
    """The count does not lie strictly between these two."""
    unit: Literal["rows", "percent"] = "rows"
    """What the bound counts; `1%` is short for 1 with `unit: percent`."""
    missing_values: Items[Scalar] | None = None
    """For `missingValues`: the values that stand for a missing one."""
    valid_values: Items[Scalar] | None = None
    """For `invalidValues`: the values that are valid."""
    pattern: Pattern | None = None
    """For `invalidValues`: a regular expression (RE2) that a valid value matches whole."""
    severity: Literal["error", "warning", "info"] = "error"
    """What a failure is reported as; only errors stop a run."""
    dimension: Documents[Word] | None = None
    """ODCS's quality dimension, for instance completeness."""


Quality = Annotated[QualityRule, BeforeValidator(sugar.quality)]


class OutlierRule(SpecModel, effect="measure"):
    """What counts as an outlier of a column, and what is done with it."""

    column: Column
    """A numeric column."""
    method: Literal["iqr", "zScore", "percentile"] = "iqr"
    """Tukey's fences, standard deviations from the mean, or the tails beyond a percentile."""
    factor: Number | None = None
    """Interquartile ranges (default 1.5), standard deviations (3) or tail share in per cent (1)."""
    action: Literal["report", "drop", "clip"] = "report"
    """What is done with the row: counted, left out of training, or set to the bound."""


class PartitionSnapshot(SpecModel, effect="measure"):
    """A snapshot is all partitions up to a value of a column."""

    by: Literal["partition"] = "partition"
    """Told by a partition column."""
    column: Column
    """The partition column."""


class FilesSnapshot(SpecModel, effect="measure"):
    """A snapshot is the list of the files with their digests."""

    by: Literal["files"] = "files"
    """Told by the files' digests."""


class VersionSnapshot(SpecModel, effect="measure"):
    """A snapshot is a version of a table format that keeps versions."""

    by: Literal["version"] = "version"
    """Told by the table's own version number."""


Snapshot = Annotated[
    PartitionSnapshot | FilesSnapshot | VersionSnapshot, Field(discriminator="by"), BeforeValidator(sugar.snapshot)
]


class Volume(SpecModel, effect="measure"):
    """How many rows a source has."""

    min_rows: Count
    """The least number of rows."""


class Join(SpecModel, effect="measure"):
    """A left join: to each row of another source at most one row of this one; the label's source has the rows."""

    to: Name
    """The source whose rows are completed."""
    columns: Annotated[dict[Column, Column], Field(min_length=1, max_length=16), BeforeValidator(sugar.join_columns)]
    """By column of the other source: the column of this one that equals it; a list where both are called the same."""


class Source(SpecModel, effect="measure", constraints=(constraints.some_column, constraints.joined_to_another)):
    """A table that the model learns from, and its contract."""

    name: Name
    """The source's name; columns are `source.column`."""
    contract_ref: Annotated[File, OnlyIn("authoring")] | None = None
    """An ODCS file whose schema object of this name (or only one) is the contract."""
    uri: Compiles[Uri] | None = None
    """Where it lies."""
    format: Literal["parquet", "csv", "json", "jsonl", "delta", "iceberg"] = "parquet"
    """How it is stored; `json` is one object a line, like `jsonl`."""
    secret_ref: Compiles[ObjectName] | None = None
    """The Secret with what is needed to read it."""
    join: Join | None = None
    """How its rows meet those of another source; default: as a relationship in its contract says."""
    snapshot: Snapshot | None = None
    """What makes a reading repeatable; default: the files' digests."""
    description: Documents[Text] | None = None
    """What a row is."""
    schema_: Annotated[tuple[SchemaColumn, ...], Field(alias="schema", max_length=512)] = ()
    """The columns."""
    quality: Items[Quality] = ()
    """What must hold of the values."""
    outliers: Items[OutlierRule] = ()
    """What counts as an outlier."""
    freshness: Duration | None = None
    """How old the newest row may be."""
    volume: Volume | None = None
    """How many rows there must be."""
    retention: Documents[Duration] | None = None
    """How long rows are kept."""
    regulations: Documents[Items[Word]] = ()
    """The laws that the source falls under."""
