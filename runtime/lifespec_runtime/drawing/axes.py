"""The frame of a chart: axes with their words, and a grid."""

from __future__ import annotations

from typing import Final, NamedTuple

from .marks import label, line, mark
from .markup import Markup, joined
from .scale import Scale, tick_words, ticks

CHARACTER: Final = 7.2
"""The greatest mean width of a digit at the size of tick labels, in pixels of the picture."""


class Axis(NamedTuple):
    """One axis: its scale, its words, and how values are written."""

    scale: Scale
    words: str
    factor: float = 1.0
    suffix: str = ""
    most: int = 5

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Values with how they are written."""
        values = ticks(self.scale.low, self.scale.high, self.most)
        return list(zip(values, tick_words(values, self.suffix, self.factor), strict=True))


def left_margin(axis: Axis) -> float:
    """The pixels that a vertical axis needs for its labels."""
    return 30 + CHARACTER * max((len(words) for _, words in axis.ticks), default=0)


def frame(across: Axis, up: Axis) -> Markup:
    """A grid with labels on the left and below."""
    left, right = across.scale.start, across.scale.end
    bottom, top = up.scale.start, up.scale.end
    marks = []
    for value, words in across.ticks:
        x = across.scale.at(value)
        marks += [line((x, top), (x, bottom), "grid"), label((x, bottom + 18), words, "tick")]
    for value, words in up.ticks:
        y = up.scale.at(value)
        marks += [line((left, y), (right, y), "grid"), label((left - 7, y + 4.5), words, "tick", "end")]
    marks += [line((left, bottom), (right, bottom), "axis"), line((left, top), (left, bottom), "axis")]
    marks.append(label(((left + right) / 2, bottom + 38), across.words, "axis-name"))
    middle = (bottom + top) / 2
    turned = mark("g", label((0, 0), up.words, "axis-name"), transform=f"translate(14 {middle:.1f}) rotate(-90)")
    return joined([*marks, turned])
