"""Anchors and aliases of one file: what they repeat, and how large that gets when it is written out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifespec_schema.loader.limits import MAX_AMPLIFICATION, MAX_NODES

if TYPE_CHECKING:
    from yaml.events import AliasEvent

    from lifespec_schema.loader.document import JSON


class Anchor:
    """A value with a name. `size` counts its nodes with aliases written out, `height` the levels that it is made of."""

    __slots__ = ("depth", "height", "is_open", "size", "value")

    def __init__(self, value: JSON, depth: int, size: int, *, is_open: bool) -> None:
        self.value = value
        self.depth = depth
        self.size = size
        self.height = 0
        self.is_open = is_open


class Aliases:
    """The anchors of the document being read, and the counts of nodes."""

    def __init__(self) -> None:
        self.nodes = 0
        """Nodes of the file as written."""
        self.opened: list[Anchor] = []
        """Anchored collections that are still being read, the innermost last."""
        self.largest: AliasEvent | None = None
        """The document's alias that repeats most."""
        self._copied = 0
        self._largest_size = 0
        self._anchors: dict[str, Anchor] = {}
        self._before = (0, 0)

    def start_document(self) -> None:
        """Forget the anchors: they belong to one document. The counts go on over the file."""
        self._anchors.clear()
        self.opened.clear()
        self.largest = None
        self._largest_size = 0
        self._before = (self.nodes, self._copied)

    def name_scalar(self, name: str, value: JSON) -> None:
        """Register an anchored scalar."""
        self._anchors[name] = Anchor(value, 0, 1, is_open=False)

    def open(self, name: str, depth: int, value: JSON) -> None:
        """Register an anchored collection at its start; its own node has been counted, its parents are `depth`."""
        anchor = Anchor(value, depth, 1 - self.nodes - self._copied, is_open=True)
        self._anchors[name] = anchor
        self.opened.append(anchor)

    def reach(self, depth: int) -> None:
        """Note that a collection starts, or ends up by an alias, at this depth."""
        for anchor in self.opened:
            anchor.height = max(anchor.height, depth - anchor.depth)

    def close(self, depth: int) -> None:
        """Note that the collection with `depth` parents ends."""
        if self.opened[-1].depth == depth:
            anchor = self.opened.pop()
            anchor.is_open = False
            anchor.size += self.nodes + self._copied

    def get(self, name: str) -> Anchor | None:
        """Return the anchor that a name means at this point."""
        return self._anchors.get(name)

    def repeat(self, anchor: Anchor, event: AliasEvent, depth: int) -> bool:
        """Count an alias with `depth` parents; True if the file gets too large with all aliases written out."""
        self.nodes += 1
        self._copied += anchor.size - 1
        self.reach(depth + anchor.height)
        if anchor.size > self._largest_size:
            self.largest, self._largest_size = event, anchor.size
        return self.nodes + self._copied > MAX_NODES

    def amplification(self) -> int:
        """Return how many times larger the document is with its aliases written out; 0 if that is acceptable."""
        nodes, copied = self.nodes - self._before[0], self._copied - self._before[1]
        return (nodes + copied) // nodes if copied > (MAX_AMPLIFICATION - 1) * nodes else 0
