"""Which columns a model's rows have: those that anything of the spec needs, and no others."""

from __future__ import annotations

from collections.abc import Container
from typing import NamedTuple

from lifespec_compiler.plan import Column, Plan


class Used(NamedTuple):
    """The columns of the model's rows, by what they are for."""

    label: Column
    key: tuple[Column, ...]
    """The primary key of the label's source; empty where the contract has none."""
    split: Column | None
    """What the splits go by, where they go by a column."""
    query: Column | None
    """Which rows are ranked together."""
    time: Column | None
    """When a row was: the column of a temporal split."""
    item: Column | None
    """What is ranked, where a baseline asks how popular it is."""
    columns: tuple[Column, ...]
    """All columns, each once."""


def used(plan: Plan) -> Used:
    """The columns that features, label, key, splits, queries, slices, attributes and outliers need.

    Raises ValueError for a plan whose label is no column: such a spec has findings, and is not measured.
    """
    data = plan.spec.data
    label = plan.column(data.labels.column)
    if label is None:
        raise ValueError(f"the label `{data.labels.column}` is no column of one source")
    splits = data.splits
    split = plan.column(splits.column) if splits is not None and splits.strategy != "random" else None
    query = plan.column(plan.spec.objective.query) if plan.spec.objective.query else None
    key = _key(plan, label.source)
    item = _item(plan, label.source, key, query)
    named = [plan.names(name) for check in plan.checks for names in check.slices for name in names]
    wanted = [
        label,
        *key,
        *(feature.column for feature in plan.features),
        *(column for column in (split, query) if column is not None),
        *named,
        item,
        *_partitions(plan, label.source),
    ]
    sources = {column.source for column in wanted if column is not None}
    columns = {column.reference: column for column in [*wanted, *_outliers(plan, sources)] if column is not None}
    time = split if splits is not None and splits.strategy == "temporal" else None
    return Used(label, key, split, query, time, item, tuple(columns.values()))


def _key(plan: Plan, source: str) -> tuple[Column, ...]:
    names = {
        column.name
        for one in plan.spec.data.sources
        if one.name == source
        for column in one.schema_
        if column.primary_key
    }
    return tuple(column for column in plan.columns if column.source == source and column.name in names)


def _item(plan: Plan, source: str, key: tuple[Column, ...], query: Column | None) -> Column | None:
    """By what another source is joined to the rows; else the part of their key that is not the query."""
    if not any(baseline.kind == "popularity" for baseline in plan.spec.experiments.baselines):
        return None
    joined = [join.columns[0][0] for join in plan.joins if join.to == source and len(join.columns) == 1]
    rest = [column for column in key if column != query]
    return next(iter([*joined, *rest]), None)


def _partitions(plan: Plan, source: str) -> list[Column | None]:
    """The column that tells the snapshots of the label's source apart."""
    return [
        plan.column(f"{source}.{one.snapshot.column}")
        for one in plan.spec.data.sources
        if one.name == source and one.snapshot is not None and one.snapshot.by == "partition"
    ]


def _outliers(plan: Plan, sources: Container[str]) -> list[Column | None]:
    """The columns whose outliers are more than counted."""
    return [
        plan.column(f"{source.name}.{rule.column}")
        for source in plan.spec.data.sources
        if source.name in sources
        for rule in source.outliers
        if rule.action != "report"
    ]
