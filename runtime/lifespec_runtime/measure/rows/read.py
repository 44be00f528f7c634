"""Reads the sources of a plan, and makes the model's rows of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.contracts.check import Location, columns_of
from lifespec_runtime.measure.reading.arrow import Array, count, pa, positions
from lifespec_runtime.measure.reading.columns import Column
from lifespec_runtime.measure.reading.files import digest
from lifespec_runtime.measure.reading.flaws import Flaw, UnreadableError
from lifespec_runtime.measure.reading.log import Log
from lifespec_runtime.measure.reading.patterns import UnknownFormatError, strptime_format
from lifespec_runtime.measure.reading.read import find, read

from .flawed import FlawedDataError
from .join import joined
from .used import Used, used


class Input(NamedTuple):
    """What was read of one source."""

    source: str
    uri: str
    digest: str
    """Of the bytes of its files, `sha256:<hex>`."""


class Rows(NamedTuple):
    """The model's rows."""

    table: Any
    """A `pyarrow.Table`; its columns are called `source.column` and have the contract's types."""
    used: Used
    """What each of its columns is for."""
    inputs: tuple[Input, ...]
    """What was read, in the order of the sources."""

    @property
    def digest(self) -> str:
        """The snapshot: what was read of which source, wherever it lay."""
        lines = sorted(f"{one.source} {one.digest}\n" for one in self.inputs)
        return f"sha256:{hashlib.sha256(''.join(lines).encode()).hexdigest()}"

    def column(self, reference: str) -> Array:
        """The values of a column, in one piece."""
        return self.table.column(reference).combine_chunks()


def read_rows(plan: Plan, locations: Mapping[str, Location]) -> Rows:
    """The rows of all sources that the model uses, each source read where `locations` says.

    Raises `FlawedDataError` with all that is wrong with the data, where anything is.
    """
    wanted = used(plan)
    joins = [join for join in plan.joins if join.source in _needed(plan, wanted)]
    reading = {column.reference: column for column in wanted.columns}
    reading |= {column.reference: column for join in joins for pair in join.columns for column in pair}
    names = [wanted.label.source, *(join.source for join in joins)]
    tables: dict[str, Any] = {}
    inputs: dict[str, Input] = {}
    flaws: list[Flaw] = []
    untold = 0
    for source in plan.spec.data.sources:
        if source.name not in names:
            continue
        columns = [column for column in columns_of(source) if f"{source.name}.{column.name}" in reading]
        log = Log()
        try:
            tables[source.name], inputs[source.name] = _read(source.name, columns, locations[source.name], log)
        except UnreadableError as error:
            log.add(error.flaw)
        flaws += log.flaws
        untold += log.untold
    if flaws:
        raise FlawedDataError(flaws, untold)
    table = joined(tables, wanted.label.source, joins, {name: one.uri for name, one in inputs.items()})
    kept = [column.reference for column in wanted.columns]
    return Rows(table.select(kept), wanted, tuple(inputs.values()))


def _needed(plan: Plan, wanted: Used) -> set[str]:
    """The sources whose columns are used, and those that lead to them."""
    needed = {column.source for column in wanted.columns}
    for join in reversed(plan.joins):
        if join.source in needed:
            needed.add(join.to)
    return needed


def _read(source: str, columns: Sequence[Column], location: Location, log: Log) -> tuple[Any, Input]:
    """One source as a table, and what was read; all that is wrong with it goes into the log."""
    _check_formats(columns, location)
    files = find(location.uri, location.format)
    parts: dict[str, list[Array]] = {column.name: [] for column in columns}
    wrong: dict[str, int] = {}
    absent: dict[str, str] = {}
    rows = 0
    for chunk in read(files, location.format, columns, log):
        rows += chunk.rows
        for column in columns:
            values = chunk.values.get(column.name)
            parts[column.name].append(pa.nulls(chunk.rows, column.arrow or pa.string()) if values is None else values)
        for name in chunk.absent:
            absent.setdefault(name, chunk.file)
        for name, mask in chunk.wrong.items():
            if name not in wrong:
                first = chunk.row(positions(mask, 1)[0])
                kind = next(column.type for column in columns if column.name == name)
                log.add(Flaw("data-wrong-type", f"there is a value that is no {kind}", chunk.file, first, name))
            wrong[name] = wrong.get(name, 0) + count(mask)
    told_twice = {flaw.column for flaw in log.flaws if flaw.code == "data-duplicate-column"}
    for name, file in absent.items():
        if name not in told_twice:
            log.add(
                Flaw(
                    "data-missing-column", f"there is no column `{name}`", file, column=name, help="the contract has it"
                )
            )
    if not rows:
        log.add(Flaw("data-empty", "there are no rows", files[0].name if len(files) == 1 else location.uri))
    arrays = [pa.chunked_array(parts[column.name], column.arrow) for column in columns]
    table = pa.table(arrays, names=[f"{source}.{column.name}" for column in columns])
    return table, Input(source, location.uri, digest(files))


def _check_formats(columns: Sequence[Column], location: Location) -> None:
    for column in columns:
        if column.format and column.type != "string":
            try:
                strptime_format(column.format)
            except UnknownFormatError as error:
                message = f"the contract's format `{column.format}` has `{error}`, which lifespec does not read"
                raise UnreadableError(Flaw("data-format", message, location.uri, column=column.name)) from error
