"""How things stand, for people and for machines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import click

from lifespec_compiler.engine.values import Entry, Revision
from lifespec_runtime.cli.report import printable
from lifespec_runtime.ledger.record import Subject, record
from lifespec_runtime.ledger.standing import Standing
from lifespec_runtime.ledger.times import shown, stamp

from . import words


class Stands(NamedTuple):
    """One lifecycle."""

    file: str
    subject: Subject | None
    """None where nothing is recorded yet."""
    entries: tuple[Entry, ...]
    standing: Standing
    at: float
    last: int
    """How many of the last decisions are shown."""
    no_plan: str
    """Why it is not known what comes next; empty where it is."""


def as_text(found: Sequence[Stands]) -> str:
    """All of them, each as a block."""
    return "\n\n".join("\n".join(_block(each)) for each in found)


def _block(found: Stands) -> list[str]:
    if found.subject is None:
        return [click.style(printable(found.file), bold=True), "  nothing has been decided yet"]
    title = f"{found.subject.namespace}/{found.subject.name}"
    rows = [("ledger", _counted(found)), ("stable", _stable(found.standing))]
    rows += [("rollout", each) for each in _rollout(found)]
    rows += [("run", each) for each in _run(found)]
    rows += [("waiting", each) for each in _awaited(found)]
    rows += [("next", f"{name} at {shown(at)}") for name, at in found.standing.scheduled]
    rows += [("last", _line(entry)) for entry in reversed(found.entries[-found.last :] if found.last else ())]
    lines, before = [click.style(printable(title), bold=True)], ""
    for name, told in rows:
        lines.append(f"  {name if name != before else '':<10} {printable(told)}")
        before = name
    return lines


def _counted(found: Stands) -> str:
    count = len(found.entries)
    return f"{found.file}, {count:,} decision{'' if count == 1 else 's'}"


def _stable(found: Standing) -> str:
    if found.history.stable is None:
        return "nothing serves yet"
    by = found.promoted
    since = f", since {shown(by.at)} (decision {by.sequence})" if by else ""
    return f"model {_revision(found.history.stable)}{since}"


def _rollout(found: Stands) -> list[str]:
    rollout = found.standing.history.rollout
    if rollout is None:
        return ["none is open"]
    held = f", from {words.position(rollout.held_from)}" if rollout.held_from else ""
    lines = [
        f"{rollout.id}: {words.position(rollout.position)}{held}, since {shown(rollout.since)}",
        f"model {_revision(rollout.revision)}",
    ]
    lines += [
        f"guard {name}: {len(windows)} failed window{'' if len(windows) == 1 else 's'}"
        for name, windows in sorted(rollout.failures.items())
        if windows
    ]
    return lines + [f"approved: {', '.join(sorted(rollout.approved))}" for _ in (1,) if rollout.approved]


def _run(found: Stands) -> list[str]:
    run = found.standing.history.run
    return [f"{run.id}: {run.phase}, since {shown(run.since)}"] if run else ["none is open"]


def _awaited(found: Stands) -> list[str]:
    awaited = found.standing.awaited
    if awaited is None:
        return [f"unknown: {found.no_plan}"]
    lines = [awaited.what]
    decided = [f"from {shown(awaited.earliest)} on"] if awaited.earliest is not None else []
    decided += [f"by {shown(awaited.latest)} at the latest"] if awaited.latest is not None else []
    lines += [f"decided {', '.join(decided)}"] if decided else []
    return lines + ([f"what comes next waits for {awaited.then}"] if awaited.then else [])


def _line(entry: Entry) -> str:
    move = f"  {words.move(entry)}".rstrip()
    about = f"  {entry.stream}" if entry.stream else ""
    return f"{entry.sequence}  {shown(entry.at)}  {words.headline(entry)}{move}{about}"


def _revision(found: Revision) -> str:
    return f"{words.digest(found.model)}, serving {words.digest(found.serving)}"


def as_json(found: Sequence[Stands]) -> str:
    """All of them; `version` rises when a key changes its meaning."""
    return json.dumps({"version": 1, "lifecycles": [_document(each) for each in found]}, indent=2)


def _document(found: Stands) -> dict[str, Any]:
    history, subject = found.standing.history, found.subject
    awaited = found.standing.awaited
    rollout, run, promoted = history.rollout, history.run, found.standing.promoted
    return {
        "ledger": found.file,
        "namespace": subject.namespace if subject else None,
        "lifecycle": subject.name if subject else None,
        "at": stamp(found.at),
        "sequence": history.sequence,
        "stable": history.stable._asdict() if history.stable else None,
        "stableSince": stamp(promoted.at) if promoted else None,
        "rollout": {
            "id": rollout.id,
            "revision": rollout.revision._asdict(),
            **rollout.position._asdict(),
            "heldFrom": rollout.held_from._asdict() if rollout.held_from else None,
            "since": stamp(rollout.since),
            "failures": {name: sorted(windows) for name, windows in sorted(rollout.failures.items())},
            "approved": sorted(rollout.approved),
        }
        if rollout
        else None,
        "run": {"id": run.id, "phase": run.phase, "since": stamp(run.since)} if run else None,
        "waitsFor": {
            "what": awaited.what,
            "earliest": stamp(awaited.earliest) if awaited.earliest is not None else None,
            "latest": stamp(awaited.latest) if awaited.latest is not None else None,
            "then": awaited.then or None,
        }
        if awaited
        else None,
        "unknown": found.no_plan or None,
        "scheduled": [{"trigger": name, "at": stamp(at)} for name, at in found.standing.scheduled],
        "last": [
            record(entry, subject).spec.model_dump(mode="json", by_alias=True, exclude_none=True)
            for entry in (reversed(found.entries[-found.last :]) if found.last else ())
            if subject
        ],
    }
