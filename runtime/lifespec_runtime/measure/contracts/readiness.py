"""Whether the data is ready to be learnt from: what the lines of the scorecard come to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lifespec_compiler.judging.contract import scorecard as lines
from lifespec_compiler.judging.contract.scorecard import Line
from lifespec_compiler.plan import Column, Plan
from lifespec_runtime.measure.estimate import Interval, Undefined
from lifespec_runtime.measure.profile.column import ColumnProfile
from lifespec_runtime.measure.profile.order import to_number
from lifespec_schema.findings import Path

from .results import Result
from .scan import Scanned


class Found(NamedTuple):
    """What a line of the scorecard comes to."""

    value: float | None
    rows: int
    why: str
    told: str = ""
    """What the value is of, where that depends on the data."""
    path: Path = ()
    """What the value is about, where that depends on the data."""
    interval: Interval | None = None


class Overlap(NamedTuple):
    """Rows of the test split that equal a row of the training split in every feature and in the label."""

    shared: int
    rows: int
    """Of the test split."""


def scorecard(plan: Plan, scanned: Mapping[str, Scanned], overlap: Overlap | None = None) -> Iterator[Result]:
    """The scorecard of a lifecycle whose sources were read; sources that could not be read are not in `scanned`.

    Without an `overlap` there is no line of it: the splits were not made.
    """
    label = plan.column(plan.spec.data.labels.column)
    found = scanned.get(label.source) if label else None
    measured = {"agreement": _agreement(plan, scanned)}
    otherwise = Found(None, 0, "the label could not be read")
    if label is not None and found is not None and label.name not in found.absent:
        otherwise = Found(None, found.profile.rows, "there are too few rows to say")
        measured |= {
            **_labels(plan, found, label),
            "missingShare": _missing(plan, scanned),
            **_rows(plan, found, label),
        }
    if overlap is not None:
        share = f"{100 * overlap.shared / overlap.rows:.3g} % of the {overlap.rows:,} rows of the test split"
        measured[lines.OVERLAP] = Found(overlap.shared, overlap.rows, share)
    for line in lines.scorecard(plan):
        if line.name in measured or line.name != lines.OVERLAP:
            yield _result(line, measured.get(line.name, otherwise))


def _labels(plan: Plan, found: Scanned, label: Column) -> dict[str, Found]:
    column = found.profile.columns[label.name]
    rows = found.profile.rows
    share = f"{100 * column.values / rows:.3g} % of the rows have a label" if rows else ""
    return {"labeledRows": Found(column.values, column.values, share), **_balance(plan, column)}


def raters(plan: Plan) -> list[Column]:
    """The columns with what each rater said."""
    agreement = plan.spec.data.labels.agreement
    columns = [plan.column(rater) for rater in agreement.raters or ()] if agreement else []
    return [column for column in columns if column]


def _agreement(plan: Plan, scanned: Mapping[str, Scanned]) -> Found:
    """What the two raters who agree least come to."""
    columns = raters(plan)
    if not columns:
        return Found(None, 0, "unknown: add `raters` to `data.labels.agreement`, the columns with what each rater said")
    found = scanned.get(columns[0].source)
    if found is None or found.ratings is None:
        return Found(None, 0, f"the data of `{columns[0].source}` could not be read to its end")
    gone = next((column.name for column in columns if column.name in found.absent), None)
    if gone is not None:
        return Found(None, found.profile.rows, f"no column `{gone}` could be read from {found.absent[gone]}")
    agreed = found.ratings.agreed()
    estimates: list[Found] = []
    for (one, other), kappa in agreed:
        told = f"`{one}` and `{other}`{' agree least' if agreed[1:] else ''}"
        if isinstance(kappa, Undefined):
            return Found(None, kappa.samples, f"of `{one}` and `{other}`: {kappa.reason}")
        bounds = kappa.interval
        sure = f"{100 * bounds.level:g} % interval {bounds.low:.3g} to {bounds.high:.3g}" if bounds else kappa.note
        estimates.append(Found(kappa.value, kappa.samples, f"{told}; {sure}", interval=bounds))
    return min(estimates, key=lambda found: found.value or 0.0)


def _balance(plan: Plan, column: ColumnProfile) -> dict[str, Found]:
    classes = _classes(column)
    total = sum(classes.values())
    if not total:
        return dict.fromkeys(("classes", "positiveShare"), Found(None, 0, "there are no labels"))
    told = ", ".join(f"{name} {100 * count / total:.3g} %" for name, count in list(classes.items())[:6])
    number = Found(len(classes), len(classes), told)
    positive = _positive(plan, classes)
    if positive is None:
        name, count = min(classes.items(), key=lambda item: item[1])
        return {
            "classes": number,
            "positiveShare": Found(count / total, total, "", f"share of the rarest class, {name}"),
        }
    if positive not in classes:
        share = Found(0.0, total, f"no row has the positive label {positive}")
        return {"classes": number, "positiveShare": share}
    said = plan.spec.data.labels.base_rate
    why = f"the spec says {100 * said:.3g} %" if said is not None else ""
    return {"classes": number, "positiveShare": Found(classes[positive] / total, total, why)}


def _classes(column: ColumnProfile) -> dict[str, int]:
    """The labels with their counts, the most frequent first, as far as each is known by itself."""
    if column.categories is not None:
        return dict(column.categories.top(1000))
    found = column.histogram
    if found is None or not found.exact:
        return {}
    names = {0: "false", 1: "true"} if column.type == "boolean" else {}
    counted = [
        (names.get(int(key)) or f"{to_number(int(key)):g}", int(count))
        for key, count in zip(found.bins, found.counts, strict=True)
    ]
    return dict(sorted(counted, key=lambda item: -item[1]))


def _positive(plan: Plan, classes: Mapping[str, int]) -> str | None:
    """The positive label as the classes are called; None where there is no such thing."""
    if plan.spec.objective.problem != "binaryClassification":
        return None
    written = plan.spec.objective.positive_label
    if written is None:
        return "true" if "true" in classes else "1" if "1" in classes else None
    value = json.loads(written)
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)


def _missing(plan: Plan, scanned: Mapping[str, Scanned]) -> Found:
    shares: list[tuple[float, str, int]] = []
    for feature in plan.features:
        found = scanned.get(feature.column.source) if feature.column else None
        if found is None or feature.column is None or feature.column.name in found.absent or not found.profile.rows:
            continue
        profile = found.profile.columns[feature.column.name]
        shares.append(((profile.missing + profile.wrong) / profile.rows, feature.name, profile.rows))
    if not shares:
        return Found(None, 0, "no feature could be read")
    share, name, rows = max(shares)
    return Found(share, rows, f"most in `{name}`" if share else "none is missing")


def _rows(plan: Plan, found: Scanned, label: Column) -> dict[str, Found]:
    rows, repeated = found.profile.rows, found.repeated_rows
    measured = {} if repeated is None or not rows else {"duplicateShare": Found(repeated / rows, rows, "")}
    strengths = found.associations.strengths() if found.associations else []
    if not strengths:
        return measured
    strongest = strengths[0]
    suspects = ", ".join(f"`{one.column}`" for one in strengths if one.value >= lines.SUSPICIOUS)
    why = f"{suspects} alone tells the label: was it known then?" if suspects else f"`{strongest.column}` says most"
    paths = {feature.column.name: feature.path for feature in plan.features if feature.column}
    path = paths.get(strongest.column, label.path)
    return {**measured, "leakage": Found(strongest.value, strongest.rows, why, path=path)}


def _result(line: Line, found: Found) -> Result:
    verdict = "Measured" if found.value is not None else line.without_value
    return Result(
        line.name,
        "readiness",
        (),
        found.told or line.told,
        line.bound,
        line.severity,
        found.path or line.path,
        verdict,
        found.value,
        found.rows,
        found.why,
        unit=line.unit,
        interval=found.interval,
    )
