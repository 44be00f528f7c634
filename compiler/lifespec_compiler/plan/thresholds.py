"""Thresholds typed by their metric: `5%`, `120ms` and `0.86` become numbers in the metric's base unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lifespec_schema.catalog import METRICS, UNITS, Metric
from lifespec_schema.findings import Path
from lifespec_schema.forms import Problem
from lifespec_schema.values.form import shown
from lifespec_schema.values.quantities import percent, plain, seconds

ABSOLUTE = ("min", "max")
RELATIVE = ("maxRegression", "minImprovement")


def settle(document: dict[str, Any]) -> list[Problem]:
    """Replaces every threshold of a canonical document, in place, by a number; returns what does not fit its metric."""
    problems: list[Problem] = []
    own = {metric["name"]: metric for metric in document["spec"].get("metrics", [])}
    for path, check, name in _checks(document["spec"]):
        metric = _metric(name, own)
        for key in (*ABSOLUTE, *RELATIVE):
            if key in check:
                _settle(check, key, metric, (*path, key), problems)
    for index, baseline in enumerate(document["spec"]["experiments"].get("baselines", [])):
        values = baseline.get("values", {})
        for name in values:
            path = ("spec", "experiments", "baselines", index, "values", name)
            _settle(values, name, _metric(name, own), path, problems)
    return problems


def _metric(name: str, own: dict[str, Any]) -> Metric | None:
    entry = own.get(name)
    if entry is None:
        return METRICS.get(name)
    if entry["kind"] == "parameterised":
        return METRICS.get(entry["base"])
    return METRICS["errorRate"]._replace(
        id=name, direction=entry["direction"]
    )  # a ratio of counts, like the error rate


def _checks(spec: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any], str]]:
    evaluation = spec["evaluation"]
    for tier in ("offline", "shadow", "online"):
        for section in ("gates", "fairness", "robustness"):
            for index, check in enumerate(evaluation.get(tier, {}).get(section, [])):
                yield ("spec", "evaluation", tier, section, index), check, check["metric"]
    for index, guard in enumerate(spec["rollout"].get("guards", [])):
        yield ("spec", "rollout", "guards", index), guard, guard["metric"]
    for index, monitor in enumerate(spec.get("monitoring", {}).get("monitors", [])):
        method = monitor.get("method", "auto")
        name = monitor["metric"] if monitor["kind"] == "concept" else "psi" if method == "auto" else method
        yield ("spec", "monitoring", "monitors", index), monitor, name
    agreement = spec["data"]["labels"].get("agreement")
    if agreement:
        yield ("spec", "data", "labels", "agreement"), agreement, agreement.get("metric", "cohenKappa")


def _settle(check: dict[str, Any], key: str, metric: Metric | None, path: Path, problems: list[Problem]) -> None:
    value = check[key]
    if metric is None:  # reported where references are bound; until then any number will do
        check[key] = _number(value, ("percent", "duration", "number"))
        return
    number = _number(value, UNITS[metric.unit].forms)
    example = UNITS[metric.unit].example
    if number is None:
        unit = UNITS[metric.unit].meaning
        hint = (
            f"did you mean `{shown(value)}s` or `{shown(value)}ms`? "
            if metric.unit == "seconds" and not isinstance(value, str)
            else ""
        )
        problems.append(
            Problem(
                "bad-threshold",
                path,
                f"{shown(value)} does not fit `{metric.id}`, which is {unit}",
                f"{hint}for example `{example}`",
            )
        )
        return
    low, high = _range(metric, relative=key in RELATIVE)
    if (low is not None and number < low) or (high is not None and number > high):
        hint = f"did you mean `{shown(value)}%`? " if metric.unit == "ratio" and 1 < number <= 100 else ""
        reach = f"{'-∞' if low is None else low} to {'∞' if high is None else high}"
        problems.append(
            Problem(
                "bad-threshold",
                path,
                f"{shown(value)} lies outside the range of `{metric.id}`, {reach}",
                f"{hint}for example `{example}`",
            )
        )
        return
    check[key] = number


def _number(value: Any, forms: Sequence[str]) -> int | float | None:
    """The number that a threshold stands for in one of the forms; None when it has none of them."""
    if not isinstance(value, str):
        return value if "number" in forms else None
    share = percent(value) if "percent" in forms else None
    if share is not None:
        return plain(share / 100)
    return seconds(value) if "duration" in forms else None


def _range(metric: Metric, *, relative: bool) -> tuple[float | None, float | None]:
    if not relative:
        return metric.low, metric.high
    return 0, None if metric.low is None or metric.high is None else metric.high - metric.low
