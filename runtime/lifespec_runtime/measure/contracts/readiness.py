"""Whether the data is ready to be learnt from: the scorecard, with a criterion where the spec has one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

from lifespec_compiler.plan import Column, Plan
from lifespec_runtime.measure.profile.column import ColumnProfile
from lifespec_schema.findings import Path, Severity

from .association import Strength
from .bounds import Bound, at_least, at_most
from .results import Result, Verdict
from .scan import Scanned

READINESS: Final[Path] = ("spec", "data", "readiness")
LABELS: Final[Path] = ("spec", "data", "labels")
SUSPICIOUS: Final = 0.98
"""A column that alone says so much of the label is suspected of being made of it."""
CLASSIFICATION: Final = ("binaryClassification", "multiclassClassification")


def scorecard(plan: Plan, scanned: Mapping[str, Scanned]) -> Iterator[Result]:
    """The scorecard of a lifecycle whose sources were read; sources that could not be read are not in `scanned`."""
    label = plan.column(plan.spec.data.labels.column)
    found = scanned.get(label.source) if label else None
    if label is None or found is None or label.name in found.absent:
        told = "the label can be read"
        why = "the label's source could not be read"
        yield _result("labels", told, None, (*LABELS, "column"), "Error", None, 0, why, severity=Severity.ERROR)
        return
    yield from _labels(plan, found, label)
    yield from _missing(plan, scanned)
    yield from _duplicates(plan, found)
    yield from _suspects(plan, found, label)


def _labels(plan: Plan, found: Scanned, label: Column) -> Iterator[Result]:
    column, readiness = found.profile.columns[label.name], plan.spec.data.readiness
    path = (*READINESS, "minLabeledRows")
    least = readiness.min_labeled_rows if readiness else None
    share = f"{100 * column.values / found.profile.rows:.3g} % of the rows have a label" if found.profile.rows else ""
    yield _compared("labeledRows", "rows with a label", at_least(least) if least else None, path, column.values, share)
    if plan.spec.objective.problem in CLASSIFICATION:
        yield from _balance(plan, column, label)
    if plan.spec.data.labels.agreement is not None:
        agreement = plan.spec.data.labels.agreement
        why = "unknown: nothing says which columns hold the labels of two raters"
        bound = at_least(agreement.min, "score")
        path = (*LABELS, "agreement")
        yield _result("agreement", "raters agree", bound, path, "Inconclusive", None, 0, why, severity=Severity.INFO)


def _balance(plan: Plan, column: ColumnProfile, label: Column) -> Iterator[Result]:
    classes = _classes(column)
    readiness = plan.spec.data.readiness
    total = sum(classes.values())
    if not classes or not total:
        yield _result(
            "classes", "at least two classes", at_least(2), label.path, "Error", None, 0, "there are no labels"
        )
        return
    told = ", ".join(f"{name} {100 * count / total:.3g} %" for name, count in list(classes.items())[:6])
    yield _compared("classes", "classes", at_least(2), label.path, len(classes), told)
    least = readiness.min_positive_share if readiness else None
    bound = at_least(least, "share") if least is not None else None
    path = (*READINESS, "minPositiveShare")
    positive = _positive(plan, classes)
    if positive is None:
        name, count = min(classes.items(), key=lambda item: item[1])
        yield _compared(
            "positiveShare", f"share of the rarest class, {name}", bound, path, count / total, "", total, "share"
        )
    elif positive not in classes:
        why = f"no row has the positive label {positive}"
        yield _result("positiveShare", "share of positives", bound, path, "Fail", 0.0, total, why, Severity.ERROR)
    else:
        said = plan.spec.data.labels.base_rate
        why = f"the spec says {100 * said:.3g} %" if said is not None else ""
        yield _compared(
            "positiveShare", "share of positives", bound, path, classes[positive] / total, why, total, "share"
        )


def _classes(column: ColumnProfile) -> dict[str, int]:
    """The labels with their counts, the most frequent first, as far as each is known by itself."""
    if column.categories is not None:
        return dict(column.categories.top(1000))
    found = column.histogram
    if found is None or not found.exact:
        return {}
    names = {0: "false", 1: "true"} if column.type == "boolean" else {}
    from lifespec_runtime.measure.profile.order import to_number

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


def _missing(plan: Plan, scanned: Mapping[str, Scanned]) -> Iterator[Result]:
    readiness = plan.spec.data.readiness
    most = readiness.max_missing_share if readiness else None
    shares: list[tuple[float, str, int]] = []
    for feature in plan.features:
        found = scanned.get(feature.column.source) if feature.column else None
        if found is None or feature.column is None or feature.column.name in found.absent or not found.profile.rows:
            continue
        profile = found.profile.columns[feature.column.name]
        shares.append(((profile.missing + profile.wrong) / profile.rows, feature.name, profile.rows))
    path, told = (*READINESS, "maxMissingShare"), "missing share of a feature"
    bound = at_most(most, "share") if most is not None else None
    if not shares:
        yield _result("missingShare", told, bound, path, "Error", None, 0, "no feature could be read")
        return
    share, name, rows = max(shares)
    why = f"most in `{name}`" if share else "none is missing"
    yield _compared("missingShare", told, bound, path, share, why, rows, "share")


def _duplicates(plan: Plan, found: Scanned) -> Iterator[Result]:
    readiness = plan.spec.data.readiness
    most = readiness.max_duplicate_share if readiness else None
    if found.repeated_rows is None or not found.profile.rows:
        return
    share = found.repeated_rows / found.profile.rows
    path = (*READINESS, "maxDuplicateShare")
    told = "share of rows equal to another"
    bound = at_most(most, "share") if most is not None else None
    yield _compared("duplicateShare", told, bound, path, share, "", found.profile.rows, "share")


def _suspects(plan: Plan, found: Scanned, label: Column) -> Iterator[Result]:
    strengths: list[Strength] = found.associations.strengths() if found.associations else []
    if not strengths:
        return
    strongest = strengths[0]
    features = {feature.column.name: feature for feature in plan.features if feature.column}
    path = features[strongest.column].path if strongest.column in features else label.path
    bound = Bound("must_be_less_than", SUSPICIOUS, "score")
    suspects = [one.column for one in strengths if not bound.holds(one.value)]
    verdict: Verdict = "Fail" if suspects else "Pass"
    named = ", ".join(f"`{name}`" for name in suspects)
    why = f"{named} alone tells the label: was it known then?" if suspects else f"`{strongest.column}` says most"
    told = "what one feature alone says of the label"
    yield _result("leakage", told, bound, path, verdict, strongest.value, strongest.rows, why, Severity.WARNING)


def _compared(
    name: str,
    told: str,
    bound: Bound | None,
    path: Path,
    measured: float,
    why: str,
    rows: int | None = None,
    unit: str = "rows",
) -> Result:
    verdict: Verdict = "Measured" if bound is None else "Pass" if bound.holds(measured) else "Fail"
    rested = int(measured) if rows is None else rows
    return _result(name, told, bound, path, verdict, measured, rested, why)._replace(unit=unit)


def _result(
    name: str,
    told: str,
    bound: Bound | None,
    path: Path,
    verdict: Verdict,
    measured: float | None,
    rows: int,
    why: str,
    severity: Severity = Severity.ERROR,
) -> Result:
    return Result(name, "readiness", (), told, bound, severity, path, verdict, measured, rows, why)
