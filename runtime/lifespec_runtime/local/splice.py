"""One edit of a YAML file as a change of its text: every other character stays as it is.

A library that reads the file and writes it anew keeps comments, but lays out what nobody asked it to touch. So the
places of values are looked up, and only what stands there is exchanged. The result is read back: it must hold exactly
the edited value, or there is no result.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from lifespec_schema.loader import JSON, read
from lifespec_schema.loader.scalars import resolve

from .nodes import Node, Way, roots, way

if TYPE_CHECKING:
    from lifespec_schema.findings import Path

_BOM = "\ufeff"
_PLAIN: Final = re.compile(r"[A-Za-z/][\w./@%+=-]*(?: [\w./@%+=-]+)*|\d+(?:\.\d+)?(?:%|[A-Za-z][a-z0-9]*)", re.ASCII)
_TYPED_ELSEWHERE: Final = frozenset(["y", "n", "yes", "no", "on", "off"])
"""Strings here, and booleans to readers of YAML 1.1."""
_COMMENT: Final = re.compile(r"(?<!\S)#[^\r\n]*")


class Change(NamedTuple):
    """Characters to exchange."""

    start: int
    end: int
    text: str


def spliced(data: bytes, document: int, path: Path, value: JSON) -> bytes | None:
    """The file with `value` at `path` of one document, made if necessary; None deletes what stands there.

    Comments, layout, quotes and line ends stay. Gives None where that is not possible: the path does not fit the
    document, a comment would be lost, or what is repeated by an alias would change in other places too.
    """
    found = roots(data)
    if document >= len(found) or not path:
        return None
    text = data.decode()
    mark = _BOM if text.startswith(_BOM) else ""
    text = text.removeprefix(_BOM)
    there = way(found[document], path)
    changes = _deletion(text, there, path) if value is None else _placing(text, there, path, value)
    if changes is None:
        return None
    for change in sorted(changes, reverse=True):
        text = text[: change.start] + change.text + text[change.end :]
    result = (mark + text).encode()
    return result if _holds(data, result, document, path, value) else None


def _holds(before: bytes, after: bytes, document: int, path: Path, value: JSON) -> bool:
    """Whether a file is as it was but for one value."""
    (old, complaints), (new, more) = read("", before), read("", after)
    if [finding.rule for finding in complaints] != [finding.rule for finding in more] or len(old) != len(new):
        return False
    for one, other in zip(old, new, strict=True):
        try:
            wanted = edited(one.value, path, value) if one.index == document else one.value
        except (KeyError, IndexError, TypeError):
            return False
        if (one.index, _exact(wanted)) != (other.index, _exact(other.value)):
            return False
    return True


def _exact(value: JSON) -> str:
    """The value with its types and the order of its keys: `1`, `1.0` and `true` differ."""
    return json.dumps(value)


def edited(document: Any, path: Path, value: JSON) -> Any:
    """A copy of a value with one place changed: copied along the path only, so that what is repeated stays.

    Raises KeyError, IndexError or TypeError where the path does not fit.
    """
    part, rest = path[0], path[1:]
    if isinstance(document, dict) and isinstance(part, str):
        if not rest and value is None:
            document[part]  # a key that is not there cannot be deleted
            return {key: inner for key, inner in document.items() if key != part}
        inner = document.get(part)
        return {**document, part: edited({} if inner is None else inner, rest, value) if rest else value}
    if isinstance(document, list) and isinstance(part, int) and 0 <= part < len(document):
        if not rest and value is None:
            return document[:part] + document[part + 1 :]
        return [*document[:part], edited(document[part], rest, value) if rest else value, *document[part + 1 :]]
    raise KeyError(part)


def _placing(text: str, there: Way, path: Path, value: JSON) -> list[Change] | None:
    node = there.nodes[-1]
    in_flow = any(above.is_flow for above in there.nodes[:-1])
    if not there.rest:
        return _replacement(text, there, path, _written(value, node, in_flow=in_flow))
    for part in reversed(there.rest[1:]):
        value = {str(part): value}
    key = there.rest[0]
    if not isinstance(key, str):
        return None
    if node.kind == "scalar" and node.start == node.end:  # a key without a value
        return [Change(node.start, node.start, " " + _written({key: value}, None, in_flow=True))]
    if node.kind != "mapping":
        return None
    entry = f"{_scalar(key, None, in_flow=True)}: {_written(value, None, in_flow=in_flow or node.is_flow)}"
    if node.is_flow:
        at = node.entries[-1].end if node.entries else node.start + text[node.start :].index("{") + 1
        return [Change(at, at, f", {entry}" if node.entries else entry)]
    at = _end_of_line(text, node.end)
    return [Change(at, at, f"{_line_break(text, at)}{' ' * _column(text, node.entries[0].start)}{entry}")]


def _replacement(text: str, there: Way, path: Path, written: str) -> list[Change] | None:
    node = there.nodes[-1]
    if len(there.nodes) < 2 or node.kind == "alias":
        return None
    if node.start == node.end:
        return [Change(node.start, node.start, f" {written}")]
    if node.kind in ("mapping", "list") and not node.is_flow:
        colon = _behind_colon(text, there, path)
        if colon is not None and not text[colon : node.start].strip():  # no comment stands between
            return [Change(colon, node.end, f" {written}")]
    return [Change(node.start, node.end, written)]


def _behind_colon(text: str, there: Way, path: Path) -> int | None:
    """Behind the colon of the key that the last node belongs to; None where it belongs to no key."""
    if len(there.nodes) < 2:
        return None
    parent = there.nodes[-2]
    index = parent.index_of(path[-1])
    key = parent.entries[index].key if index is not None else None
    colon = re.compile(r"\s*:").match(text, key.end) if key else None
    return colon.end() if colon else None


def _deletion(text: str, there: Way, path: Path) -> list[Change] | None:
    if there.rest or len(there.nodes) < 2:
        return None
    parent = there.nodes[-2]
    index = parent.index_of(path[-1])
    if index is None:
        return None
    if parent.is_flow:
        return _deletion_in_flow(text, parent, index)
    if len(parent.entries) > 1:
        return _deletion_of_lines(text, parent, index)
    at = _behind_colon(text, Way(there.nodes[:-1], ()), path[:-1])
    whole = _lines_of(text, parent, 0)
    if at is None or whole is None:
        return None
    return [Change(at, at, " []" if parent.kind == "list" else " {}"), whole]


def _deletion_in_flow(text: str, parent: Node, index: int) -> list[Change] | None:
    entries = parent.entries
    entry = entries[index]
    after = _mark(text, ",", entry.end, entries[index + 1].start if index + 1 < len(entries) else parent.end)
    if after is not None:
        if _COMMENT.search(text, entry.end, after):
            return None
        return [_without_blanks(text, entry.start, after + 1, parent)]
    before = _mark(text, ",", entries[index - 1].end, entry.start) if index else None
    rest = _without_blanks(text, entry.start, entry.end, parent)
    return [rest] if before is None else [Change(before, before + 1, ""), rest]


def _without_blanks(text: str, start: int, end: int, parent: Node) -> Change:
    """The removal of a stretch with the blanks around it, and with its line where nothing else stands there."""
    line = _start_of_line(text, start)
    behind = end + len(text[end:]) - len(text[end:].lstrip(" \t"))
    if not text[line:start].strip() and text[behind : behind + 1] in ("\r", "\n"):
        return Change(line, _next_line(text, behind), "")
    if text[behind] in "]}" or not text[line:start].strip():
        blanks = len(text[:start]) - len(text[:start].rstrip(" \t"))
        opens = start - blanks <= parent.start + 1 or not text[line:start].strip()
        return Change(start if opens else start - blanks, behind if opens else end, "")
    return Change(start, behind, "")


def _mark(text: str, mark: str, start: int, end: int) -> int | None:
    """Where a mark of the syntax stands between two values, past comments."""
    found = re.compile(rf"(?<!\S)#[^\r\n]*|{mark}").finditer(text, start, end)
    return next((match.start() for match in found if match[0] == mark), None)


def _deletion_of_lines(text: str, parent: Node, index: int) -> list[Change] | None:
    lines = _lines_of(text, parent, index)
    if lines is not None:
        return [lines]
    if parent.kind == "list" or index:
        return None
    # The first key of a mapping in a list stands behind the list's dash, which stays.
    start, end, following = parent.entries[0].start, parent.entries[0].end, parent.entries[1].start
    return None if "#" in text[end:following] else [Change(start, following, "")]


def _lines_of(text: str, parent: Node, index: int) -> Change | None:
    """The removal of an entry's lines; None where something else stands on the first of them."""
    entry = parent.entries[index]
    start = entry.start
    if parent.kind == "list":
        dash = _mark(text, "-", parent.entries[index - 1].end if index else parent.start, start)
        if dash is None:
            return None
        start = dash
    line, end = _start_of_line(text, start), _end_of_line(text, entry.end)
    if text[line:start].strip():
        return None
    if end == len(text) and line:  # the file's last line has no end: the line before it gets none either
        return Change(line - (2 if text[:line].endswith("\r\n") else 1), end, "")
    return Change(line, _next_line(text, end), "")


