"""What a section is."""

from __future__ import annotations

from typing import Any, NamedTuple


class Section(NamedTuple):
    """A part of the page with a heading."""

    id: str
    title: str
    template: str
    """The file of its template, without the ending."""
    view: Any
    """What the template writes."""
