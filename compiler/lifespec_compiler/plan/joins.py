"""How the rows of the sources meet: the model's rows are those of the label's source, and the others complete them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from lifespec_schema.findings import Path
from lifespec_schema.forms import Problem

from .model import Check, Column, Join, find_column

if TYPE_CHECKING:
    from lifespec_schema.spec.lifecycle import LifecycleSpec

Pairs = tuple[tuple[Column, Column], ...]
Use = tuple[Path, Column]
"""Where a column is used."""


def joins(spec: LifecycleSpec, known: tuple[Column, ...]) -> tuple[Join, ...]:
    """The joins that lead to the label's source, each after the one that it builds on."""
    label = find_column(known, spec.data.labels.column)
    reached = [label.source] if label else []
    found: list[Join] = []
    waiting = [join for join in _written(spec, known) if join.source not in reached]
    while ready := [join for join in waiting if join.to in reached]:
        found += ready
        reached += [join.source for join in ready]
        waiting = [join for join in waiting if join not in ready]
    return tuple(found)


def unjoined(spec: LifecycleSpec, known: tuple[Column, ...], checks: tuple[Check, ...]) -> Iterator[Problem]:
    """What is wrong with the joins of a spec, and every source that is used without one."""
    label = find_column(known, spec.data.labels.column)
    if label is None:
        return  # without a label nobody can tell which rows are the model's
    wrong = [*_wrong(spec, known, label)]
    yield from wrong
    joined = {label.source, *(join.source for join in joins(spec, known))}
    if not wrong:
        used = _used(spec, known, checks)
        yield from _left_out(used, known, label, joined)


def _written(spec: LifecycleSpec, known: tuple[Column, ...]) -> Iterator[Join]:
    """The joins of the sources as far as their columns are there."""
    by_name = {(column.source, column.name): column for column in known}
    for index, source in enumerate(spec.data.sources):
        if source.join is not None:
            found = [
                (by_name.get((source.join.to, theirs)), by_name.get((source.name, ours)))
                for theirs, ours in source.join.columns.items()
            ]
            pairs = tuple((theirs, ours) for theirs, ours in found if theirs and ours)
            yield Join(source.name, source.join.to, pairs, ("spec", "data", "sources", index, "join"))


def _wrong(spec: LifecycleSpec, known: tuple[Column, ...], label: Column) -> Iterator[Problem]:
    columns: dict[str, list[str]] = {source.name: [] for source in spec.data.sources}
    for column in known:
        columns[column.source].append(column.name)
    keys = {
        source.name: {column.name for column in source.schema_ if column.primary_key} for source in spec.data.sources
    }
    for join in _written(spec, known):
        written = next(source.join for source in spec.data.sources if source.name == join.source)
        if join.to not in columns:
            others = [name for name in columns if name != join.source]
            yield Problem("unknown-source", (*join.path, "to"), f"there is no source `{join.to}`", _listed(others))
            continue
        if join.source == label.source:
            message = f"`{join.source}` holds the label, so its rows are the model's, and no other row can bring them"
            yield Problem("idle-join", join.path, message, f"write the join in the source `{join.to}`")
            continue
        if written is not None:
            yield from _unknown_columns(join, written.columns, columns)
        for theirs, ours in join.columns:
            if theirs.logical_type != ours.logical_type:
                message = (
                    f"`{theirs.reference}` is {theirs.logical_type}, and `{ours.reference}` is {ours.logical_type}"
                )
                help_text = "equal columns have one type; make another column in the source"
                yield Problem("join-type-mismatch", (*join.path, "columns", theirs.name), message, help_text)
        key, named = keys[join.source], {ours.name for _, ours in join.columns}
        if key - named and not any(ours.is_key for _, ours in join.columns):
            message = f"several rows of `{join.source}` may be equal in {_listed(sorted(named))}"
            help_text = f"its key is {_listed(sorted(key))}: join by all of it"
            yield Problem("join-of-many-rows", (*join.path, "columns"), message, help_text)


def _unknown_columns(join: Join, written: Mapping[str, str], columns: Mapping[str, list[str]]) -> Iterator[Problem]:
    for theirs, ours in written.items():
        for source, name in ((join.to, theirs), (join.source, ours)):
            if name not in columns[source]:
                path = (*join.path, "columns", theirs)
                message = f"`{source}` has no column `{name}`"
                yield Problem("unknown-column", path, message, f"its columns: {', '.join(columns[source])}")


def _left_out(used: Iterable[Use], known: tuple[Column, ...], label: Column, joined: set[str]) -> Iterator[Problem]:
    """One problem for each source that is used and not joined, where its first column is used."""
    missing: dict[str, list[tuple[Path, Column]]] = {}
    for path, column in used:
        if column.source not in joined:
            missing.setdefault(column.source, []).append((path, column))
    for source, places in missing.items():
        wanted = _listed(list(dict.fromkeys(column.name for _, column in places)))
        message = (
            f"no join leads from `{source}` to `{label.source}`, which holds the label: its {wanted} is for no row"
        )
        alike = _alike(known, label.source, source)
        columns = f"[{', '.join(alike)}]" if alike else f"{{<column of {label.source}>: <column of {source}>}}"
        help_text = f"in the source `{source}` write `join: {{to: {label.source}, columns: {columns}}}`"
        yield Problem("unjoined-source", places[0][0], message, help_text)


def _used(spec: LifecycleSpec, known: tuple[Column, ...], checks: tuple[Check, ...]) -> Iterator[Use]:
    """Every column that a row of the model must have, and where it is used."""
    features = {feature.name: feature.column for feature in spec.features}
    named: list[tuple[Path, str]] = [
        (("spec", "features", index, "column"), feature.column) for index, feature in enumerate(spec.features)
    ]
    if spec.objective.query:
        named.append((("spec", "objective", "query"), spec.objective.query))
    if spec.data.splits and spec.data.splits.strategy != "random":
        named.append((("spec", "data", "splits", "column"), spec.data.splits.column))
    for check in checks:
        field = "attribute" if check.kind == "fairness" else "slices"
        named += [((*check.path, field), features.get(name, name)) for slices in check.slices for name in slices]
    for path, reference in named:
        column = find_column(known, reference)
        if column is not None:
            yield path, column


def _alike(known: tuple[Column, ...], one: str, other: str) -> list[str]:
    """Columns that two sources both have, by name and type, and that tell the other's rows apart."""
    types = {column.name: column.logical_type for column in known if column.source == one}
    return [
        column.name
        for column in known
        if column.source == other and column.is_key and types.get(column.name) == column.logical_type
    ]


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
