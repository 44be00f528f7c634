"""From parser events to plain values, in one pass that is guard, resolver and duplicate check at once.

Events, not nodes: libyaml's event parser keeps its state on the heap, whereas PyYAML's composer recurses in C and takes
the process down at some 25,000 levels. The event parser takes quadratic time in the depth of flow collections, so the
depth is bounded while it runs. libyaml reads YAML 1.1's syntax; the differences to 1.2 that matter here are line
separators (see `text`), directives (see `_start_document`) and how plain scalars are resolved (see `scalars`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yaml import CSafeLoader, YAMLError
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from lifespec_schema.findings import Path, Place, Severity
from lifespec_schema.loader.aliases import Aliases
from lifespec_schema.loader.document import JSON, Document
from lifespec_schema.loader.escape import show_value
from lifespec_schema.loader.keys import Keys, kind_of_key
from lifespec_schema.loader.limits import MAX_DEPTH, MAX_EVENTS
from lifespec_schema.loader.report import Position, Report, span_of
from lifespec_schema.loader.scalars import NUMBER_STARTS, WORDS, BadNumber, has_leading_zero, number
from lifespec_schema.loader.syntax import report_syntax_error

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn

    from yaml.events import CollectionEndEvent, Event

    from lifespec_schema.loader.text import Source

    CollectionStart = MappingStartEvent | SequenceStartEvent


class _Slot:
    """What stands for a collection's key while there is no usable one."""


_ITEM: Final = _Slot()
"""The collection is a list."""
_NO_KEY: Final = _Slot()
"""The next node is a key."""
_DROPPED: Final = _Slot()
"""The key is unusable; its value is read and forgotten."""
_COLLECTION_KEY: Final = _Slot()
"""The key itself is a mapping or a list, still being read."""


class _Frame:
    """A collection that is being filled, and where its next value goes."""

    __slots__ = ("container", "key")

    def __init__(self, container: Any, key: str | _Slot) -> None:
        self.container = container
        self.key = key


class _UnreadableError(Exception):
    """Reading on would be unsafe; the finding that says why has been added."""


