"""Markdown for text panels, in which nothing is a variable of Grafana."""

from __future__ import annotations

from collections.abc import Iterable

BREAK = "\u2060"
"""A word joiner: it is invisible, and what it stands in is no variable's name."""


def joined(blocks: Iterable[str]) -> str:
    """Blocks of Markdown as one text. Escaped dollars become entities, for Grafana looks before Markdown does."""
    whole = "\n\n".join(blocks).replace("\\$", "&#36;")
    return whole.replace("$", f"${BREAK}").replace("[[", f"[{BREAK}[")
