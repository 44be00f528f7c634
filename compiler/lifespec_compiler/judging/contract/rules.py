"""The rules of a source: all that its contract and the spec ask of its data, one by one, with where it is written."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from lifespec_compiler.judging.bound import NONE, OPERATORS, Bound, Operator, at_least
from lifespec_schema.findings import Path, Severity

CONCEALED: Final = frozenset({"pii", "protected", "restricted", "confidential"})
"""Classifications of columns whose values are never shown."""

_LIMITS: Final = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "pattern": "matches {}",
    "format": "is {}",
}
_PYTHON: Final = {name: re.sub("([A-Z])", r"_\1", name).lower() for name in _LIMITS}


class Rule(NamedTuple):
    """One thing that must hold of a source."""

    name: str
    """Unique in its source: `tenure-minimum`."""
    kind: str
    """What is counted: `missing`, `type`, `values`, … ."""
    columns: tuple[str, ...]
    """The columns that it is about; none for the source as a whole."""
    bound: Bound
    severity: Severity
    path: Path
    """Where it is written in the spec or its contract."""
    told: str
    """What must hold, for people: `at least 0`."""
    argument: Any = None
    section: str = "schema"
    """`schema`, `quality`, or `volume`."""


def concealed(source: Any) -> frozenset[str]:
    """The columns of a source whose values are never shown."""
    return frozenset(column.name for column in source.schema_ if column.classification in CONCEALED)


def rules(source: Any, index: int) -> list[Rule]:
    """The rules of source number `index` of the spec, in the order of the contract."""
    path: Path = ("spec", "data", "sources", index)
    found = [
        *_schema(source, (*path, "schema")),
        *_quality(source, (*path, "quality")),
        *_volume(source, (*path, "volume")),
    ]
    seen: Counter[str] = Counter()
    unique = []
    for rule in found:
        seen[rule.name] += 1
        unique.append(rule if seen[rule.name] == 1 else rule._replace(name=f"{rule.name}-{seen[rule.name]}"))
    return unique


def _schema(source: Any, path: Path) -> Iterator[Rule]:
    for index, column in enumerate(source.schema_):
        yield from _column(column, (*path, index))
    key = [(index, column.name) for index, column in enumerate(source.schema_) if column.primary_key]
    names = tuple(name for _, name in key)
    if names:
        at = (*path, key[0][0], "primaryKey")
        told = f"no two rows have the same {' and '.join(names)}"
        yield Rule(f"{'-'.join(names)}-primaryKey"[:120], "repeated", names, NONE, Severity.ERROR, at, told)


def _column(column: Any, path: Path) -> Iterator[Rule]:
    def rule(suffix: str, kind: str, at: Path, told: str, argument: object = None) -> Rule:
        return Rule(f"{column.name}-{suffix}", kind, (column.name,), NONE, Severity.ERROR, at, told, argument)

    yield rule("type", "type", (*path, "logicalType"), column.logical_type)
    if column.required or column.primary_key:
        yield rule("required", "missing", (*path, "required" if column.required else "primaryKey"), "required")
    if column.unique:
        yield rule("unique", "repeated", (*path, "unique"), "unique")
    if column.enum:
        values = _scalars(column.enum)
        yield rule("enum", "values", (*path, "enum"), f"one of {_listed(values)}", values)
    options = column.logical_type_options
    if options is None:
        return
    for suffix, told in _LIMITS.items():
        value = getattr(options, _PYTHON[suffix])
        if value is not None and (suffix != "format" or column.logical_type == "string"):
            shown = f"{value:g}" if isinstance(value, float) else value
            yield rule(suffix, suffix, (*path, "logicalTypeOptions", suffix), told.format(shown), value)


def _quality(source: Any, path: Path) -> Iterator[Rule]:
    for index, quality in enumerate(source.quality):
        at = (*path, index)
        columns = (quality.column,) if quality.column else ()
        bound, severity = _bound(quality), Severity(quality.severity)
        kind, argument = _counted(quality, columns)
        name = quality.name or "-".join((quality.metric, *columns))
        told = f"{quality.metric} {bound.told()}"
        yield Rule(name, kind, columns, bound, severity, at, told, argument, "quality")


def _bound(quality: Any) -> Bound:
    """The bound of a quality rule, which has exactly one."""
    operator: Operator = next(name for name in OPERATORS if getattr(quality, name) is not None)
    value = getattr(quality, operator)
    if operator in ("must_be", "must_not_be"):
        value = json.loads(value)
    if isinstance(value, (tuple, list)):
        low, high = value
        return Bound(operator, (float(low), float(high)), quality.unit)
    return Bound(operator, float(value), quality.unit)


def _counted(quality: Any, columns: tuple[str, ...]) -> tuple[str, object]:
    if quality.metric == "missingValues":
        return "missingValues", _scalars(quality.missing_values or ())
    if quality.metric == "invalidValues":
        values = _scalars(quality.valid_values) if quality.valid_values is not None else None
        return "invalid", (values, quality.pattern)
    if quality.metric == "duplicateValues":
        return ("repeated" if columns else "repeatedRows"), None
    return ("missing" if quality.metric == "nullValues" else "rows"), None


def _volume(source: Any, path: Path) -> Iterator[Rule]:
    if source.volume is not None:
        bound = at_least(source.volume.min_rows)
        at = (*path, "minRows")
        yield Rule("minRows", "rows", (), bound, Severity.ERROR, at, f"rows {bound.told()}", None, "volume")


def _scalars(values: Any) -> list[object]:
    """The values that the plan holds as JSON texts."""
    return [json.loads(value) for value in values]


def _listed(values: list[object]) -> str:
    told = ", ".join(str(value) for value in values[:6])
    return told if len(values) <= 6 else f"{told}, … ({len(values)})"
