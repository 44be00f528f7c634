"""Where each value of a YAML file stands: a tree of nodes with the indexes of their characters.

From the parser's events, as the loader reads them, since composing would lose where an alias stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from yaml import CSafeLoader, YAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from lifespec_schema.findings import Path
from lifespec_schema.loader.report import Report
from lifespec_schema.loader.text import prepare

if TYPE_CHECKING:
    from yaml.events import Event

Kind = Literal["scalar", "alias", "mapping", "list"]


class Node:
    """A value of a document. Indexes count the characters of the file, from 0, without a byte order mark."""

    __slots__ = ("end", "entries", "is_flow", "kind", "start", "style", "text")

    def __init__(self, kind: Kind, start: int, end: int) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        """Behind the last character of the value; what follows, a comment too, is not part of it."""
        self.is_flow = False
        self.style = ""
        """A scalar's: empty for a plain one, else the quote, `|` or `>`."""
        self.text: str | None = None
        """A scalar's."""
        self.entries: list[Entry] = []
        """A collection's, in their order."""

    def index_of(self, part: str | int) -> int | None:
        """Which entry a part of a path means; None where there is none."""
        if self.kind == "mapping":
            keys = (entry.key.text if entry.key else None for entry in self.entries)
            return next((index for index, key in enumerate(keys) if key == part), None)
        inside = self.kind == "list" and isinstance(part, int) and 0 <= part < len(self.entries)
        return int(part) if inside else None


class Entry(NamedTuple):
    """A key with its value, or an item of a list, which has no key."""

    key: Node | None
    value: Node

    @property
    def start(self) -> int:
        """Where the entry begins, the dash of an item left out."""
        return self.key.start if self.key else self.value.start

    @property
    def end(self) -> int:
        """Behind the entry's last character."""
        return max(self.value.end, self.key.end if self.key else 0)


class Way(NamedTuple):
    """As much of a path as exists in a document."""

    nodes: tuple[Node, ...]
    """From the document's root to the last that exists."""
    rest: Path
    """What is missing; empty where the whole path exists."""


def way(root: Node, path: Path) -> Way:
    """Follows a path from the root. An alias ends the way: what it repeats stands elsewhere."""
    nodes = [root]
    for length, part in enumerate(path):
        index = nodes[-1].index_of(part)
        if index is None:
            return Way(tuple(nodes), path[length:])
        nodes.append(nodes[-1].entries[index].value)
    return Way(tuple(nodes), ())


def roots(data: bytes) -> list[Node]:
    """The root of each document; empty where the file cannot be read."""
    source = prepare(data, Report(""))
    if source is None:
        return []
    text = source.data.decode().removeprefix("\ufeff")
    found: list[Node] = []
    stack: list[Node] = []
    keys: list[Node | None] = []
    loader = CSafeLoader(source.data)
    try:
        while (event := loader.get_event()) is not None:
            if isinstance(event, DocumentStartEvent):
                stack, keys = [Node("list", 0, 0)], [None]
                found.append(stack[0])
            elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
                closed = stack.pop()
                keys.pop()
                bracket = event.end_mark.index if event.end_mark else closed.end
                closed.end = bracket if closed.is_flow else closed.entries[-1].end
            elif node := _node(event, text):
                _put(node, stack[-1], keys)
                if node.kind in ("mapping", "list"):
                    stack.append(node)
                    keys.append(None)
    except YAMLError:
        return []
    return [frame.entries[0].value for frame in found]


def _node(event: Event, text: str) -> Node | None:
    start, end = event.start_mark, event.end_mark
    if start is None or end is None:
        return None
    if isinstance(event, ScalarEvent):
        node = Node("scalar", start.index, end.index)
        node.style, node.text = event.style or "", event.value
        if node.style in ("|", ">"):  # ends at the next line that is not blank
            node.end = start.index + len(text[start.index : end.index].rstrip())
        return node
    if isinstance(event, AliasEvent):
        return Node("alias", start.index, end.index)
    if isinstance(event, (MappingStartEvent, SequenceStartEvent)):
        node = Node("mapping" if isinstance(event, MappingStartEvent) else "list", start.index, end.index)
        node.is_flow = bool(event.flow_style)
        return node
    return None


def _put(node: Node, parent: Node, keys: list[Node | None]) -> None:
    """Makes the node the parent's next item or key, or the value of the key before it."""
    key = keys[-1]
    if parent.kind == "mapping" and key is None:
        keys[-1] = node
        return
    parent.entries.append(Entry(key, node))
    keys[-1] = None
