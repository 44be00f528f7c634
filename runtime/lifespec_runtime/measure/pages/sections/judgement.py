"""What was judged: gates, slices, fairness, robustness, latency, each a table with intervals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from lifespec_runtime.drawing.charts import Bars, Words, bars
from lifespec_runtime.drawing.rows import Plotted
from lifespec_runtime.measure.evaluation import detail as detail_of
from lifespec_runtime.measure.evaluation.detail import EvaluationDetail, Fairness, Figure, Perturbed
from lifespec_runtime.measure.pages.checks import Judged, Writer
from lifespec_runtime.measure.pages.tables import Entry, Group, Table, group
from lifespec_runtime.measure.pages.units import Unit, plural, share

from .section import Section
from .verdict import OUTCOMES

_PERCENT = Unit(100, " %")
_RATES = (
    ("Predicted positive", "selected", "the share of the group's rows that is predicted positive"),
    ("Found positives", "true_positive_rate", "the share of the group's positives that is predicted so"),
    ("False alarms", "false_positive_rate", "the share of the group's negatives that is predicted positive"),
    ("Positive labels", "base", "the share of the group's rows that is positive"),
)
_DISTURBANCES = {
    "gaussianNoise": "noise of {:g} standard deviations",
    "missingValues": "{:.3g} % of the values missing",
    "categoryNoise": "{:.3g} % of the values swapped",
}


def gates(writer: Writer, found: Sequence[Judged]) -> Iterator[Section]:
    """The gates on all rows, and what comes of their slices."""
    mine = [each for each in found if each.check.kind == "gate" and each.slice is None]
    if not mine:
        return
    groups = writer.groups(mine, _slices_told(found))
    table = Table("What the model is held to on all rows of the test split", "Gate", "Samples", groups)
    yield Section("gates", "Gates", "table", {"table": table, "before": "", "after": ""})


def _slices_told(found: Sequence[Judged]) -> dict[str, str]:
    """What came of the slices of each gate, in a few words."""
    outcomes: dict[str, list[str]] = {}
    for each in found:
        if each.slice is not None:
            outcomes.setdefault(each.check.name, []).append(each.outcome)
    return {
        name: f"{plural(len(mine), 'slice')}: "
        + ", ".join(f"{mine.count(outcome)} {outcome}" for outcome in OUTCOMES if outcome in mine)
        for name, mine in outcomes.items()
    }


def slices(writer: Writer, found: Sequence[Judged]) -> Iterator[Section]:
    """The gates that are judged on parts of the rows too."""
    together: dict[tuple[str, str | None], list[Judged]] = {}
    for each in found:
        if each.slice is not None:
            together.setdefault((each.check.name, each.quantity), []).append(each)
    if not together:
        return
    whole = {(each.check.name, each.quantity): each for each in found if each.slice is None}
    groups = tuple(writer.by_slice(whole.get(key), parts) for key, parts in together.items())
    table = Table("The gates on slices of the test split", "Slice", "Samples", groups)
    before = (
        "The thin vertical line is the value of all rows. A slice that is missing fails; one with too few rows is "
        "inconclusive."
    )
    yield Section("slices", "Slices", "table", {"table": table, "before": before, "after": ""})


def fairness(writer: Writer, found: Sequence[Judged], detail: EvaluationDetail | None) -> Iterator[Section]:
    """How differently groups are treated, and how each of them fares."""
    mine = [each for each in found if each.check.kind == "fairness"]
    if not mine:
        return
    table = Table("How differently groups may be treated, and are", "Check", "Samples", writer.groups(mine))
    compared: dict[str, Fairness] = {}
    for each in detail.fairness if detail else ():
        compared.setdefault(each.attribute, each)
    tables = [_groups(writer, each) for each in compared.values()]
    yield Section("fairness", "Fairness", "fairness", {"table": table, "groups": tables})


def _groups(writer: Writer, compared: Fairness) -> Table:
    rates = [_rate(writer, compared, *rate) for rate in _RATES]
    return Table(f"How the groups of {compared.attribute} fare", "Group", "Samples", tuple(rates), judged=False)


def _rate(writer: Writer, compared: Fairness, title: str, field: str, note: str) -> Group:
    def entry(one: detail_of.Group) -> Entry:
        figure: Figure = getattr(one, field)
        label = writer.hidden.value(compared.attribute, one.name)
        return of_figure(label, figure, _PERCENT)._replace(note=figure.reason)

    return group(title, [entry(one) for one in compared.groups], note=note, ends=(0, 1))


def robustness(writer: Writer, found: Sequence[Judged], detail: EvaluationDetail | None) -> Iterator[Section]:
    """How far the metrics fall when the input is disturbed."""
    mine = [each for each in found if each.check.kind == "robustness"]
    if not mine:
        return
    table = Table("What disturbed inputs do to the model", "Check", "Samples", writer.groups(mine))
    disturbed = [_disturbed(writer, each) for each in (detail.robustness if detail else ())]
    yield Section("robustness", "Robustness", "robustness", {"table": table, "disturbed": disturbed})


def _disturbed(writer: Writer, each: Perturbed) -> dict[str, str]:
    amount = each.amount if each.perturbation == "gaussianNoise" else 100 * each.amount
    unit = next((item for item in writer.plan.checks if item.name == each.check), None)
    form = _PERCENT if unit and unit.metric and unit.metric.catalog and _is_share(unit.metric.catalog) else Unit()
    return {
        "check": each.check,
        "what": _DISTURBANCES[each.perturbation].format(amount),
        "features": ", ".join(each.features),
        "before": _written(each.before, form),
        "after": _written(each.after, form),
    }


def _is_share(metric: object) -> bool:
    return (getattr(metric, "unit", ""), getattr(metric, "estimate", "")) == ("ratio", "share")


def _written(figure: Figure, unit: Unit) -> str:
    if figure.value is None:
        return f"no value: {figure.reason}" if figure.reason else "no value"
    if figure.low is None or figure.high is None:
        return unit.shown(figure.value)
    return f"{unit.shown(figure.value, figure.high - figure.low)} ({unit.range(figure.low, figure.high)})"


def latency(writer: Writer, found: Sequence[Judged], detail: EvaluationDetail | None) -> Iterator[Section]:
    """How long predicting takes."""
    mine = [each for each in found if each.check.kind == "latency"]
    timed = detail.latency if detail else None
    if not mine and timed is None:
        return
    table = Table("How fast a prediction must be, and is", "Check", "Requests", writer.groups(mine)) if mine else None
    facts, chart, histogram = "", None, None
    if timed:
        facts = (
            f"{plural(timed.requests, 'request')} of {plural(timed.batch, 'row')} each were timed, after "
            f"{plural(timed.warm_up, 'request')} to warm up: {timed.transport}."
        )
        histogram = timed.histogram
    if histogram and len(histogram.edges) > 1 and sum(histogram.series[0].counts):
        total = sum(histogram.series[0].counts) + histogram.below + histogram.above
        shares = tuple(count / total for count in histogram.series[0].counts)
        words = Words("How long requests took", "The table below has the numbers.", "milliseconds", "share of requests")
        chart = bars(words, histogram.edges, [Bars("requests", shares)], (1000, ""))
    rows = _bins(histogram.edges, histogram.series[0].counts) if histogram and chart else []
    yield Section("latency", "Latency", "latency", {"table": table, "facts": facts, "chart": chart, "rows": rows})


def _bins(edges: Sequence[float], counts: Sequence[int]) -> list[tuple[str, str, str]]:
    total = sum(counts)
    return [
        (f"{1000 * low:.3g} to {1000 * high:.3g} ms", f"{count:,}", share(count, total))
        for (low, high), count in zip(pairwise(edges), counts, strict=True)
        if count
    ]


def of_figure(label: str, figure: Figure, unit: Unit, kind: str = "plain") -> Entry:
    """A row of a number that nothing judges."""
    return Entry(
        label,
        Plotted(figure.value, figure.low, figure.high, kind=kind),
        unit,
        figure.samples,
        level=figure.level,
        note=figure.reason,
    )
