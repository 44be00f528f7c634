"""What came of each rule."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from lifespec_compiler.judging import Bound, Outcome
from lifespec_compiler.judging.contract.rules import Rule
from lifespec_runtime.measure.estimate import Interval
from lifespec_runtime.measure.profile.column import ColumnProfile
from lifespec_runtime.measure.profile.summary import Profile
from lifespec_schema.findings import Path, Severity, show_path

from .scan import Scanned
from .tally import Sample

Verdict = Outcome | Literal["Measured"]
"""`Measured` is for what has no bound, and for what has one before it is held to it."""


class Result(NamedTuple):
    """A rule with what was measured for it."""

    name: str
    section: str
    columns: tuple[str, ...]
    told: str
    bound: Bound | None
    severity: Severity
    path: Path
    verdict: Verdict
    measured: float | None
    """In the bound's unit; None where nothing could be measured."""
    rows: int
    """The rows that it rests on."""
    why: str = ""
    """Why nothing was measured, or what there is to say about the value."""
    samples: tuple[Sample, ...] = ()
    unit: str = "rows"
    """Of what was measured; that of the bound where there is one."""
    interval: Interval | None = None
    """What the true value may be, where that was measured."""

    @property
    def as_json(self) -> dict[str, Any]:
        """The result as a JSON value."""
        return {
            "rule": self.name,
            "section": self.section,
            "columns": list(self.columns),
            "expected": self.told,
            "bound": self.bound.as_json if self.bound else None,
            "severity": self.severity.value,
            "path": show_path(self.path),
            "verdict": self.verdict,
            "value": self.measured,
            "unit": self.bound.unit if self.bound else self.unit,
            "samples": self.rows,
            "interval": self.interval._asdict() if self.interval else None,
            "note": self.why,
            "rows": [sample._asdict() for sample in self.samples],
        }


def measured(rule: Rule, scanned: Scanned, hidden: frozenset[str]) -> Result:
    """What the pass found of a rule: its value in the unit of its bound, or why there is none.

    No value of the columns in `hidden` is shown.
    """
    profile = scanned.profile
    gone = [name for name in rule.columns if name in scanned.absent]
    if gone:
        return _of(rule, profile, f"no column `{gone[0]}` could be read from {scanned.absent[gone[0]]}")
    if rule.name in scanned.unusable:
        return _of(rule, profile, scanned.unusable[rule.name])
    if not profile.rows and rule.kind != "rows":
        return _of(rule, profile, "there are no rows")
    columns = [profile.columns[name] for name in rule.columns]
    if rule.kind not in ("type", "missing", "missingValues"):
        untyped = next((name for name in rule.columns if _all_wrong(profile.columns[name])), None)
        if untyped is not None:
            return _of(rule, profile, f"no value of `{untyped}` is of its type")
    count, samples = _counted(rule, scanned)
    value = 100 * count / profile.rows if rule.bound.unit == "percent" and profile.rows else float(count)
    return _of(rule, profile, _where(columns, rule, hidden))._replace(
        verdict="Measured", measured=value, samples=samples
    )


def _counted(rule: Rule, scanned: Scanned) -> tuple[int, tuple[Sample, ...]]:
    if rule.kind == "rows":
        return scanned.profile.rows, ()
    if rule.kind == "repeatedRows":
        return scanned.repeated_rows or 0, ()
    found = scanned.tallies[rule.name]
    return found.broken, found.samples


def _all_wrong(column: ColumnProfile) -> bool:
    return column.wrong > 0 and not column.values


def _where(columns: list[ColumnProfile], rule: Rule, hidden: frozenset[str]) -> str:
    """What else there is to say of a rule, should it fail."""
    shown = rule.kind in ("minimum", "maximum") and rule.columns[0] not in hidden
    if shown and columns[0].extremes is not None:
        return f"the values go from {columns[0].extremes[0]:g} to {columns[0].extremes[1]:g}"
    return ""


def unread(rule: Rule, why: str) -> Result:
    """The result of a rule of a source that was not read to its end."""
    return Result(
        rule.name, rule.section, rule.columns, rule.told, rule.bound, rule.severity, rule.path, "Error", None, 0, why
    )


def _of(rule: Rule, profile: Profile, why: str) -> Result:
    return unread(rule, why)._replace(rows=profile.rows)
