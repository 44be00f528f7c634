"""From parser events to plain values, in one pass that is guard, resolver and duplicate check at once.

Events, not nodes: libyaml's event parser keeps its state on the heap, whereas PyYAML's composer recurses in C and takes
the process down at some 25,000 levels. The event parser takes quadratic time in the depth of flow collections, so the
depth is bounded while it runs. libyaml reads YAML 1.1's syntax; the differences to 1.2 that matter here are line
separators (see `text`), directives (see `_start_document`) and how plain scalars are resolved (see `scalars`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from unicodedata import normalize

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
from lifespec_schema.loader.limits import MAX_DEPTH, MAX_EVENTS
from lifespec_schema.loader.report import Position, Report, span_of
from lifespec_schema.loader.scalars import NUMBER_STARTS, WORDS, BadNumber, has_leading_zero, number
from lifespec_schema.loader.syntax import report_syntax_error

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn

    from yaml.events import CollectionStartEvent, Event

    from lifespec_schema.loader.text import Source


class _KeyState:
    """What stands in a mapping's key slot while there is no usable key."""


_NO_KEY: Final = _KeyState()
"""The next node is a key."""
_DROPPED: Final = _KeyState()
"""The key is unusable; its value is read and forgotten."""
_COLLECTION_KEY: Final = _KeyState()
"""The key itself is a mapping or a list, still being read."""


class _UnreadableError(Exception):
    """Reading on would be unsafe; the finding that says why has been added."""


