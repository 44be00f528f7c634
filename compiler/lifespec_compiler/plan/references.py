"""References bound: columns, features, metrics, checks, stages and monitors, and what leads nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lifespec_schema.catalog import METRICS
from lifespec_schema.findings import Path
from lifespec_schema.forms import filled_value

from .model import Check, Column, Feature, Metric, Monitor, Stage, find_column

if TYPE_CHECKING:
    from lifespec_schema.spec.lifecycle import LifecycleSpec


def columns(spec: LifecycleSpec) -> tuple[Column, ...]:
    """Every column of every source."""
    found = []
    for index, source in enumerate(spec.data.sources):
        keys = [column.name for column in source.schema_ if column.primary_key]
        for place, column in enumerate(source.schema_):
            options = filled_value(column.logical_type_options) if column.logical_type_options else {}
            if column.enum is not None:
                options = {**options, "enum": column.enum}
            found.append(
                Column(
                    source=source.name,
                    name=column.name,
                    logical_type=column.logical_type,
                    classification=column.classification,
                    available_after=column.available_after or 0,
                    is_key=column.unique or keys == [column.name],
                    options=options,
                    path=("spec", "data", "sources", index, "schema", place),
                )
            )
    return tuple(found)


def features(spec: LifecycleSpec, known: tuple[Column, ...]) -> tuple[Feature, ...]:
    """Every feature with its column."""
    return tuple(
        Feature(
            name=feature.name,
            column=find_column(known, feature.column),
            transform=feature.transform.kind if feature.transform else "none",
            fetch_p99=feature.online.p99 if feature.online else None,
            fetch_group=feature.online.group if feature.online else None,
            path=("spec", "features", index),
        )
        for index, feature in enumerate(spec.features)
    )


def metric(spec: LifecycleSpec, name: str) -> Metric | None:
    """The metric of that name: the team's own first, then the catalog's."""
    own = next((entry for entry in spec.metrics if entry.name == name), None)
    if own is not None and own.kind == "query":
        return Metric(name, None, own.direction, own.per, own.delay or 0)
    catalog = METRICS.get(own.base if own is not None else name)
    return Metric(name, catalog, catalog.direction, catalog.per, 0) if catalog else None


def checks(spec: LifecycleSpec) -> tuple[Check, ...]:
    """Every check of the spec with its metric, in the order of the tiers."""
    return tuple(_checks(spec))


def _checks(spec: LifecycleSpec) -> Iterator[Check]:
    def check(name: str | None, kind: Any, tier: Any, source: Any, path: Path, **more: Any) -> Check:
        bounds = {
            key: value
            for key in ("min", "max", "against", "max_regression", "min_improvement", "max_relative_regression")
            if (value := getattr(source, key, None)) is not None
        }
        return Check(name or "", kind, tier, metric(spec, source.metric), source.metric, path, **bounds, **more)

    offline = spec.evaluation.offline
    for index, gate in enumerate(offline.gates):
        yield check(
            gate.name,
            "gate",
            "offline",
            gate,
            ("spec", "evaluation", "offline", "gates", index),
            slices=gate.slices or (),
        )
    for index, fairness in enumerate(offline.fairness):
        path: Path = ("spec", "evaluation", "offline", "fairness", index)
        yield check(fairness.name, "fairness", "offline", fairness, path, slices=((fairness.attribute,),))
    for index, robustness in enumerate(offline.robustness):
        yield check(
            robustness.name, "robustness", "offline", robustness, ("spec", "evaluation", "offline", "robustness", index)
        )
    for index, live in enumerate(spec.evaluation.shadow.gates if spec.evaluation.shadow else ()):
        yield check(live.name, "gate", "shadow", live, ("spec", "evaluation", "shadow", "gates", index))
    for index, live in enumerate(spec.evaluation.online.gates if spec.evaluation.online else ()):
        yield check(live.name, "gate", "online", live, ("spec", "evaluation", "online", "gates", index))
    for index, guard in enumerate(spec.rollout.guards):
        yield check(guard.name, "guard", "guard", guard, ("spec", "rollout", "guards", index), window=guard.window)
    for index, watched in enumerate(spec.monitoring.monitors if spec.monitoring else ()):
        if watched.kind == "concept":
            path = ("spec", "monitoring", "monitors", index)
            yield check(watched.name, "monitor", "monitor", watched, path, window=watched.window)


def stages(spec: LifecycleSpec) -> tuple[Stage, ...]:
    """The rollout's stretches in order: shadow, then the steps of the strategy."""
    found = []
    if spec.evaluation.shadow:
        duration = spec.evaluation.shadow.duration
        found.append(Stage("shadow", 0, duration, 2 * duration, ("spec", "evaluation", "shadow")))
    rollout = spec.rollout
    if rollout.strategy == "canary":
        for index, step in enumerate(rollout.steps):
            path: Path = ("spec", "rollout", "steps", index)
            found.append(Stage(step.name or "", step.weight, step.hold, step.timeout or 2 * step.hold, path))
    elif rollout.strategy == "abTest":
        found.append(Stage("abTest", rollout.weight, rollout.duration, 2 * rollout.duration, ("spec", "rollout")))
    else:
        found.append(Stage(rollout.strategy, 100, rollout.hold, 2 * rollout.hold, ("spec", "rollout")))
    return tuple(found)


def monitors(spec: LifecycleSpec) -> tuple[Monitor, ...]:
    """The monitors with what they watch."""
    found = []
    for index, monitor in enumerate(spec.monitoring.monitors if spec.monitoring else ()):
        watched: tuple[str, ...] = ()
        if monitor.kind == "data":
            watched = monitor.features or _logged_features(spec)
        path: Path = ("spec", "monitoring", "monitors", index)
        found.append(
            Monitor(monitor.name, monitor.kind, monitor.window, monitor.every or monitor.window, watched, path)
        )
    return tuple(found)


def _logged_features(spec: LifecycleSpec) -> tuple[str, ...]:
    logged = spec.monitoring.predictions.columns if spec.monitoring else None
    return tuple(feature.name for feature in spec.features if logged is None or feature.name in logged)
