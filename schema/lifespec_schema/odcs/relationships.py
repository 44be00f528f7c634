"""Relationships of a contract as joins of its sources.

A foreign key says that each row of one table has at most one row of another: exactly what joins that other table's
source. Which rows are the model's, and whether they are these, only the spec knows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from lifespec_schema.findings import Path

from .draft import Draft, JsonObject, items
from .report import Report

_SHORTHAND: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\.([A-Za-z_][A-Za-z0-9_]*)", re.ASCII)


class _Key(NamedTuple):
    """A foreign key: columns of one table, and those of the table that they lead to, in order."""

    table: str
    columns: list[str]
    to: str
    to_columns: list[str]
    path: Path


def joins(schemas: Mapping[str, tuple[int, JsonObject]], report: Report) -> dict[str, Draft]:
    """By name of a schema object: the join that the one relationship leading to it gives its source."""
    keys: dict[str, list[_Key]] = {}
    for name, (index, schema) in schemas.items():
        for key in _keys(name, schema, ("schema", index), report):
            if key.to not in schemas or key.to == name:
                report.not_used(key.path, why="a source is joined to another one of the same contract")
            else:
                keys.setdefault(key.to, []).append(key)
    found = {}
    for to, candidates in keys.items():
        if len(candidates) > 1:
            why = f"{len(candidates)} relationships lead to `{to}`: say in its source which one is meant, as its `join`"
            for key in candidates:
                report.not_used(key.path, why=why)
        else:
            found[to] = _join(candidates[0])
    return found


def _join(key: _Key) -> Draft:
    draft = Draft(key.path)
    draft.put("to", key.table, key.path)
    draft.put("columns", dict(zip(key.columns, key.to_columns, strict=True)), key.path)
    return draft


def _keys(table: str, schema: JsonObject, path: Path, report: Report) -> list[_Key]:
    found = []
    for index, item in items(schema, "relationships"):
        found.append(_key(table, item.get("from"), item.get("to"), (*path, "relationships", index), report))
    for place, column in items(schema, "properties"):
        for index, item in items(column, "relationships"):
            at = (*path, "properties", place, "relationships", index)
            found.append(_key(table, f"{table}.{column.get('name')}", item.get("to"), at, report))
    return [key for key in found if key]


def _key(table: str, written: object, target: object, path: Path, report: Report) -> _Key | None:
    left, right = _references(written), _references(target)
    if not left or not right or left[0] != table:
        report.not_used(path, why="lifespec reads `from: table.column` and `to: table.column`, or lists of them")
        return None
    if len(left[1]) != len(right[1]) or len(set(left[1])) < len(left[1]):
        message = f"`from` has {len(left[1])} columns and `to` has {len(right[1])}"
        report.add("contract-bad-value", path, message, "each column of a key leads to one of the other table")
        return None
    return _Key(table, left[1], right[0], right[1], path)


def _references(written: object) -> tuple[str, list[str]] | None:
    """The one table and the columns that a side of a relationship names; None for anything else."""
    listed = written if isinstance(written, list) else [written]
    matches = [_SHORTHAND.fullmatch(item) if isinstance(item, str) else None for item in listed]
    found = [(match[1], match[2]) for match in matches if match]
    if len(found) < len(listed) or len({table for table, _ in found}) != 1:
        return None
    return found[0][0], [column for _, column in found]
