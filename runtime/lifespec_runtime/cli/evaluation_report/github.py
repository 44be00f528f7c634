"""A judged run as workflow commands, which GitHub Actions shows as annotations beside the lines of the spec."""

from __future__ import annotations

from lifespec_compiler.judging import Verdict
from lifespec_runtime.cli import formats
from lifespec_schema.findings import Finding, Place, Severity

from . import words
from .evaluated import Evaluated


def render(evaluated: Evaluated) -> str:
    """A command for each bound that did not pass, and a last line that counts."""
    found = [_finding(evaluated, verdict) for verdict in words.not_passed(evaluated.verdicts)]
    files = {problem.place: Place(problem.place) for problem in evaluated.problems}
    found += [
        Finding(problem.code, Severity.ERROR, problem.message, files[problem.place], problem.help)
        for problem in evaluated.problems
    ]
    commands = formats.render("github", formats.Report(found)).decode().splitlines()[:-1]
    return "\n".join([*commands, words.summary(evaluated)])


def _finding(evaluated: Evaluated, verdict: Verdict) -> Finding:
    decided = verdict.outcome in ("Fail", "Error") and evaluated.counts(verdict)
    place = evaluated.places.get(verdict.path) or evaluated.plan.origins.place(verdict.path)
    severity = Severity.ERROR if decided else Severity.WARNING
    return Finding(f"{verdict.outcome}: {words.subject(verdict)}", severity, words.told(verdict), place)
