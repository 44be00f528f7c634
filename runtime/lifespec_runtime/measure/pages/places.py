"""Where something is written or lies, for people: spec places, and addresses without what opens them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

from lifespec_compiler.plan import Plan
from lifespec_schema.findings import Path, Place, show_path


class Where(NamedTuple):
    """A place in the user's files."""

    path: str
    place: str
    """The file, with the line where it is known."""


def where(plan: Plan, path: Path, places: Mapping[Path, Place]) -> Where:
    """Where the value at a path of the plan is written."""
    place = places.get(path) or plan.origins.place(path)
    line = f":{place.span.line}" if place.span else ""
    return Where(show_path(place.path or path), f"{place.file}{line}" if place.file else "")


def address(uri: str) -> str:
    """A URI without passwords and signatures: a page is shown to people who may not read what it is about."""
    if "://" not in uri:
        return uri
    try:
        parts = urlsplit(uri)
    except ValueError:
        return uri.partition("://")[0] + "://…"
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "…" if parts.query else "", ""))


def short(digest: str | None) -> str:
    """A digest as people compare it: its first twelve digits."""
    return "" if digest is None else digest.partition(":")[2][:12] or digest[:12]