class Builder:
    """Builds the documents of one file. Findings go to the report.

    A document with errors is built as well as it can be, so that later checks can find more: the first of two equal
    keys wins, an unusable key is left out, an unusable number stays a string, an alias of nothing is null.
    """

    def __init__(self, file: str, source: Source, report: Report) -> None:
        self.documents: list[Document] = []
        """The result: every document that is a mapping and was read to its end."""
        self.quoted: list[tuple[int, int]] = []
        """Start and end index of each quoted scalar; only recorded if the source has line separators."""
        self._file = file
        self._source = source
        self._report = report
        self._index = -1
        self._start_event: Event | None = None
        self._root_event: Event | None = None
        self._root: _Frame = _Frame([], _ITEM)
        self._frame = self._root
        self._parents: list[_Frame] = []
        self._aliases = Aliases()
        self._keys = Keys()

    @property
    def is_empty(self) -> bool:
        """Whether the file has no document at all, not even a bad one."""
        return self._index < 0

    def run(self) -> bool:
        """Read the whole file; False if reading had to stop early."""
        try:
            self._read(CSafeLoader(self._source.data).get_event)
        except _UnreadableError:
            return False
        except YAMLError as error:
            report_syntax_error(error, max(self._index, 0), self._source.data, self._report)
            return False
        return True

    def _read(self, next_event: Callable[[], Event | None]) -> None:
        handlers: dict[type[Event], Callable[[Any], None]] = {
            ScalarEvent: self._scalar,
            AliasEvent: self._alias,
            MappingStartEvent: self._start_collection,
            SequenceStartEvent: self._start_collection,
            MappingEndEvent: self._end_collection,
            SequenceEndEvent: self._end_collection,
            DocumentStartEvent: self._start_document,
            DocumentEndEvent: self._end_document,
        }
        for count, event in enumerate(iter(next_event, None)):
            if count > MAX_EVENTS:
                self._stop("too-many-nodes", f"the file has more than {MAX_EVENTS:,} values and brackets", event)
            handler = handlers.get(type(event))
            if handler:
                handler(event)

    def _scalar(self, event: ScalarEvent) -> None:
        if self._source.restore:
            self._restore(event)
        text: str = event.value
        value: JSON = text
        if event.tag is not None:
            self._refuse_tag(event, event.tag)
        if event.implicit[0]:
            if text in WORDS:
                value = WORDS[text]
            elif text[0] in NUMBER_STARTS:
                value = self._number(event)
        self._aliases.nodes += 1
        if event.anchor is not None:
            self._aliases.name_scalar(event.anchor, value)
        frame = self._frame
        if frame.key is not _NO_KEY:
            self._put(value, event)
        elif value is text and text != "<<" and self._keys.is_new(text, frame.container):
            frame.key = text
        else:
            frame.key = self._key(event, value)

    def _alias(self, event: AliasEvent) -> None:
        if self._frame.key is _NO_KEY:
            self._refuse_key(event, "an alias", "write the key itself")
            self._frame.key = _DROPPED
        else:
            self._put(self._repeated(event), event)

    def _put(self, value: JSON, event: Event) -> None:
        """Give a whole value to the innermost collection."""
        frame = self._frame
        if frame.key is _ITEM:
            frame.container.append(value)
            if frame is self._root:
                self._root_event = event
            return
        if frame.key is not _DROPPED:
            frame.container[frame.key] = value
        frame.key = _NO_KEY

    def _start_collection(self, event: CollectionStart) -> None:
        depth = len(self._parents)
        if depth >= MAX_DEPTH:
            self._stop_too_deep(event)
        if event.tag is not None:
            self._refuse_tag(event, event.tag)
        child = _Frame({}, _NO_KEY) if type(event) is MappingStartEvent else _Frame([], _ITEM)
        aliases = self._aliases
        aliases.nodes += 1
        if event.anchor is not None:
            aliases.open(event.anchor, depth, child.container)
        if aliases.opened:
            aliases.reach(depth + 1)
        frame = self._frame
        if frame.key is _ITEM:
            frame.container.append(child.container)
            if frame is self._root:
                self._root_event = event
        elif frame.key is _NO_KEY:
            self._refuse_key(event, "a mapping or a list", "write a string")
            frame.key = _COLLECTION_KEY
        elif frame.key is not _DROPPED:
            frame.container[frame.key] = child.container
        self._parents.append(frame)
        self._frame = child

    def _end_collection(self, _event: CollectionEndEvent) -> None:
        frame = self._frame = self._parents.pop()
        if frame.key is not _ITEM:
            frame.key = _DROPPED if frame.key is _COLLECTION_KEY else _NO_KEY
        if self._aliases.opened:
            self._aliases.close(len(self._parents))

    def _start_document(self, event: DocumentStartEvent) -> None:
        self._index += 1
        self._start_event = event
        self._root_event = None
        self._root = self._frame = _Frame([], _ITEM)
        self._aliases.start_document()
        if event.version not in (None, (1, 2)):
            message = "this document asks for another YAML version"
            self._add("yaml-directive", message, event, "remove the line: all files are read as YAML 1.2")
        if event.tags:
            self._add("yaml-directive", "%TAG declares tags, which are not read", event, "remove the line and the tags")

    def _end_document(self, _event: DocumentEndEvent) -> None:
        start, event = self._start_event, self._root_event
        if start is None or event is None:
            return
        root = self._root.container[0]
        if amplified := self._aliases.amplification():
            message = f"written out, the document's aliases make it {amplified:,} times larger"
            help_ = "write the values out, or repeat fewer of them"
            self._add("alias-bomb", message, self._aliases.largest or event, help_)
        elif root is None and not isinstance(event, AliasEvent):
            help_ = "add the content, or remove the line of ---" if self._index else "add the content"
            self._add("empty-document", "this document has no content", start, help_)
        elif not isinstance(root, dict):
            kind = "a list" if isinstance(root, list) else "a single value"
            help_ = "start it with a key and a colon, such as `apiVersion:`; separate documents by a line of ---"
            self._add("not-a-mapping", f"this document is {kind}; it must be a mapping", event, help_)
        else:
            self.documents.append(Document(self._file, self._index, root, span_of(event).line))

    def _number(self, event: ScalarEvent) -> JSON:
        value = number(event.value)
        if isinstance(value, BadNumber):
            self._add(value.rule, value.message, event, value.help, self._path())
            return event.value
        if isinstance(value, int) and has_leading_zero(event.value):
            self._report.add(
                "leading-zero-number",
                f"{show_value(event.value)} is read as {value}; tools that read YAML 1.1 take it for octal or for text",
                self._at(event, self._path()),
                f"write {value}, or quote it if it is a text",
                severity=Severity.WARNING,
            )
        return value

    def _restore(self, event: ScalarEvent) -> None:
        """Give a scalar its line separators back, and remember where it stands if it is quoted."""
        event.value = event.value.translate(self._source.restore)
        if event.style in ("'", '"') and event.start_mark and event.end_mark:
            self.quoted.append((event.start_mark.index, event.end_mark.index))

    def _key(self, event: ScalarEvent, value: JSON) -> str | _Slot:
        """Return the key, or what stands for it if it cannot be used."""
        mapping = self._frame.container
        if not isinstance(value, str):
            help_ = f'write "{event.value}" in quotes' if event.value else "write the key"
            self._refuse_key(event, kind_of_key(value, event.value), help_)
            return _DROPPED
        if value == "<<" and event.implicit[0]:
            message = "YAML 1.2 has no merge keys; << would be a key like any other"
            self._add("merge-key", message, event, "write the values out", self._path())
            return _DROPPED
        if self._keys.is_new(value, mapping):
            return value
        first = self._keys.earlier(value, mapping)
        if first is None:
            return value
        path = (*self._path(), first)
        rename = "remove one of them, or rename it"
        help_ = rename if first == value else f"{rename}: to Unicode they are the same text"
        self._report.add(
            "duplicate-key",
            f'the key "{show_value(value)}" stands in this mapping twice',
            self._at(event, path),
            help_,
            related=(("first here", Place(self._file, path, self._index, on_key=True)),),
        )
        return _DROPPED

    def _repeated(self, event: AliasEvent) -> JSON:
        """Return the value that an alias repeats; null after a finding if there is none."""
        name = event.anchor or ""
        anchor = self._aliases.get(name)
        if anchor is None:
            message = f"no anchor &{show_value(name)} stands before this alias"
            self._add("unknown-anchor", message, event, "name an anchor above, or quote the text", self._path())
            return None
        if anchor.is_open:
            message = f"*{show_value(name)} stands inside the value that it repeats"
            self._add("alias-cycle", message, event, "write the value out", self._path())
            return None
        if len(self._parents) + anchor.height > MAX_DEPTH:
            self._stop_too_deep(event)
        if self._aliases.repeat(anchor, event, len(self._parents)):
            self._stop("alias-bomb", "written out, the file's aliases would make it enormous", event)
        return anchor.value

    def _refuse_tag(self, event: ScalarEvent | CollectionStart, tag: str) -> None:
        shown = show_value(tag.replace("tag:yaml.org,2002:", "!!", 1))
        text = shown in ("!!str", "!")
        help_ = "remove it, and quote the value" if text else "remove it: the schema knows the type of each value"
        self._add("yaml-tag", f"the tag {shown} is not read", event, help_, self._path())

    def _refuse_key(self, event: Event, kind: str, help_: str) -> None:
        self._add("non-string-key", f"a key must be a string; this one is {kind}", event, help_, self._path())

    def _stop_too_deep(self, event: Event) -> NoReturn:
        message = f"mappings and lists are nested more than {MAX_DEPTH} deep"
        self._stop("nesting-too-deep", message, event, self._path())

    def _stop(self, rule: str, message: str, event: Event, path: Path = ()) -> NoReturn:
        self._add(rule, message, event, "make the file simpler, or split it", path)
        raise _UnreadableError

    def _add(self, rule: str, message: str, event: Event, help_: str, path: Path = ()) -> None:
        self._report.add(rule, message, self._at(event, path), help_)

    def _at(self, event: Event, path: Path) -> Position:
        return Position(span_of(event), max(self._index, 0), path)

    def _path(self) -> Path:
        """Return the path of the node being read; what lies in or under an unusable key has the mapping's path."""
        path: list[str | int] = []
        for frame in (*self._parents, self._frame):
            if frame is self._root:
                continue
            if frame.key is _ITEM:
                path.append(len(frame.container) - (frame is not self._frame))
            elif isinstance(frame.key, str):
                path.append(frame.key)
            else:
                break
        return tuple(path)
