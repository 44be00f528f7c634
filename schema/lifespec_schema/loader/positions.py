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
from lifespec_schema.loader.limits import MAX_DEPTH
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
    return [_located(finding, wanted) if any(place.span is None for place in _places(finding)) else finding for finding in findings]


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

    __slots__ = ("index", "is_key", "is_mapping", "key", "key_span", "node")

    def __init__(self, node: _Node | None, *, is_mapping: bool, is_key: bool) -> None:
        self.node = node
        self.is_mapping = is_mapping
        self.is_key = is_key
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

    return replace(finding, place=fill(finding.place), related=tuple((text, fill(place)) for text, place in finding.related))


def _scan(file: str, data: bytes, roots: Mapping[int, _Node]) -> None:
    """Fill in the spans of what is wanted of one file, as far as the file can be read."""
    source = prepare(data, Report(file))
    if source is None:
        return
    try:
        _Scanner(roots, source.restore).run(CSafeLoader(source.data).get_event)
    except YAMLError:
        return  # `read` has reported it; what lies behind the error has no position
