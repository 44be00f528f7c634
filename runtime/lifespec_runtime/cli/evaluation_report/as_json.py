"""A judged run as JSON: the report as it is written, the verdicts, and what people may want to see beside."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from lifespec_compiler.judging import Requirement, Verdict
from lifespec_schema.findings import Path, show_path

from .evaluated import NO_STABLE, Evaluated

if TYPE_CHECKING:
    from lifespec_compiler.judging.measurement import Interval

VERSION: Final = 1
"""Rises when a key changes its meaning."""


def render(evaluated: Evaluated) -> str:
    """The document, plain ASCII; every key is always there."""
    return json.dumps(document(evaluated), indent=2, allow_nan=False)


def document(evaluated: Evaluated) -> dict[str, Any]:
    """The document as a JSON value."""
    plan, detail = evaluated.plan, None
    if evaluated.detail is not None:
        from lifespec_runtime.measure.evaluation.detail import as_json

        detail = as_json(evaluated.detail)
    return {
        "version": VERSION,
        "lifecycle": plan.name,
        "namespace": plan.namespace,
        "environment": plan.environment,
        "outcome": evaluated.outcome,
        "verdicts": [verdict_json(evaluated, verdict) for verdict in evaluated.verdicts],
        "skipped": [_skipped(evaluated, requirement) for requirement in evaluated.skipped],
        "problems": [problem._asdict() for problem in evaluated.problems],
        "report": evaluated.report.model_dump(mode="json", by_alias=True, exclude_none=True),
        "detail": detail,
    }


def verdict_json(evaluated: Evaluated, verdict: Verdict) -> dict[str, Any]:
    """A verdict as a JSON value."""
    return {
        "check": verdict.check,
        "slice": verdict.slice,
        "quantity": verdict.quantity or "value",
        "outcome": verdict.outcome,
        "severity": verdict.severity.value,
        "value": verdict.value,
        "samples": verdict.samples,
        "interval": _interval(verdict.interval),
        "threshold": {**verdict.threshold.as_json, "words": verdict.words},
        "reason": verdict.reason,
        **_place(evaluated, verdict.path),
    }


def _interval(found: Interval | None) -> dict[str, Any] | None:
    return {"low": found.low, "high": found.high, "level": found.level, "method": found.method} if found else None


def _skipped(evaluated: Evaluated, requirement: Requirement) -> dict[str, Any]:
    return {
        "check": requirement.check,
        "threshold": {**requirement.bound.as_json, "words": requirement.words},
        "reason": NO_STABLE,
        **_place(evaluated, requirement.path),
    }


def _place(evaluated: Evaluated, path: Path) -> dict[str, Any]:
    place = evaluated.places.get(path)
    span = place.span if place else None
    return {
        "path": show_path(path),
        "file": place.file if place else None,
        "line": span.line if span else None,
        "column": span.column if span else None,
    }
