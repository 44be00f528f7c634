"""How good the predictions are: calibration, curves, confusion, distributions, and beside simpler models."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

from lifespec_runtime.drawing.charts import Bars, Dot, Line, Words, bars, curve, reliability, tuned
from lifespec_runtime.drawing.scale import around, drawable
from lifespec_runtime.measure.evaluation.detail import (
    Calibration,
    Confusion,
    Curve,
    EvaluationDetail,
    Figure,
    Histogram,
    Threshold,
)
from lifespec_runtime.measure.pages.checks import Writer
from lifespec_runtime.measure.pages.tables import Table, group
from lifespec_runtime.measure.pages.units import Unit, metric_of, share, unit_of

from .judgement import of_figure
from .section import Section

MOST_CURVES: Final = 12
_BELOW: Final = "The table below has the numbers."
_CALIBRATED: Final = {
    "probability": ("mean predicted probability", "share that came true"),
    "confidence": ("mean probability of the predicted class", "share predicted right"),
    "value": ("mean prediction", "mean of the true values"),
}


def calibration(detail: EvaluationDetail, *, hidden: bool) -> Iterator[Section]:
    """What came true of what was predicted; of numbers of a column that must not be shown, nothing."""
    found = detail.calibration
    if found is None or not found.bins or (hidden and found.what == "value"):
        return
    title = "Calibration" if found.what != "value" else "Predicted and true values"
    yield Section("calibration", title, "calibration", _calibration(found))


def _calibration(found: Calibration) -> dict[str, Any]:
    across, up = _CALIBRATED[found.what]
    dots = [
        Dot(each.predicted, each.observed.value, each.observed.low, each.observed.high, each.observed.samples)
        for each in found.bins
    ]
    numbers = [number for dot in dots for number in (dot.x, dot.y, dot.low, dot.high)]
    ends = (0.0, 1.0) if found.what != "value" else around(drawable(numbers))
    words = Words(f"{up.capitalize()} by {across}", f"On the dashed diagonal both are equal. {_BELOW}", across, up)
    unit = Unit(100, " %") if found.what != "value" else Unit()
    rows = [
        (
            f"{unit._replace(suffix='').shown(each.low)} to {unit.shown(each.high)}",
            unit.shown(each.predicted, (each.high - each.low) / 5 or None),
            f"{_value(each.observed, unit)}{_bracketed(each.observed, unit)}",
            f"{each.observed.samples:,}",
        )
        for each in found.bins
    ]
    error = found.error
    told = ""
    if error and error.value is not None:
        told = f"{_value(error, Unit())}{_bracketed(error, Unit())}"
    return {
        "chart": reliability(words, dots, ends, *((100, " %") if found.what != "value" else (1, ""))),
        "rows": rows,
        "error": told,
        "what": found.what,
        "across": across,
        "up": up,
    }


def curves(writer: Writer, detail: EvaluationDetail) -> Iterator[Section]:
    """ROC and precision-recall curves."""
    shown = [each for each in detail.curves if each.points][:MOST_CURVES]
    if not shown:
        return
    several = len({each.name for each in shown}) > 1
    charts = [_curve(writer, detail, each, several=several) for each in shown]
    left = len([each for each in detail.curves if each.points]) - len(shown)
    yield Section("curves", "Telling classes apart", "curves", {"charts": charts, "left": left})


def _curve(writer: Writer, detail: EvaluationDetail, each: Curve, *, several: bool) -> dict[str, Any]:
    roc = each.kind == "roc"
    name = writer.hidden.value(detail.label, each.name)
    title = ("ROC curve" if roc else "Precision and recall") + (f" of {name}" if several else "")
    across, up = ("false positive rate", "true positive rate") if roc else ("recall", "precision")
    chance = [(0.0, 0.0), (1.0, 1.0)] if roc else [(0.0, each.base), (1.0, each.base)]
    words = Words(title, f"The dashed line is chance. {_BELOW}", across, up)
    area = _value(each.area, Unit())
    what = "Area under the curve" if roc else "Average precision"
    some = each.points[:: max(1, len(each.points) // 10)]
    rows = [(f"{a:.3f}", f"{b:.3f}") for a, b in dict.fromkeys((*some, each.points[-1]))]
    return {
        "title": title,
        "chart": curve(words, each.points, chance=chance, filled=roc),
        "area": f"{what}: {area}{_bracketed(each.area, Unit())}; chance has {each.base:.3g}.",
        "across": across,
        "up": up,
        "rows": rows,
    }


def classes(writer: Writer, detail: EvaluationDetail) -> Iterator[Section]:
    """Which classes are taken for which, the threshold, and how the scores lie."""
    confusion = _confusion(writer, detail, detail.confusion) if detail.confusion else None
    threshold = _threshold(detail.threshold) if detail.threshold else None
    if confusion or threshold:
        view = {"confusion": confusion, "threshold": threshold}
        yield Section("classes", "Right and wrong predictions", "classes", view)


def _confusion(writer: Writer, detail: EvaluationDetail, found: Confusion) -> dict[str, Any]:
    names = [writer.hidden.value(detail.label, name) for name in found.classes]
    rows = []
    for place, counts in enumerate(found.counts):
        total = sum(counts)
        cells = [
            {"count": f"{count:,}", "share": share(count, total), "level": round(8 * count / total) if total else 0}
            | {"right": number == place}
            for number, count in enumerate(counts)
        ]
        rows.append({"name": names[place], "cells": cells, "total": f"{total:,}"})
    return {"names": names, "rows": rows}


def _threshold(found: Threshold) -> dict[str, Any]:
    how = {
        "fixed": "as the spec says",
        "tuned": f"tuned for {found.metric} on the validation split",
        "predictions": "as the predictions' own classes have it",
        "default": "since the spec names none",
    }[found.how]
    chart = None
    if len(found.curve) > 1:
        metric = metric_of(found.metric or "")
        name = metric.title if metric else found.metric or "metric"
        words = Words(f"{name} on the validation split at each threshold", "", "threshold", name)
        chart = tuned(words, found.curve, Line(f"taken: {found.value:.3g}", found.value))
    reached = _value(found.reached, Unit()) if found.reached else ""
    return {"value": f"{found.value:.4g}", "how": how, "chart": chart, "reached": reached}


def distributions(detail: EvaluationDetail, *, hidden: bool) -> Iterator[Section]:
    """How predictions and errors lie; of numbers of a column that must not be shown, the errors only."""
    numeric = detail.problem in ("regression", "forecasting")
    found = [] if hidden and numeric else [("Predictions", detail.predictions)]
    found.append(("Errors: predicted less true", detail.residuals))
    upright = Line("threshold", detail.threshold.value) if detail.threshold and not numeric else None
    charts = [
        _histogram(title, each, upright if each is detail.predictions else Line("no error", 0.0))
        for title, each in found
        if each is not None and len(each.edges) > 1 and each.series
    ]
    if charts:
        yield Section("distributions", "How predictions lie", "distributions", {"charts": charts})


def _histogram(title: str, found: Histogram, upright: Line | None) -> dict[str, Any]:
    series = []
    for each in found.series:
        total = sum(each.counts) or 1
        series.append(Bars(each.name, tuple(count / total for count in each.counts)))
    words = Words(title, _BELOW, found.what, "share of rows")
    rows = [
        {"from": f"{low:.4g} to {high:.4g}", "counts": [f"{each.counts[place]:,}" for each in found.series]}
        for place, (low, high) in enumerate(pairwise(found.edges))
    ]
    return {
        "title": title,
        "chart": bars(words, found.edges, series, (1, ""), upright),
        "names": [each.name for each in found.series],
        "rows": rows,
        "what": found.what,
        "beyond": f"{found.below + found.above:,}" if found.below + found.above else "",
    }


def comparison(writer: Writer, detail: EvaluationDetail) -> Iterator[Section]:
    """The same metrics of this model, of the one that serves, and of simple ones."""
    if len(detail.comparison) < 2:
        return
    first = detail.comparison[0]
    named = {check.metric_name: check.metric.catalog for check in writer.plan.checks if check.metric}
    groups = []
    for place, each in enumerate(first.figures):
        metric = named.get(each.metric) or metric_of(each.metric)
        figures = [compared.figures[place].figure for compared in detail.comparison]
        unit = unit_of(metric, each.unit, None, [figure.value for figure in figures])
        entries = [
            of_figure(compared.subject, figure, unit, "series" if compared is first else "plain")._replace(
                about="" if compared.kind == compared.subject else compared.kind, coded=compared is not first
            )
            for compared, figure in zip(detail.comparison, figures, strict=True)
        ]
        better = "more is better" if each.direction == "increase" else "less is better"
        ends = (metric.low, metric.high) if metric else (None, None)
        title = metric.title if metric else each.metric
        name = each.metric if metric and metric.id != each.metric else ""
        groups.append(group(title, entries, note=better, ends=ends, name=name))
    table = Table("This model beside others, on the same rows", "Model", "Samples", tuple(groups), judged=False)
    after = (
        "Compare within one metric. Where intervals of two models overlap the difference may still be clear: "
        "gates against another model judge the difference on the same rows."
    )
    yield Section("comparison", "Beside other models", "table", {"table": table, "before": "", "after": after})


def _value(figure: Figure, unit: Unit) -> str:
    if figure.value is None:
        return f"no value: {figure.reason}" if figure.reason else "no value"
    width = figure.high - figure.low if figure.low is not None and figure.high is not None else None
    return unit.shown(figure.value, width)


def _bracketed(figure: Figure, unit: Unit) -> str:
    known = figure.low is not None and figure.high is not None
    return f" ({unit.range(figure.low, figure.high)})" if known else ""  # type: ignore[arg-type]
