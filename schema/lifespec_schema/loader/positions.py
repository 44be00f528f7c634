"""From paths to lines and columns, late: only files with something to report are scanned, each once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

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

from lifespec_schema.findings import Finding, Path, Place, Span
from lifespec_schema.loader.limits import MAX_DEPTH, MAX_EVENTS
from lifespec_schema.loader.report import START, Report, span_of
from lifespec_schema.loader.scalars import resolve
from lifespec_schema.loader.text import prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from yaml.events import Event


def locate(findings: Iterable[Finding], files: Mapping[str, bytes]) -> list[Finding]:
    """Return the findings with every missing span filled in, related places included.

    `files` are the bytes that `read` had. A path that does not exist lies at its nearest existing parent: at the
    parent's key, or at the start of its content if it has no key. So does an implicit null. What an alias repeats lies
    at the alias. The place of a file that is not in `files` stays without a span.
    """
    findings = list(findings)
    wanted: dict[str, dict[int, _Node]] = {}
    for place in (place for finding in findings for place in _places(finding)):
        if place.span is None and place.file in files:
            root = wanted.setdefault(place.file, {}).setdefault(place.document, _Node())
            root.descendant(place.path)
    for file, roots in wanted.items():
        _scan(file, files[file], roots)
    return [
        _located(finding, wanted) if any(place.span is None for place in _places(finding)) else finding
        for finding in findings
    ]


class _Node:
    """A place that somebody asked for, or one on the way to it."""

    __slots__ = ("children", "head", "key", "value")

    def __init__(self) -> None:
        self.children: dict[str | int, _Node] = {}
        self.key: Span | None = None
        self.value: Span | None = None
        self.head: Span | None = None
        """A collection's first token, to point at when there is no key."""

    def descendant(self, path: Path) -> _Node:
        """Return the node at a path below this one, made if necessary."""
        node = self
        for part in path:
            node = node.children.setdefault(part, _Node())
        return node

    def span(self, path: Path, *, on_key: bool) -> Span:
        """Return the span of the value or the key at a path, or of its nearest existing parent."""
        node = self
        for part in path:
            child = node.children.get(part)
            if child is None or child.value is None:
                return node.key or node.head or node.value or START
            node = child
        if node.value is None:
            return START
        empty = node.value[:2] == node.value[2:]
        return node.key if node.key and (on_key or empty) else node.value


class _Collection:
    """A mapping or a list that is being scanned; `node` is None where nobody asked."""

    __slots__ = ("index", "is_mapping", "key", "key_span", "node")

    def __init__(self, node: _Node | None, *, is_mapping: bool) -> None:
        self.node = node
        self.is_mapping = is_mapping
        self.index = 0
        self.key: object = None
        self.key_span: Span | None = None


def _places(finding: Finding) -> list[Place]:
    return [finding.place, *(place for _, place in finding.related)]


def _located(finding: Finding, wanted: Mapping[str, Mapping[int, _Node]]) -> Finding:
    def fill(place: Place) -> Place:
        if place.span is not None or place.file not in wanted:
            return place
        root = wanted[place.file][place.document]
        return place._replace(span=root.span(place.path, on_key=place.on_key))

    return replace(
        finding, place=fill(finding.place), related=tuple((text, fill(place)) for text, place in finding.related)
    )


def _scan(file: str, data: bytes, roots: Mapping[int, _Node]) -> None:
    """Fill in the spans of what is wanted of one file, as far as the file can be read."""
    source = prepare(data, Report(file))
    if source is None:
        return
    try:
        _Scanner(roots, source.restore).run(CSafeLoader(source.data).get_event)
    except YAMLError:
        return  # `read` has reported it; what lies behind the error has no position


class _Scanner:
    """Walks the events of one file, keeping the way from the document's root on a stack."""

    def __init__(self, roots: Mapping[int, _Node], restore: Mapping[int, str]) -> None:
        self._roots = roots
        self._restore = restore
        self._document = -1
        self._stack: list[_Collection] = []
        self._last = START
        """The last thing that takes up room: block collections end where the next one starts, too late for people."""

    def run(self, next_event: Callable[[], Event | None]) -> None:
        """Scan until the end of the file, or until it gets larger or deeper than `read` accepts."""
        for count, event in enumerate(iter(next_event, None)):
            if count > MAX_EVENTS or len(self._stack) > MAX_DEPTH:
                return
            if isinstance(event, (ScalarEvent, AliasEvent)):
                span = self._last = span_of(event)
                if self._takes_key(event, span):
                    continue
                node = self._next(span)
                if node is not None:
                    node.value = span
            elif isinstance(event, (MappingStartEvent, SequenceStartEvent)):
                self._enter(event)
            elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
                self._leave(event)
            elif isinstance(event, DocumentStartEvent):
                self._document += 1

    def _takes_key(self, event: ScalarEvent | AliasEvent, span: Span) -> bool:
        """Take the event as the innermost mapping's key if one is due."""
        parent = self._stack[-1] if self._stack else None
        if parent is None or not parent.is_mapping or parent.key_span is not None:
            return False
        parent.key_span = span
        parent.key = None
        if parent.node is not None:
            if parent.node.head is None:
                parent.node.head = span
            if isinstance(event, ScalarEvent):
                text = event.value.translate(self._restore)
                parent.key = resolve(text) if event.implicit[0] else text
        return True

    def _next(self, span: Span) -> _Node | None:
        """Return what is wanted of the value that starts here, if anything, and move its parent on."""
        if not self._stack:
            return self._roots.get(self._document)
        parent = self._stack[-1]
        part, key_span = (parent.key, parent.key_span) if parent.is_mapping else (parent.index, None)
        parent.index += 1
        parent.key_span = None
        if parent.node is None or not isinstance(part, (str, int)):
            return None
        if parent.node.head is None:
            parent.node.head = span
        # True is equal to 1 and so are their hashes, but only a list has indexes.
        child = parent.node.children.get(part) if isinstance(part, str) or not parent.is_mapping else None
        if child is None or child.value is not None:
            return None  # nobody asked, or this is the second of two equal keys
        child.key = key_span
        return child

    def _enter(self, event: MappingStartEvent | SequenceStartEvent) -> None:
        start = span_of(event)
        parent = self._stack[-1] if self._stack else None
        is_key = parent is not None and parent.is_mapping and parent.key_span is None
        if parent is not None and is_key:
            parent.key, parent.key_span = None, start
        node = None if is_key else self._next(start)
        if node is not None:
            node.value = start
        self._last = start
        self._stack.append(_Collection(node, is_mapping=isinstance(event, MappingStartEvent)))

    def _leave(self, event: MappingEndEvent | SequenceEndEvent) -> None:
        node = self._stack.pop().node
        span = span_of(event)
        if span.column != span.end_column:
            self._last = span  # a closing bracket
        if node is not None and node.value is not None:
            node.value = Span(*node.value[:2], *self._last[2:])
