"""What everything rests on: what was read, by digest, the splits, the hashes; and how to read an interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.contracts.found import DataReport
from lifespec_runtime.measure.evaluation.detail import EvaluationDetail
from lifespec_runtime.measure.pages.places import address
from lifespec_schema.records.report import LifecycleReport

from .section import Section

READING = (
    (
        "The line through a mark is its interval: of such lines, drawn anew from fresh rows each time, 90 in 100 would "
        "hold the true value, or as many as stand beside it."
    ),
    (
        "A check with a confidence passes only when its whole line lies in the shaded stretch that is allowed; a check "
        "without one passes when its mark does."
    ),
)
_HASHES = {
    "plan": "the whole plan of this environment",
    "policy": "what candidates are judged by",
    "serving": "what reaches the server's pods",
    "training": "what a training learns from, and how",
}


def origin(
    plan: Plan, report: LifecycleReport | None, detail: EvaluationDetail | None, data: DataReport | None
) -> Section:
    """What was read, and what it was held to."""
    read = [("input", address(each.uri), each.digest) for each in (report.spec.inputs if report else ())]
    if detail:
        subjects = (detail.subject, *detail.others)
        read = [(each.name, address(each.uri), each.digest or "unknown") for each in subjects] + read
    known = {uri for _, uri, _ in read}
    for source in data.sources if data else ():
        uri = address(source.location.uri)
        if source.digest and uri not in known:
            read.append((source.name, uri, source.digest))
    hashes = [(name, meaning, getattr(plan.hashes, name)) for name, meaning in _HASHES.items()]
    return Section(
        "origin",
        "What was read",
        "origin",
        {"read": read, "hashes": hashes, "splits": _splits(detail), **_notes(detail)},
    )


def _splits(detail: EvaluationDetail | None) -> list[tuple[str, str, str]]:
    return [(name, f"{part.rows:,}", f"{part.labelled:,}") for name, part in (detail.splits if detail else ())]


def _notes(detail: EvaluationDetail | None) -> dict[str, Sequence[Any]]:
    notes = detail.notes if detail else ()
    return {"notes": [(note.about or "", note.text) for note in notes]}
