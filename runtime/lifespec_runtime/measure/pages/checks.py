"""Verdicts as rows: each check with its metric, its bounds and what was measured, of all rows and of slices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from lifespec_compiler.judging import Verdict
from lifespec_compiler.plan import Plan
from lifespec_runtime.drawing.rows import Plotted
from lifespec_runtime.measure.evaluation.detail import EvaluationDetail
from lifespec_schema.catalog import METRICS, Metric
from lifespec_schema.findings import Place

from .hiding import Hidden
from .places import where
from .tables import Entry, Group, group, worst
from .units import TIMES, Unit, unit_meaning, unit_of

NOTHING: Final[Mapping[str, str]] = {}
_SIGNS: Final = {"must_be_greater_or_equal_to": "≥", "must_be_less_or_equal_to": "≤"}


class Check(NamedTuple):
    """What is known of a check without any measurement."""

    name: str
    kind: str
    """`gate`, `fairness`, `robustness` or `latency`."""
    metric_name: str
    metric: Metric | None
    against: str | None

    @property
    def title(self) -> str:
        """The metric's name for people."""
        return self.metric.title if self.metric else self.metric_name


class Judged(NamedTuple):
    """What was measured of one thing, with the verdicts on it: one for each bound."""

    check: Check
    slice: str | None
    quantity: str | None
    verdicts: tuple[Verdict, ...]

    @property
    def outcome(self) -> str:
        """The worst of the verdicts."""
        return worst(verdict.outcome for verdict in self.verdicts)


def judged(plan: Plan, detail: EvaluationDetail | None, verdicts: Sequence[Verdict]) -> list[Judged]:
    """The verdicts, those on one measurement together, in the order of the spec."""
    known = _checks(plan, detail)
    found: dict[tuple[str, str | None, str | None], list[Verdict]] = {}
    for verdict in verdicts:
        found.setdefault((verdict.check, verdict.slice, verdict.quantity), []).append(verdict)
    return [
        Judged(known.get(name) or Check(name, "gate", name, None, None), part, quantity, tuple(each))
        for (name, part, quantity), each in found.items()
    ]


def _checks(plan: Plan, detail: EvaluationDetail | None) -> Mapping[str, Check]:
    found = {
        check.name: Check(
            check.name, check.kind, check.metric_name, check.metric.catalog if check.metric else None, check.against
        )
        for check in plan.checks
        if check.tier == "offline"
    }
    for percentile in ("p50", "p90", "p95", "p99"):
        metric = f"latency{percentile.upper()}"
        name = f"latency.{percentile}"
        found.setdefault(name, Check(name, "latency", metric, METRICS.get(metric), None))
    for each in detail.checks if detail else ():
        found.setdefault(each.check, Check(each.check, each.kind, each.metric, METRICS.get(each.metric), each.against))
    return found


