"""A fix as the least stretch of a file to replace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from lifespec_schema.findings import Finding, Span

if TYPE_CHECKING:
    from lifespec_schema.loader import JSON

_BOM = "\ufeff"


def replacement(finding: Finding, files: Mapping[str, bytes]) -> tuple[Span, str] | None:
    """The stretch that a finding's fix replaces, and by what; None without a fix that can be written as an edit."""
    before = files.get(finding.place.file)
    if finding.fix is None or before is None:
        return None
    from lifespec_runtime.local.splice import spliced

    after = spliced(before, finding.place.document, finding.fix.path, cast("JSON", finding.fix.value))
    if after is None or after == before:
        return None
    return _difference(before.decode().removeprefix(_BOM), after.decode().removeprefix(_BOM))


def _difference(old: str, new: str) -> tuple[Span, str]:
    start = _shared(old, new)
    if old[start - 1 : start] == "\r":  # never between the two characters of a line's end
        start -= 1
    same = _shared(old[start:][::-1], new[start:][::-1])
    if same and old[len(old) - same] == "\n" and old[len(old) - same - 1 : len(old) - same] == "\r":
        same -= 1
    end = len(old) - same
    return Span(*_position(old, start), *_position(old, end)), new[start : len(new) - same]


def _shared(one: str, other: str) -> int:
    """How many characters both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))


def _position(text: str, offset: int) -> tuple[int, int]:
    lines = text[:offset].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return len(lines), len(lines[-1]) + 1
