"""How many rows break a rule, and the first of them."""

from __future__ import annotations

from typing import Final, NamedTuple

from lifespec_runtime.measure.profile.view import View
from lifespec_runtime.measure.reading.arrow import Array, count, positions
from lifespec_runtime.measure.reading.columns import Chunk
from lifespec_schema.loader.escape import show_value

SAMPLES: Final = 3
_LONGEST: Final = 40


class Sample(NamedTuple):
    """A row that breaks a rule."""

    file: str
    row: int
    value: str | None
    """The value, escaped and cut; None where it must not be shown, or there is none."""


class Tally(NamedTuple):
    """A count with samples."""

    broken: int = 0
    samples: tuple[Sample, ...] = ()

    def merge(self, other: Tally) -> Tally:
        """The tally of both; the samples of what comes first stay first."""
        return Tally(self.broken + other.broken, (*self.samples, *other.samples)[:SAMPLES])


def with_rows(known: Tally, chunk: Chunk, view: View, mask: Array, *, hidden: bool) -> Tally:
    """The tally with the rows of a later chunk that a mask holds for."""
    found, wanted = count(mask), SAMPLES - len(known.samples)
    places = positions(mask, wanted) if found and wanted else []
    samples = (Sample(chunk.file, chunk.row(at), _value(view, at, hidden=hidden)) for at in places)
    return Tally(known.broken + found, (*known.samples, *samples))


def _value(view: View, place: int, *, hidden: bool) -> str | None:
    if hidden:
        return None
    value = view.values[place].as_py()
    if value is None:
        return None
    text = show_value(str(value))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
