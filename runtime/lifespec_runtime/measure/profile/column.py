"""The profile of one column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np

from . import categories as texts
from . import histogram as bins
from . import sketch
from .hashing import of_integers
from .moments import Moments, moments
from .view import MOMENTS, NUMBERS, View

T = TypeVar("T", Moments, bins.Histogram, texts.Categories)
ORDERED: Final = (*NUMBERS, *MOMENTS, "boolean")


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """Counts and sketches of one column. What a type of column does not have is None."""

    type: str
    rows: int = 0
    missing: int = 0
    """Rows without a value."""
    wrong: int = 0
    """Rows whose value is of another type than the contract says; they are in nothing below."""
    infinite: int = 0
    moments: Moments | None = None
    """Of the finite numbers."""
    histogram: bins.Histogram | None = None
    """Of finite numbers, moments (microseconds), days, or truth values."""
    registers: sketch.Registers | None = None
    """How many different values there are, where the histogram is not exact."""
    categories: texts.Categories | None = None
    lengths: bins.Histogram | None = None
    """Of the numbers of characters of texts."""
    extremes: tuple[float, float] | None = None
    """The least and greatest value, as a number; of moments and days as the histogram counts them."""
    repeats: int | None = None
    """Rows whose value occurred before; known only of a whole pass that looked for them, not of merged profiles."""

    def merge(self, other: ColumnProfile) -> ColumnProfile:
        """The profile of the rows of both; an error where they are not of one type."""
        if self.type != other.type:
            raise ValueError(f"a column of {self.type} and one of {other.type} have no common profile")
        return ColumnProfile(
            self.type,
            rows=self.rows + other.rows,
            missing=self.missing + other.missing,
            wrong=self.wrong + other.wrong,
            infinite=self.infinite + other.infinite,
            moments=_both(self.moments, other.moments),
            histogram=_both(self.histogram, other.histogram),
            registers=_registers(self, other),
            categories=_both(self.categories, other.categories),
            lengths=_both(self.lengths, other.lengths),
            extremes=_extremes(self.extremes, other.extremes),
            repeats=self.repeats if not other.rows else other.repeats if not self.rows else None,
        )

    @property
    def values(self) -> int:
        """How many rows have a value of the type."""
        return self.rows - self.missing - self.wrong

    @property
    def distinct(self) -> tuple[int, bool] | None:
        """How many different values there are, and whether that is exact; None where nobody counted."""
        if self.repeats is not None:
            return self.values - self.repeats, True
        if self.categories is not None:
            return min(self.categories.distinct, self.values), self.categories.named is not None
        if self.histogram is None:
            return None
        if self.histogram.exact:
            return len(self.histogram.bins) + bool(self.infinite), not self.infinite
        estimate = round(sketch.estimate(self.registers if self.registers is not None else sketch.nothing()))
        return min(estimate, self.values), False


def column_profile(view: View, cut: int = 0) -> ColumnProfile:
    """The profile of a column of a chunk; `cut` is the histogram's in the profile that it will be merged with."""
    kind, rows, missing, wrong = view.kind, view.rows, view.missing, view.wrong_count
    if kind == "string":
        lengths = view.lengths.astype(np.int64)
        counts = None if view.many else view.counts
        found = _lengths(lengths, counts)
        return ColumnProfile(kind, rows, missing, wrong, categories=texts.categories(view), lengths=found)
    if kind not in ORDERED:
        return ColumnProfile(kind, rows, missing, wrong)
    found = bins.histogram(view.keys, cut)
    extremes, is_number = view.extremes, kind in NUMBERS
    return ColumnProfile(
        kind,
        rows,
        missing,
        wrong,
        infinite=len(view.numbers) - len(view.finite) if is_number else 0,
        moments=moments(view.finite) if is_number else None,
        histogram=found,
        registers=None if found.exact else sketch.registers(of_integers(view.keys)),
        extremes=(float(extremes[0]), float(extremes[1])) if extremes else None,
    )


def empty(kind: str) -> ColumnProfile:
    """The profile of no row."""
    if kind == "string":
        return ColumnProfile(kind, categories=texts.Categories({}), lengths=bins.EMPTY)
    if kind not in ORDERED:
        return ColumnProfile(kind)
    return ColumnProfile(kind, histogram=bins.EMPTY, moments=Moments() if kind in NUMBERS else None)


def _lengths(lengths: np.ndarray[Any, Any], counts: np.ndarray[Any, Any] | None) -> bins.Histogram:
    """How often each length occurs, if `counts` says how often each text does; None: once."""
    if counts is None:
        return bins.histogram(lengths)
    used = counts > 0
    lengths, weights = lengths[used], counts[used]
    order = np.argsort(lengths, kind="stable")
    first = np.flatnonzero(np.diff(lengths[order], prepend=-1))
    if not len(first):
        return bins.EMPTY
    sums = np.add.reduceat(weights[order], first).astype(np.int64)
    return bins.Histogram(0, lengths[order][first], sums).merge(bins.EMPTY)


def _both(one: T | None, other: T | None) -> T | None:
    if one is None or other is None:
        return other if one is None else one
    return one.merge(other)


def _registers(one: ColumnProfile, other: ColumnProfile) -> sketch.Registers | None:
    merged = _both(one.histogram, other.histogram)
    if merged is None or merged.exact:
        return None
    return np.maximum(_own_registers(one), _own_registers(other))


def _own_registers(profile: ColumnProfile) -> sketch.Registers:
    """The registers of a part; where each value is known they are made from the values."""
    if profile.registers is not None:
        return profile.registers
    return sketch.nothing() if profile.histogram is None else sketch.registers(of_integers(profile.histogram.bins))


def _extremes(one: tuple[float, float] | None, other: tuple[float, float] | None) -> tuple[float, float] | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one[0], other[0]), max(one[1], other[1])
