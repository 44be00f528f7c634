"""The slices of the test split: for each value of a feature or column, or each combination of several, its rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from lifespec_compiler.judging import no_slice, slice_text
from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.metrics.sample import Codes
from lifespec_runtime.measure.reading.arrow import integers
from lifespec_runtime.measure.rows import Rows

from .codes import Coded, TooManyError, coded, crossed
from .truth import parsed

MOST_VALUES: Final = 200
"""More values than these are no slices: a report has room for 512 measurements."""


class Slice(NamedTuple):
    """Rows of one value, or of one combination of values."""

    text: str
    """As the report has it: `plan=basic`, or crossed `plan=basic,age_band=60+`."""
    places: Codes
    """Where its rows stand in the sample; none where it is missing from the data."""


class NoSlices(NamedTuple):
    """A declared slice that cannot be made."""

    text: str
    """As the report has it: `plan=*`."""
    reason: str


class Slicer:
    """Makes slices, each column coded once and each slice found once."""

    def __init__(self, plan: Plan, rows: Rows, places: Codes) -> None:
        self._plan, self._rows, self._places = plan, rows, places
        self._columns: dict[str, Coded] = {}
        self._slices: dict[tuple[str, ...], list[Slice] | NoSlices] = {}

    def slices(self, names: tuple[str, ...]) -> list[Slice] | NoSlices:
        """The slices of some names, crossed where there are several, in the order of their values."""
        if names not in self._slices:
            self._slices[names] = self._made(names)
        return self._slices[names]

    def groups(self, name: str) -> Coded:
        """The values of one name in the sample. Raises `TooManyError` for more than `MOST_VALUES`."""
        if name not in self._columns:
            column = self._plan.names(name)
            if column is None:
                raise KeyError(name)
            values = self._rows.column(column.reference).take(integers(self._places))
            self._columns[name] = coded(values, MOST_VALUES)
        return self._columns[name]

    def _made(self, names: tuple[str, ...]) -> list[Slice] | NoSlices:
        every = no_slice(names)
        columns = []
        for name in names:
            try:
                columns.append(self.groups(name))
            except TooManyError as error:
                return NoSlices(
                    every, f"{name} has {error.distinct:,} different values, and {MOST_VALUES} are the most"
                )
            except KeyError:
                return NoSlices(every, f"there is no feature or column {name}")
        codes, combinations = crossed(columns)
        if len(combinations) > MOST_VALUES:
            return NoSlices(every, f"there are {len(combinations):,} combinations, and {MOST_VALUES} are the most")
        found = [
            Slice(slice_text(names, values), places)
            for values, places in zip(combinations, _by_code(codes, len(combinations)), strict=True)
        ]
        if len(names) == 1:
            found += self._absent(names[0], columns[0])
        return found or NoSlices(every, "no row has a value")

    def _absent(self, name: str, column: Coded) -> Iterator[Slice]:
        """The values that the contract lists and no row has."""
        bound = self._plan.names(name)
        for written in (bound.options.get("enum") or ()) if bound else ():
            if parsed(written) not in column.values:
                yield Slice(slice_text((name,), (parsed(written),)), np.zeros(0, np.int64))


def _by_code(codes: Codes, count: int) -> list[Codes]:
    """The places of each code, from one stable sort."""
    order = np.argsort(codes.astype(np.int16), kind="stable")  # small integers are sorted by radix
    ends = np.searchsorted(codes[order], np.arange(count + 1))
    return [order[ends[code] : ends[code + 1]] for code in range(count)]
