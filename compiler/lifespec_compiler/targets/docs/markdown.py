"""Markdown, block by block. Users' text goes in as text and can become nothing else.

A block is a string of one or more lines; a document is its blocks with an empty line between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_SPECIAL = str.maketrans({"<": "&lt;", ">": "&gt;", "&": "&amp;"} | {mark: f"\\{mark}" for mark in "\\`*_[]|~$"})
_CODE = re.compile(r"[!-_a-{}~]([ -_a-{}~]*[!-_a-{}~])?")
_BLOCK_START = re.compile(r"[-+#=]|\d{1,9}[.)]")


def text(value: object) -> str:
    """A value as inline text of one line.

    No mark of Markdown, HTML or a table in it has a meaning, also not where it begins a block; addresses do not become
    links; what does not print, such as marks that reverse the direction of writing, is shown as an escape.
    """
    line = " ".join(str(value).split()) or "(blank)"
    if not line.isprintable():
        line = "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in line)
    escaped = line.translate(_SPECIAL).replace("://", "\\://").replace("www.", "www\\.")
    head = _BLOCK_START.match(escaped)
    return escaped[: head.end() - 1] + "\\" + escaped[head.end() - 1 :] if head else escaped


def code(value: object) -> str:
    """A value as inline code, fit for a table's cell; as text where it holds what code in a cell cannot."""
    written = str(value)
    return f"`{written}`" if _CODE.fullmatch(written) else text(written)


def codes(values: Iterable[object]) -> str:
    """Values as inline code, with commas between them."""
    return ", ".join(map(code, values))


def bullets(items: Iterable[str]) -> list[str]:
    """A list of inline Markdown; no block without items."""
    lines = [f"- {item}" for item in items]
    return ["\n".join(lines)] if lines else []


def facts(**values: str | None) -> list[str]:
    """A list of named facts without those that are None or empty; `latency_budget` is shown as `Latency budget`."""
    return bullets(f"**{name.capitalize().replace('_', ' ')}:** {value}" for name, value in values.items() if value)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table of inline Markdown without the columns that are empty in every row; no block without rows."""
    cells = [list(row) for row in rows]
    kept = [place for place in range(len(head)) if any(row[place] for row in cells)]
    if not kept:
        return []
    lines = [[head[place] for place in kept], ["---"] * len(kept), *([row[place] for place in kept] for row in cells)]
    return ["\n".join(f"| {' | '.join(line)} |" for line in lines)]


def section(title: str, *blocks: Sequence[str], level: int = 2) -> list[str]:
    """A heading with what stands below it; nothing where nothing does."""
    below = [block for group in blocks for block in group]
    return [f"{'#' * level} {title}", *below] if below else []
