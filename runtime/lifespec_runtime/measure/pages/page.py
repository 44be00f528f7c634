"""The page of a measuring run: one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from lifespec_compiler.judging import Verdict, overall
from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.contracts.found import DataReport
from lifespec_runtime.measure.evaluation.detail import EvaluationDetail
from lifespec_schema.findings import Path, Place, Severity
from lifespec_schema.records.report import LifecycleReport

from . import rendering
from .checks import Judged, Writer, judged
from .hiding import hidden_in
from .places import short
from .sections import data as of_data
from .sections import judgement, quality, verdict
from .sections.origin import READING, origin
from .sections.section import Section
from .tables import numbers

NO_PLACES: Final[Mapping[Path, Place]] = {}


def page(
    plan: Plan,
    report: LifecycleReport,
    verdicts: Sequence[Verdict],
    detail: EvaluationDetail | None = None,
    data: DataReport | None = None,
    *,
    skipped: int = 0,
    places: Mapping[Path, Place] = NO_PLACES,
) -> str:
    """The page of an evaluation, with what is known of its data.

    `skipped` counts bounds that no verdict is on, as there is no stable model; `places` has lines of spec paths.
    """
    writer = Writer(plan, places, hidden_in(plan))
    found = judged(plan, detail, verdicts)
    answer = verdict.of_model(
        [each.outcome for each in verdicts], overall(verdicts), list(_obstacles(writer, found)), skipped
    )
    sections = [
        *judgement.gates(writer, found),
        *judgement.slices(writer, found),
        *judgement.fairness(writer, found, detail),
        *(_quality(writer, detail) if detail else ()),
        *judgement.robustness(writer, found, detail),
        *judgement.latency(writer, found, detail),
        *(of_data.sections(plan, data, places) if data else ()),
        origin(plan, report, detail, data),
    ]
    return rendering.render(
        "page.html", kind="Evaluation", **_header(plan, report), verdict=answer, sections=sections, reading=READING
    )


def data_page(plan: Plan, data: DataReport, *, places: Mapping[Path, Place] = NO_PLACES) -> str:
    """The page of a check of data alone."""
    results = [result for result in of_data.results(data) if result.verdict != "Measured"]
    warned = sum(result.verdict == "Fail" and result.severity is not Severity.ERROR for result in results)
    answer = verdict.of_data(
        [result.verdict for result in results],
        list(of_data.obstacles(plan, data, places)),
        sum(len(source.flaws) + source.untold for source in data.sources),
        warned,
    )
    sections = [*of_data.sections(plan, data, places), origin(plan, None, None, data)]
    return rendering.render(
        "page.html", kind="Data check", **_header(plan, None), verdict=answer, sections=sections, reading=()
    )


def _quality(writer: Writer, detail: EvaluationDetail) -> Iterator[Section]:
    hidden = detail.label in writer.hidden.names
    yield from quality.comparison(writer, detail)
    yield from quality.calibration(detail, hidden=hidden)
    yield from quality.curves(writer, detail)
    yield from quality.classes(writer, detail)
    yield from quality.distributions(detail, hidden=hidden)


def _obstacles(writer: Writer, found: Sequence[Judged]) -> Iterator[verdict.Obstacle]:
    for each in found:
        if each.outcome != "Pass":
            entry = writer.entry(each, writer.unit(each), each.check.name)
            value, interval = numbers(entry)
            written = f"{value} ({interval})" if interval else value
            part = writer.hidden.slice(each.slice) if each.slice else ""
            yield verdict.Obstacle(
                each.outcome, each.check.title, each.check.name, part, written, entry.needed, entry.note, entry.where
            )


def _header(plan: Plan, report: LifecycleReport | None) -> dict[str, Any]:
    spec = plan.spec
    revision = report.spec.revision if report else None
    model = revision.model if revision else spec.model_version.digest if spec.model_version else None
    window = report.spec.window if report else None
    problem = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in spec.objective.problem)
    facts = [
        ("Problem", problem, ""),
        ("Label", spec.data.labels.column, "code"),
        ("Owner", f"{spec.owner.team}, {spec.owner.email}", ""),
        ("Environment", plan.environment, "code"),
        ("Spec version", spec.version, ""),
        ("Model", short(model), "code"),
        ("Serving", short(revision.serving if revision else plan.hashes.serving), "code"),
        ("Window", f"{window.from_} to {window.to}" if window else "", ""),
    ]
    return {"name": plan.name, "namespace": plan.namespace, "facts": [fact for fact in facts if fact[1]]}
