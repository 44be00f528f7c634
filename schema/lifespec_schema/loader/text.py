"""From bytes to text that the parser may see: bounded, strictly UTF-8, nothing invisible."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from lifespec_schema.findings import Span
from lifespec_schema.loader.limits import MAX_FILE_BYTES, MAX_TAG_DIRECTIVES
from lifespec_schema.loader.report import Position, Report

if TYPE_CHECKING:
    from collections.abc import Mapping

_BOM = "\ufeff"
_HARMLESS_BYTES = bytes((0x09, 0x0A, 0x0D, *range(0x20, 0x7F)))
_SEPARATORS = frozenset("\x85\u2028\u2029")
_REFUSED = {
    "invalid-utf8": frozenset(map(chr, range(0xDC80, 0xDD00))),  # how surrogateescape shows a byte
    "byte-order-mark": frozenset(_BOM),
    "bidi-control": frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))),
    "control-character": frozenset(
        map(chr, {*range(0x20), *range(0x7F, 0xA0), 0xFFFE, 0xFFFF} - {0x09, 0x0A, 0x0D, 0x85}),
    ),
}
_SUSPECT = _SEPARATORS.union(*_REFUSED.values())
# More four-byte characters than a file has room for, so some are always unused.
_PLACEHOLDERS = range(0x10000, 0x110000)


class Source(NamedTuple):
    """A file's text for the parser.

    libyaml ends a line at U+0085, U+2028 and U+2029 as YAML 1.1 did, inside quotes too. Placeholders stand for them in
    `data`, one character each, so that lines, columns and quoted values are YAML 1.2's: `restore` maps each placeholder
    back, `separators` are the indexes at which the characters stand.
    """

    data: bytes
    restore: Mapping[int, str] = {}
    separators: tuple[int, ...] = ()


def prepare(data: bytes, report: Report) -> Source | None:
    """Check a file's bytes and return what the parser may read; None if that is not safe.

    Every offending character is reported, except line separators: only the parser knows which stand inside quotes.
    """
    if len(data) > MAX_FILE_BYTES:
        report.add(
            "file-too-large",
            f"the file has {len(data):,} bytes; at most {MAX_FILE_BYTES:,} are read",
            Position(),
            "split the file: every spec, contract and model version may have its own",
        )
        return None
    if data.count(b"%TAG") > MAX_TAG_DIRECTIVES:
        report.add(
            "yaml-directive", "the file has too many %TAG directives", Position(), "remove them: tags are not read"
        )
        return None
    if not data.translate(None, _HARMLESS_BYTES):
        return Source(data)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data[:2]:
        report.add("invalid-utf8", "the file is binary, or UTF-16 or UTF-32", Position(), "save the file as UTF-8")
        return None
    text = _decode(data)
    found = _SUSPECT.intersection(text)
    if not found:
        return Source(data)
    for rule, characters in _REFUSED.items():
        if present := found & characters:
            for match in re.finditer(f"[{re.escape(''.join(sorted(present)))}]+", text):
                message, help_ = _explain(rule, match[0])
                report.add(rule, message, Position() if report.is_full else position_at(text, *match.span()), help_)
    if found - _SEPARATORS - _REFUSED["bidi-control"]:
        return None
    return _hide_separators(data, text) if found & _SEPARATORS else Source(data)


def source_lines(data: bytes) -> list[str]:
    """Split a file into lines, without their ends, exactly as line numbers count: at LF, CR LF and CR.

    A byte order mark at the start is no character of line 1; bytes that are not UTF-8 are one character each.
    """
    return _decode(data).replace("\r\n", "\n").replace("\r", "\n").split("\n")


def position_at(text: str, start: int, end: int) -> Position:
    """Return the position of `text[start:end]`; `text` is without byte order mark."""
    return Position(Span(*_line_and_column(text, start), *_line_and_column(text, end)))


def _line_and_column(text: str, index: int) -> tuple[int, int]:
    before = text[:index]
    line = before.count("\n") + before.count("\r") - before.count("\r\n") + 1
    return line, index - max(before.rfind("\n"), before.rfind("\r"))


def _decode(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape").removeprefix(_BOM)


def _explain(rule: str, run: str) -> tuple[str, str]:
    """Return message and help for a stretch of offending characters."""
    shown = run[:8]
    more = " …" if len(run) > len(shown) else ""
    points = " ".join(f"U+{ord(character):04X}" for character in shown) + more
    if rule == "invalid-utf8":
        octets = " ".join(f"0x{ord(character) - 0xDC00:02X}" for character in shown) + more
        return f"{octets} is not UTF-8", "save the file as UTF-8"
    if rule == "bidi-control":
        return (
            f"invisible direction control {points}: the text reads differently from what it means",
            "delete it; if a value needs it, write it as an escape in double quotes",
        )
    if rule == "byte-order-mark":
        return f"byte order mark {points} inside the text", "delete it; only the start of a file may have one"
    return f"control character {points}", "delete it; if a value needs it, write it as an escape in double quotes"


def _hide_separators(data: bytes, text: str) -> Source:
    used = set(text)
    unused = (code for code in _PLACEHOLDERS if chr(code) not in used)
    placeholders = {character: next(unused) for character in sorted(_SEPARATORS)}
    hidden = text.translate({ord(character): code for character, code in placeholders.items()})
    indexes = tuple(index for index, character in enumerate(text) if character in _SEPARATORS)
    # The parser skips a byte order mark without counting it, as _decode does.
    mark = data[:3] if data.startswith(_BOM.encode()) else b""
    restore = {code: character for character, code in placeholders.items()}
    return Source(mark + hidden.encode(), restore, indexes)
