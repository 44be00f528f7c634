"""Texts of alerts, which Prometheus reads as Go templates.

What a spec says is kept from being one, in annotations and in labels.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Live(NamedTuple):
    """A piece of a text that Prometheus fills in when the alert fires: the inside of `{{ }}`. Never from a spec."""

    expression: str


Text = tuple[str | Live, ...]
"""Plain pieces, which are shown as they are, and live ones."""

SHARE: Final = Live("$value | humanizePercentage")
AGE: Final = Live("$value | humanizeDuration")


def template(*pieces: str | Live) -> str:
    """The pieces as one Go template."""
    return "".join(f"{{{{ {piece.expression} }}}}" if isinstance(piece, Live) else escaped(piece) for piece in pieces)


def escaped(text: str) -> str:
    """A text as a Go template that yields exactly it: without a brace nothing in it can begin an action."""
    return text.replace("{", '{{"{"}}')
