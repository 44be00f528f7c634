"""A ledger's bytes: one JSON document a line, each ended by a line feed.

JSON text has no line feed in it, and no part of an object's text that ends early is an object. So a line that is there
to its line feed was written whole, and what stands behind the last line feed is an append that did not come to its end.
"""

from __future__ import annotations

import json
from typing import Any, Final, NamedTuple

from pydantic import ValidationError

from lifespec_compiler.engine.values import Entry
from lifespec_schema.findings import Finding, Place, Severity
from lifespec_schema.loader import locate
from lifespec_schema.loader.escape import show_value
from lifespec_schema.records.decision import LifecycleDecision

from .errors import LedgerError
from .record import Subject, entry_of, subject_of

MOST_BYTES: Final = 32 * 2**20
"""Of one line; the largest document that the schema allows is smaller."""


class Decision(NamedTuple):
    """One line of a ledger."""

    entry: Entry
    document: LifecycleDecision
    line: int


class Torn(NamedTuple):
    """What stands behind the last whole line."""

    line: int
    length: int
    """Bytes."""


def line_of(document: LifecycleDecision) -> bytes:
    """The line of a document: the same bytes for the same values. ASCII, so that no tool can break it elsewhere."""
    values = document.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=False)
    return (
        json.dumps(_without_empty(values), ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode() + b"\n"
    )


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_empty(inner) for key, inner in value.items() if inner != []}
    return [_without_empty(each) for each in value] if isinstance(value, list) else value


def split(content: bytes) -> tuple[list[bytes], int]:
    """The whole lines, without their line feeds, and how many bytes stand behind the last."""
    *lines, rest = content.split(b"\n")
    return lines, len(rest)


def decisions(lines: list[bytes], file: str, *, after: int = 0, before: Decision | None = None) -> list[Decision]:
    """What lines say, of which `after` came before, `before` the last of them.

    Raises LedgerError for the first that is broken, or does not follow.
    """
    found: list[Decision] = []
    for number, line in enumerate(lines, after + 1):
        decision = _decision(line, file, number)
        last = found[-1] if found else before
        _follows(decision, last, file)
        found.append(decision)
    return found


def _follows(decision: Decision, last: Decision | None, file: str) -> None:
    sequence, subject = decision.entry.sequence, subject_of(decision.document)
    expected = last.entry.sequence + 1 if last else 1
    archived = last is None and decision.entry.checkpoint is not None
    if sequence != expected and not archived:
        was = f"after decision {last.entry.sequence}" if last else "at the beginning"
        raise LedgerError(
            "ledger-gap",
            f"decision {sequence} stands {was}, where {expected} belongs",
            file,
            line=decision.line,
            advice="a ledger is only ever appended to: bring the file back as it was",
        )
    if decision.document.metadata.name != f"{subject.name}-{sequence}":
        message = f"the name of decision {sequence} is not `{subject.name}-{sequence}`"
        raise LedgerError("ledger-broken", message, file, line=decision.line)
    if last is not None and not same(subject_of(last.document), subject):
        message = f"this decision is of {subject.namespace}/{subject.name}, those before it are not"
        raise LedgerError(
            "ledger-mixed", message, file, line=decision.line, advice="keep one ledger for each lifecycle"
        )


def same(one: Subject, other: Subject) -> bool:
    """Whether a ledger may hold decisions of both: a lifecycle that was created again has another UID."""
    return one[:2] == other[:2]


def _decision(line: bytes, file: str, number: int) -> Decision:
    document = _parsed(line, file, number)
    try:
        found = LifecycleDecision.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        message = f"no LifecycleDecision: {'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise _broken(message, file, number, _column(line, first["loc"])) from error
    try:
        return Decision(entry_of(found), found, number)
    except ValueError as error:
        raise _broken(f"no time: {error}", file, number, _column(line, ("spec", "at"))) from error


def check_length(length: int, file: str, number: int) -> None:
    """Raises LedgerError for a line that is longer than that of any decision, be it whole or not."""
    if length > MOST_BYTES:
        raise _broken(f"longer than {MOST_BYTES >> 20} MiB", file, number, MOST_BYTES + 1)


def _parsed(line: bytes, file: str, number: int) -> dict[str, Any]:
    check_length(len(line), file, number)
    try:
        found = json.loads(line.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refused)
    except UnicodeDecodeError as error:
        raise _broken("not UTF-8", file, number, error.start + 1) from error
    except json.JSONDecodeError as error:
        raise _broken(f"not JSON: {error.msg}", file, number, error.colno) from error
    except RecursionError as error:
        raise _broken("nested too deeply", file, number, 1) from error
    except ValueError as error:
        raise _broken(f"not JSON: {error}", file, number, 1) from error
    if not isinstance(found, dict):
        raise _broken("not an object", file, number, 1)
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _refused(word: str) -> None:
    raise ValueError(f"{word} is no number")


def _column(line: bytes, path: tuple[str | int, ...]) -> int:
    """Where on the line something stands; JSON is YAML to the resolver of places."""
    found = Finding("", Severity.INFO, "", Place("line", path))
    [finding] = locate([found], {"line": line})
    return finding.place.span.column if finding.place.span else 1


def _broken(message: str, file: str, line: int, column: int) -> LedgerError:
    help_text = "a ledger is only ever appended to: bring the line back as it was, for instance from a copy"
    return LedgerError("ledger-broken", show_value(message), file, line=line, column=column, advice=help_text)
