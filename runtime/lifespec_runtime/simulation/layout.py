"""Sizes of words in pixels, estimated from above: the fonts of whoever looks are not known."""

from __future__ import annotations

from typing import Final

from .words import cells

WIDTH: Final = 980.0
MARGIN: Final = 28.0
LEFT: Final = MARGIN + 72
RIGHT: Final = WIDTH - MARGIN
"""Of the axis of time."""
NAMES: Final = LEFT - 14
"""Where the names of rows end."""
LINE: Final = 19.0
_WIDE: Final = 0.62
_NARROW: Final = 0.53
"""Of the font's size: what a character takes at most in short labels, and on average in sentences."""


def label_width(words: str, size: float = 13) -> float:
    """The pixels that a label takes at most."""
    return cells(words) * size * _WIDE


def characters(pixels: float, size: float = 13) -> int:
    """How many characters of a sentence fit into a width."""
    return max(4, int(pixels / (size * _NARROW)))