def _start_of_line(text: str, index: int) -> int:
    return max(text.rfind("\n", 0, index), text.rfind("\r", 0, index)) + 1


def _end_of_line(text: str, index: int) -> int:
    match = re.compile(r"[\r\n]").search(text, index)
    return match.start() if match else len(text)


def _next_line(text: str, index: int) -> int:
    """Behind the line break at `index`."""
    return index + (2 if text.startswith("\r\n", index) else 1 if index < len(text) else 0)


def _column(text: str, index: int) -> int:
    return index - _start_of_line(text, index)


def _line_break(text: str, index: int) -> str:
    """The line break at `index`, or the file's first where there is none; LF for a file of one line."""
    match = re.compile(r"\r\n|\r|\n").match(text, index) or re.compile(r"\r\n|\r|\n").search(text)
    return match[0] if match else "\n"


def _written(value: JSON, like: Node | None, *, in_flow: bool) -> str:
    """A value as one line; a scalar in the style of the one that it replaces."""
    if isinstance(value, dict):
        pairs = (f"{_scalar(key, None, in_flow=True)}: {_written(value[key], None, in_flow=True)}" for key in value)
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(_written(item, None, in_flow=True) for item in value)}]"
    if isinstance(value, str):
        return _scalar(value, like, in_flow=in_flow)
    return json.dumps(value)


def _scalar(value: str, like: Node | None, *, in_flow: bool) -> str:
    style = like.style if like and like.kind == "scalar" else ""
    if style == "'" and value.isprintable():
        return f"""'{value.replace("'", "''")}'"""
    is_plain = _PLAIN.fullmatch(value) and resolve(value) == value and value.lower() not in _TYPED_ELSEWHERE
    if style == '"' or not is_plain or (in_flow and "=" in value):
        escaped = json.dumps(value, ensure_ascii=False)
        return "".join(letter if letter.isprintable() else f"\\U{ord(letter):08x}" for letter in escaped)
    return value
