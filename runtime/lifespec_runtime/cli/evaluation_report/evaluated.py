"""What every format tells: a report, the verdicts on it, and where their bounds are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from lifespec_compiler.judging import Outcome, Requirement, Verdict, overall
from lifespec_compiler.plan import Plan
from lifespec_schema.findings import Finding, Path, Place, Severity, show_path
from lifespec_schema.loader import locate

if TYPE_CHECKING:
    from lifespec_runtime.measure.evaluation.detail import EvaluationDetail
    from lifespec_schema.records.report import LifecycleReport

NO_STABLE: Final = "there is no stable model to compare with"


class Problem(NamedTuple):
    """What kept something from being measured."""

    code: str
    message: str
    place: str
    """The file, and what else is known of where in it."""
    help: str = ""


class Evaluated(NamedTuple):
    """One measuring run, judged."""

    plan: Plan
    report: LifecycleReport
    verdicts: tuple[Verdict, ...]
    skipped: tuple[Requirement, ...] = ()
    """The bounds that a first model is not held to."""
    detail: EvaluationDetail | None = None
    """What people may want to see beside; nothing is judged by it."""
    places: Mapping[Path, Place] = MappingProxyType({})
    """Where bounds are written, by their path in the spec; what is missing is shown by its path."""
    problems: tuple[Problem, ...] = ()
    least: Severity | None = Severity.ERROR
    """The least severity of a bound that fails the run; None: none does."""

    @property
    def outcome(self) -> Outcome:
        """The verdict on the whole."""
        return "Error" if self.problems else overall(self.verdicts, self.least or Severity.ERROR)

    def counts(self, verdict: Verdict) -> bool:
        """Whether what comes of a bound can fail the run."""
        return self.least is not None and verdict.severity.rank >= self.least.rank

    def where(self, path: Path) -> str:
        """The file and line at which a bound is written, or its path in the spec."""
        place = self.places.get(path)
        if place is None or place.span is None:
            return show_path(path)
        return f"{place.file}:{place.span.line}:{place.span.column}"


def located(plan: Plan, verdicts: Iterable[Verdict], files: Mapping[str, bytes]) -> dict[Path, Place]:
    """The places of the bounds of these verdicts, with lines; none without the files that they are written in."""
    paths = dict.fromkeys(verdict.path for verdict in verdicts)
    found = [Finding("", Severity.INFO, "", plan.origins.place(path)) for path in paths]
    if not files or not paths:
        return {}
    return {path: finding.place for path, finding in zip(paths, locate(found, files), strict=True)}
