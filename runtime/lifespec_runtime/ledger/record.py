"""An entry as the engine has it, and as the document that a ledger keeps: each says all that the other says."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import UnionType
from typing import Any, Final, NamedTuple, Union, get_args, get_origin, get_type_hints

from pydantic import ValidationError
from pydantic.alias_generators import to_camel

from lifespec_compiler.engine.values import Entry
from lifespec_schema.records.decision import LifecycleDecision

from .times import moment, stamp

API_VERSION: Final = "lifespec.dev/v1alpha1"
RENAMED: Final[Mapping[tuple[str, str], str]] = {
    ("Entry", "from_"): "from",
    ("Cause", "path"): "specPath",
    ("Cause", "bound"): "threshold",
    ("Cause", "threshold"): "words",
}
"""By the engine's record and field: the document's key, where it is not the same name in camelCase."""


NAMED_MOMENT: Final = (str, float)
"""The pairs that a checkpoint remembers: a name and a moment."""
MOMENTS: Final = frozenset(
    {("Entry", "at"), ("Entry", "asked"), ("Checkpoint", "forgotten"), ("Checkpoint", "trained")}
)
"""Fields that hold seconds since 1970, and timestamps in the document."""
NO_UID: Final = "00000000-0000-0000-0000-000000000000"
"""Without a cluster a lifecycle has no UID."""


class Subject(NamedTuple):
    """The lifecycle that a ledger is of; one that was created again under its name goes on with it."""

    namespace: str
    name: str


class UnrecordableError(ValueError):
    """An entry that no `LifecycleDecision` can say; the message says why."""


def record(entry: Entry, subject: Subject) -> LifecycleDecision:
    """The document of an entry. Raises UnrecordableError."""
    try:
        written = {**_document(entry), "lifecycle": subject.name, "uid": entry.uid or NO_UID}
        metadata = {"name": f"{subject.name}-{entry.sequence}", "namespace": subject.namespace}
        whole = {"apiVersion": API_VERSION, "kind": "LifecycleDecision", "metadata": metadata, "spec": written}
        found = LifecycleDecision.model_validate(whole)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise UnrecordableError(f"entry {entry.sequence}: {where}: {first['msg']}") from error
    except ValueError as error:
        raise UnrecordableError(f"entry {entry.sequence}: {error}") from error
    if entry_of(found) != entry:
        raise UnrecordableError(f"entry {entry.sequence}: its document would say something else")
    return found


def entry_of(document: LifecycleDecision) -> Entry:
    """The entry of a document. Raises ValueError where a time in it is none."""
    spec = document.spec.model_dump(mode="python", by_alias=True, exclude_none=True)
    if spec["uid"] == NO_UID:
        del spec["uid"]
    found: Entry = _value(Entry, spec)
    return found


def subject_of(document: LifecycleDecision) -> Subject:
    """The lifecycle that a document is of."""
    return Subject(document.metadata.namespace, document.spec.lifecycle)


def _document(value: Any) -> Any:
    """A value of the engine as the document has it; what is as by default is left out."""
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        of: Any = type(value)
        defaults = of._field_defaults
        return {
            field.key: field.written(inner)
            for field, inner in zip(_fields(of), value, strict=True)
            if field.name not in defaults or inner != defaults[field.name]
        }
    return tuple(_document(each) for each in value) if isinstance(value, tuple) else value


def _value(wanted: Any, found: Any) -> Any:
    """What a document says, as a value of the engine's type."""
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin in (Union, UnionType):
        return _value(next(each for each in arguments if each is not type(None)), found)
    if arguments == NAMED_MOMENT:
        return found["name"], moment(found["at"])
    if origin is tuple:
        return tuple(_value(arguments[0], each) for each in found)
    if hasattr(wanted, "_fields"):
        missing = dict.fromkeys(set(wanted._fields) - wanted._field_defaults.keys())
        given = {field.name: field.read(found[field.key]) for field in _fields(wanted) if field.key in found}
        return wanted(**missing | given)
    return found


class _Field(NamedTuple):
    """A field of one of the engine's records."""

    name: str
    key: str
    """In the document."""
    type: Any
    is_moment: bool

    def written(self, value: Any) -> Any:
        """The value for the document."""
        if self.is_moment:
            return tuple(map(stamp, value)) if isinstance(value, tuple) else stamp(value)
        if NAMED_MOMENT in map(get_args, get_args(self.type)):
            return tuple({"name": name, "at": stamp(at)} for name, at in value)
        return _document(value)

    def read(self, found: Any) -> Any:
        """The value of what the document says."""
        if self.is_moment:
            return tuple(map(moment, found)) if isinstance(found, tuple) else moment(found)
        return _value(self.type, found)


@cache
def _fields(record_type: type[Any]) -> tuple[_Field, ...]:
    record, types = record_type.__name__, get_type_hints(record_type)
    return tuple(
        _Field(name, RENAMED.get((record, name), to_camel(name)), of, (record, name) in MOMENTS)
        for name, of in types.items()
    )
