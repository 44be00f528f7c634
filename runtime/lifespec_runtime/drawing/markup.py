"""Text that is SVG or HTML already, and how other text becomes so; template engines know it by `__html__`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_HARMLESS: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"})


class Markup(str):
    """Markup: what is in it was written by us, or escaped."""

    __slots__ = ()

    def __html__(self) -> str:
        """The text as it is."""
        return self


def escape(text: str) -> Markup:
    """Text in which nothing is markup, for the inside of an element or of quotes."""
    return Markup(text.translate(_HARMLESS))


def joined(parts: Iterable[Markup]) -> Markup:
    """Markup after markup."""
    return Markup("".join(parts))