class Writer(NamedTuple):
    """Makes rows of what was judged."""

    plan: Plan
    places: Mapping[tuple[str | int, ...], Place]
    hidden: Hidden

    def groups(self, found: Sequence[Judged], about: Mapping[str, str] = NOTHING) -> tuple[Group, ...]:
        """Rows of checks, those of one metric on one axis; `about` has more to say of some, by name."""
        together: dict[tuple[str, str | None], list[Judged]] = {}
        for each in found:
            together.setdefault((each.check.metric_name, each.quantity), []).append(each)
        return tuple(self._group(each, about) for each in together.values())

    def _group(self, found: Sequence[Judged], about: Mapping[str, str]) -> Group:
        check, quantity = found[0].check, found[0].quantity
        unit = _unit(found)
        entries = [
            self.entry(each, unit, each.check.name)._replace(about=about.get(each.check.name, "")) for each in found
        ]
        own = check.metric_name if check.metric and check.metric.id != check.metric_name else ""
        return group(_title(check, quantity), entries, name=own, note=_note(check, quantity), ends=_ends(found[0]))

    def by_slice(self, overall: Judged | None, found: Sequence[Judged]) -> Group:
        """The rows of one check's slices, after that of all rows, whose value is drawn through them."""
        unit = _unit([*([overall] if overall else []), *found])
        value = overall.verdicts[0].value if overall else None
        entries = [self.entry(overall, unit, "all rows")._replace(coded=False)] if overall else []
        for each in found:
            entry = self.entry(each, unit, self.hidden.slice(each.slice or ""))
            place = None if entries else entry.where  # all of them are written in one place
            entries.append(entry._replace(plotted=entry.plotted._replace(reference=value), where=place))
        check = found[0].check
        title = f"{_title(check, found[0].quantity)} by slice"
        return group(title, entries, name=check.name, note=_note(check, found[0].quantity), ends=_ends(found[0]))

    def unit(self, each: Judged) -> Unit:
        """The unit of one measurement by itself."""
        return _unit([each])

    def entry(self, each: Judged, unit: Unit, label: str) -> Entry:
        """The row of one measurement."""
        first = each.verdicts[0]
        interval = first.interval
        least, most = _bounds(each.verdicts)
        plotted = Plotted(
            first.value,
            interval.low if interval else None,
            interval.high if interval else None,
            least,
            most,
            each.outcome.lower(),
            0.0 if each.quantity else None,
        )
        reasons = dict.fromkeys(verdict.reason for verdict in each.verdicts if verdict.reason)
        telling = next((verdict for verdict in each.verdicts if verdict.outcome == each.outcome), first)
        return Entry(
            label,
            plotted,
            unit,
            first.samples,
            each.outcome,
            interval.level if interval else None,
            " and ".join(_needed(verdict, unit, each.check) for verdict in each.verdicts),
            "",
            "; ".join(reasons),
            where(self.plan, telling.path, self.places),
        )


def _unit(found: Sequence[Judged]) -> Unit:
    values = [number for each in found for verdict in each.verdicts for number in _numbers(verdict)]
    check = found[0].check
    return unit_of(check.metric, check.metric.unit if check.metric else "score", found[0].quantity, values)


def _numbers(verdict: Verdict) -> Iterator[float | None]:
    yield verdict.value
    if not isinstance(verdict.threshold.value, tuple):
        yield verdict.threshold.value


def _bounds(verdicts: Sequence[Verdict]) -> tuple[float | None, float | None]:
    """The least and the greatest value that all bounds allow."""
    least: list[float] = []
    most: list[float] = []
    for verdict in verdicts:
        value = verdict.threshold.value
        if not isinstance(value, tuple):
            (least if "greater" in verdict.threshold.operator else most).append(value)
    return max(least, default=None), min(most, default=None)


def _needed(verdict: Verdict, unit: Unit, check: Check) -> str:
    """What a value is held to, in its own unit, and with words for differences."""
    value, sign = verdict.threshold.value, _SIGNS.get(verdict.threshold.operator)
    if isinstance(value, tuple) or sign is None or (verdict.quantity is None and unit.suffix in TIMES):
        return verdict.words  # a time has the unit that fits it best, whatever was measured
    if verdict.quantity is None:
        return f"{sign} {unit.shown(value)}"
    other = check.against or "unperturbed"
    amount = unit._replace(signed=False).shown(abs(value))
    if not value:
        return f"no worse than {other}"
    worse = (value < 0) == (sign == "≥")
    return f"at most {amount} worse than {other}" if worse else f"at least {amount} better than {other}"


def _title(check: Check, quantity: str | None) -> str:
    words = {None: "", "difference": ": difference", "relativeDifference": ": relative difference"}[quantity]
    return f"{check.title}{words}"


def _note(check: Check, quantity: str | None) -> str:
    if check.metric is None:
        return ""
    better = "more is better" if check.metric.direction == "increase" else "less is better"
    if quantity:
        what = (
            "on perturbed rows less on the rows as they are"
            if check.kind == "robustness"
            else "this model less the other"
        )
        return f"{what}; {better}"
    unit = unit_meaning(check.metric.unit)
    return f"{better}; in {unit}" if unit else better


def _ends(each: Judged) -> tuple[float | None, float | None]:
    """What values can be at all: nothing is drawn beyond."""
    if each.quantity or each.check.metric is None:
        return None, None
    return each.check.metric.low, each.check.metric.high
