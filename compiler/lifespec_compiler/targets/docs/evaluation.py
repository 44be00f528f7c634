"""What the model is judged by: metrics, slices and groups, and the three tiers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lifespec_compiler.plan import Check, Metric, Plan
from lifespec_schema.values.written import duration, share

from .markdown import bullets, code, codes, facts, section, table, text
from .words import bounds, number, spaced

if TYPE_CHECKING:
    from lifespec_schema.spec.evaluation import FeatureSet, LatencyGate, LiveGate, Perturbation, Shadow
    from lifespec_schema.spec.metrics import CustomMetric

HEAD = ("check", "metric", "must be", "on slices", "confidence", "from")


def factors(plan: Plan) -> list[str]:
    """The groups and slices that are judged on their own, and the columns that say something about people."""
    fair = [f"{code(check.attribute)} by {code(check.metric)}" for check in plan.spec.evaluation.offline.fairness]
    sliced = [names for check in plan.checks if check.kind == "gate" for names in check.slices]
    personal = [column for column in plan.columns if column.classification in ("pii", "protected")]
    return facts(
        groups_compared=", ".join(fair),
        slices_judged_alone=", ".join(_slice(names) for names in dict.fromkeys(sliced)),
        columns_about_people=", ".join(f"{code(item.reference)} ({item.classification})" for item in personal),
    ) or ["No group and no slice is judged on its own."]


def metrics(plan: Plan) -> list[str]:
    """Every metric that a check names."""
    used: dict[str, Metric] = {check.metric_name: check.metric for check in plan.checks if check.metric}
    own = {metric.name: metric for metric in plan.spec.metrics}
    rows = [(code(name), _meaning(metric, own.get(name)), _better(metric)) for name, metric in used.items()]
    return table(("metric", "meaning", "better"), rows)


def tiers(plan: Plan) -> list[str]:
    """What must hold in each tier."""
    evaluation = plan.spec.evaluation
    offline, shadow, online = evaluation.offline, evaluation.shadow, evaluation.online
    found = [check for check in plan.checks if check.tier == "offline"]
    gates = [check for check in found if check.kind == "gate"]
    fair = [check for check in found if check.kind == "fairness"]
    disturbed = [check for check in found if check.kind == "robustness"]
    relative = evaluation.bootstrap.relative_gates if evaluation.bootstrap else "skip"
    first = {"skip": "the absolute gates alone decide", "refuse": "a person decides"}[relative]
    return [
        *section("Offline, on the test split", _offline(gates, offline.gates), _latency(offline.latency), level=3),
        *section("Fairness", _offline(fair, offline.fairness), level=3),
        *section("Robustness", _robustness(disturbed, offline.robustness), level=3),
        *(section("Shadow, on copies of live requests", _shadow(plan, shadow), level=3) if shadow else []),
        *(section("Online, in every step", _live(plan, "online", online.gates), level=3) if online else []),
        *section("First model", [f"With no stable model to compare with, {first}."], level=3),
    ]


def _shadow(plan: Plan, shadow: Shadow) -> list[str]:
    told = facts(
        copied=f"{shadow.mirror}% of the requests, for {duration(shadow.duration)}",
        needed=f"{number(shadow.min_requests)} requests" if shadow.min_requests else None,
    )
    return [*told, *_live(plan, "shadow", shadow.gates)]


def _offline(checks: Iterable[Check], written: Iterable[object]) -> list[str]:
    return table(HEAD, (_row(check, each) for check, each in zip(checks, written, strict=True)))


def _row(check: Check, written: object) -> tuple[str, ...]:
    confidence = getattr(written, "confidence", None)
    rows = getattr(written, "min_slice_rows", None)
    return (
        code(check.name),
        code(check.metric_name),
        text(bounds(check)),
        ", ".join(map(_slice, check.slices)),
        share(confidence) if confidence else "",
        f"{number(rows)} rows a slice" if rows else "",
    )


def _live(plan: Plan, tier: str, written: Iterable[LiveGate]) -> list[str]:
    checks = [check for check in plan.checks if check.tier == tier]
    rows = (
        (*_row(check, gate)[:5], f"{number(gate.min_samples)} samples")
        for check, gate in zip(checks, written, strict=True)
    )
    return table(HEAD, rows)


def _robustness(checks: Iterable[Check], written: Iterable[Perturbation]) -> list[str]:
    rows = (
        (code(check.name), code(check.metric_name), text(bounds(check, "undisturbed")), _disturbance(each))
        for check, each in zip(checks, written, strict=True)
    )
    return table(("check", "metric", "must be", "under"), rows)


def _disturbance(each: Perturbation) -> str:
    if each.perturb == "gaussianNoise":
        return f"noise of {number(each.scale)} standard deviations on {_features(each.features)}"
    return f"{share(each.share)} {spaced(each.perturb)} in {_features(each.features)}"


def _features(features: FeatureSet) -> str:
    return codes(features.names) if features.kind == "named" else f"{features.kind} features"


def _latency(latency: LatencyGate | None) -> list[str]:
    if latency is None:
        return []
    limits = (("median", latency.p50), ("p90", latency.p90), ("p95", latency.p95), ("p99", latency.p99))
    told = ", ".join(f"{name} at most {duration(limit)}" for name, limit in limits if limit)
    rows = "one row" if latency.batch == 1 else f"{number(latency.batch)} rows"
    return bullets([f"**Latency:** {told}, with {rows} in a request"])


def _slice(names: Iterable[str]) -> str:
    return " x ".join(map(code, names))


def _meaning(metric: Metric, own: CustomMetric | None) -> str:
    if own is None:
        return text(metric.catalog.meaning) if metric.catalog else ""
    if own.kind == "parameterised":
        parameters = ", ".join(f"{name} {value}" for name, value in _parameters(own))
        return f"{code(own.base)} with {parameters}" if parameters else code(own.base)
    delay = f", known {duration(own.delay)} after the prediction" if own.delay else ""
    return f"a share of live traffic by query, per {own.per}{delay}: {code(own.query.good)} of {code(own.query.total)}"


def _parameters(own: CustomMetric) -> Iterator[tuple[str, object]]:
    for name in ("beta", "k", "averaging", "seasonality", "bins"):
        value = getattr(own, name, None)
        if value is not None:
            yield name, number(value) if isinstance(value, float) else value


def _better(metric: Metric) -> str:
    return "more" if metric.direction == "increase" else "less"