class Builder:
    """Builds the documents of one file. Findings go to the report.

    A document with errors is built as well as it can be, so that later checks can find more: the first of two equal keys
    wins, an unusable key is left out, an unusable number stays the string that it was, an alias without a value is null.
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
        self._stack: list[tuple[Any, Callable[[JSON], None] | None, Any]] = []
        self._root_event: Event | None = None
        self._aliases = Aliases()
        self._normalized: dict[int, tuple[object, dict[str, str]]] = {}
        """For mappings with a key beyond ASCII: identity → the mapping, and key in normal form → key as written.

        The mapping is held because a forgotten value's identity may come again.
        """

    def run(self) -> bool:
        """Read the whole file; False if reading had to stop early."""
        loader = CSafeLoader(self._source.data)
        try:
            self._read(loader.get_event)
        except _UnreadableError:
            return False
        except YAMLError as error:
            report_syntax_error(error, max(self._index, 0), self._source.data, self._report)
            return False
        return True

    def _read(self, next_event: Callable[[], Any]) -> None:  # noqa: C901, PLR0912, PLR0915
        """Build every document. One loop without calls on its usual way: calls would double its time."""
        stack = self._stack
        aliases = self._aliases
        restore = self._source.restore
        # The collection being filled: a list has `append`, a mapping a `key` slot.
        target: Any = []
        append: Callable[[JSON], None] | None = target.append
        key: Any = _NO_KEY
        value: Any
        for count, event in enumerate(iter(next_event, None)):
            if count > MAX_EVENTS:
                self._stop("too-many-nodes", f"the file has more than {MAX_EVENTS:,} values and brackets", event)
            kind = type(event)
            if kind is ScalarEvent:
                value = event.value if not restore else self._restore(event)
                if event.tag is not None:
                    self._refuse_tag(event, target, key)
                if event.implicit[0]:
                    if value in WORDS:
                        value = WORDS[value]
                    elif value[0] in NUMBER_STARTS:
                        value = self._number(event, target, key)
                aliases.nodes += 1
                if event.anchor is not None:
                    aliases.name_scalar(event.anchor, value)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                if len(stack) >= MAX_DEPTH:
                    self._stop_too_deep(event, target, key)
                if event.tag is not None:
                    self._refuse_tag(event, target, key)
                value = {} if kind is MappingStartEvent else []
                aliases.nodes += 1
                if event.anchor is not None:
                    aliases.open(event.anchor, len(stack), value)
                if aliases.opened:
                    aliases.reach(len(stack) + 1)
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                target, append, key = stack.pop()
                key = _DROPPED if key is _COLLECTION_KEY else _NO_KEY
                if aliases.opened:
                    aliases.close(len(stack))
                continue
            elif kind is AliasEvent:
                value = self._repeat(event, target, key)
            else:
                if kind is DocumentStartEvent:
                    self._start_document(event)
                    target = []
                    append = target.append
                elif kind is DocumentEndEvent:
                    self._end_document(target[0])
                continue

            if append is not None:
                append(value)
                if not stack:
                    self._root_event = event
            elif key is _NO_KEY:
                if (
                    kind is ScalarEvent
                    and type(value) is str
                    and value.isascii()
                    and value not in target
                    and value != "<<"
                    and not self._normalized
                ):
                    key = value
                else:
                    key = self._unusual_key(event, value, target)
                if kind is ScalarEvent or kind is AliasEvent:
                    continue
            elif key is not _DROPPED:
                target[key] = value

            if kind is MappingStartEvent:
                stack.append((target, append, key))
                target, append, key = value, None, _NO_KEY
            elif kind is SequenceStartEvent:
                stack.append((target, append, key))
                target, append = value, value.append
            else:
                key = _NO_KEY

    def _start_document(self, event: DocumentStartEvent) -> None:
        self._index += 1
        self._aliases.start_document()
        self._normalized.clear()
        self._root_event = None
        if event.version not in (None, (1, 2)):
            self._add("yaml-directive", "this document asks for another YAML version", event, "remove the line: all files are read as YAML 1.2")
        if event.tags:
            self._add("yaml-directive", "%TAG declares tags, which are not read", event, "remove the line and the tags")

    def _end_document(self, root: JSON) -> None:
        event = self._root_event
        if event is None:
            return
        if amplified := self._aliases.amplification():
            message = f"written out, the document's aliases make it {amplified:,} times larger"
            self._add("alias-bomb", message, self._aliases.largest or event, "write the values out, or repeat fewer of them")
        elif root is None and not isinstance(event, AliasEvent):
            help_ = "add the content, or remove this document's ---" if self._index else "add the content"
            self._add("empty-document", "this document has no content", event, help_)
        elif not isinstance(root, dict):
            kind = "a list" if isinstance(root, list) else "a single value"
            help_ = "start it with a key and a colon, such as `apiVersion:`; separate documents by ---"
            self._add("not-a-mapping", f"this document is {kind}; it must be a mapping", event, help_)
        else:
            self.documents.append(Document(self._file, self._index, root, span_of(event).line))

    def _number(self, event: ScalarEvent, target: Any, key: Any) -> JSON:
        text = event.value
        value = number(text)
        if isinstance(value, BadNumber):
            self._add(value.rule, value.message, event, value.help, self._path(target, key))
            return text
        if isinstance(value, int) and has_leading_zero(text):
            self._report.add(
                "leading-zero-number",
                f"{show_value(text)} is read as {value}; tools that read YAML 1.1 take it for octal or for text",
                self._at(event, self._path(target, key)),
                f"write {value}, or quote it if it is a text",
                severity=Severity.WARNING,
            )
        return value

    def _restore(self, event: ScalarEvent) -> str:
        """Return a scalar's text with its line separators, and remember whether it is quoted."""
        event.value = event.value.translate(self._source.restore)
        if event.style in ("'", '"') and event.start_mark and event.end_mark:
            self.quoted.append((event.start_mark.index, event.end_mark.index))
        return event.value

    def _unusual_key(self, event: Event, value: Any, target: dict[str, JSON]) -> Any:
        """Return the key, or what stands for it if it cannot be used."""
        if not isinstance(event, ScalarEvent):
            alias = isinstance(event, AliasEvent)
            self._refuse_key(event, "an alias" if alias else "a mapping or a list", "write a string", target)
            return _DROPPED if alias else _COLLECTION_KEY
        if not isinstance(value, str):
            help_ = f'write "{show_value(event.value)}" in quotes' if event.value else "write the key"
            kind = "empty" if not event.value else "null" if value is None else f"a {type(value).__name__}"
            kind = {"a bool": "a boolean", "a int": "an integer", "a float": "a number"}.get(kind, kind)
            self._refuse_key(event, kind, help_, target)
            return _DROPPED
        if value == "<<" and event.implicit[0]:
            message = "YAML 1.2 has no merge keys; << would be a key like any other"
            self._add("merge-key", message, event, "write the values out", self._path(target, _NO_KEY))
            return _DROPPED
        first = self._equal_key(value, target)
        if first is None:
            return value
        path = (*self._path(target, _NO_KEY), first)
        self._report.add(
            "duplicate-key",
            f'the key "{show_value(value)}" stands in this mapping twice',
            self._at(event, path),
            "remove one of them, or rename it" if first == value else "remove one: they differ only in how Unicode writes them",
            related=(("first here", Place(self._file, path, max(self._index, 0), on_key=True)),),
        )
        return _DROPPED

    def _equal_key(self, key: str, target: dict[str, JSON]) -> str | None:
        """Return the key of `target` that is equal in Unicode's normal form; None if there is none."""
        if key in target:
            return key
        if key.isascii() and id(target) not in self._normalized:
            return None
        _, known = self._normalized.setdefault(id(target), (target, {}))
        normal = normalize("NFC", key)
        first = normal if normal in target else known.get(normal)
        known.setdefault(normal, key)
        return first

    def _repeat(self, event: AliasEvent, target: Any, key: Any) -> JSON:
        """Return the value that an alias repeats; null after a finding if there is none."""
        name = event.anchor or ""
        anchor = self._aliases.get(name)
        if anchor is None:
            self._add("unknown-anchor", f"no anchor &{show_value(name)} before this alias", event, "name an anchor above", self._path(target, key))
            return None
        if anchor.is_open:
            self._add("alias-cycle", f"*{show_value(name)} stands inside the value that it repeats", event, "write the value out", self._path(target, key))
            return None
        if len(self._stack) + anchor.height > MAX_DEPTH:
            self._stop_too_deep(event, target, key)
        if self._aliases.repeat(anchor, event, len(self._stack)):
            self._stop("alias-bomb", "written out, the file's aliases would make it enormous", event)
        return anchor.value

    def _refuse_tag(self, event: ScalarEvent | CollectionStartEvent, target: Any, key: Any) -> None:
        tag = (event.tag or "").replace("tag:yaml.org,2002:", "!!", 1)
        help_ = "remove it, and quote the value" if tag in ("!!str", "!") else "remove it: the schema knows each value's type"
        self._add("yaml-tag", f"the tag {show_value(tag)} is not read", event, help_, self._path(target, key))

    def _refuse_key(self, event: Event, kind: str, help_: str, target: Any) -> None:
        self._add("non-string-key", f"a key must be a string, this one is {kind}", event, help_, self._path(target, _NO_KEY))

    def _stop_too_deep(self, event: Event, target: Any, key: Any) -> NoReturn:
        message = f"mappings and lists are nested more than {MAX_DEPTH} deep"
        self._stop("nesting-too-deep", message, event, self._path(target, key))

    def _stop(self, rule: str, message: str, event: Event, path: Path = ()) -> NoReturn:
        self._add(rule, message, event, "make the file simpler, or split it", path)
        raise _UnreadableError

    def _add(self, rule: str, message: str, event: Event, help_: str, path: Path = ()) -> None:
        self._report.add(rule, message, self._at(event, path), help_)

    def _at(self, event: Event, path: Path) -> Position:
        return Position(span_of(event), max(self._index, 0), path)

    def _path(self, target: Any, key: Any) -> Path:
        """Return the path of the node being read; what lies in an unusable key has the mapping's path."""
        path: list[str | int] = []
        for index, (container, append, slot) in enumerate(self._stack):
            if append is None and not isinstance(slot, str):
                return tuple(path)
            if index:
                path.append(slot if append is None else len(container) - 1)
        if self._stack and isinstance(target, list):
            path.append(len(target))
        elif isinstance(key, str):
            path.append(key)
        return tuple(path)
