"""References bound: columns, features, metrics, checks, stages and monitors, and what leads nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lifespec_schema.catalog import METRICS, suggest
from lifespec_schema.findings import Path
from lifespec_schema.forms import Problem, filled_value

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


def problems(spec: LifecycleSpec, known: tuple[Column, ...]) -> list[Problem]:
    """References that lead nowhere and names that are taken twice."""
    return [*_columns(spec, known), *_metrics(spec), *_baselines(spec), *_twice(spec)]


def _columns(spec: LifecycleSpec, known: tuple[Column, ...]) -> Iterator[Problem]:
    references: list[tuple[Path, str]] = [(("spec", "data", "labels", "column"), spec.data.labels.column)]
    if spec.data.splits and spec.data.splits.strategy != "random":
        references.append((("spec", "data", "splits", "column"), spec.data.splits.column))
    references += [
        (("spec", "features", index, "column"), feature.column) for index, feature in enumerate(spec.features)
    ]
    for path, reference in references:
        found = [column for column in known if reference in (column.reference, column.name)]
        if not found:
            close = _close(reference, [column.name for column in known] + [column.reference for column in known])
            yield Problem(
                "unknown-column",
                path,
                f"no source has a column `{reference}`",
                close or f"sources: {', '.join(source.name for source in spec.data.sources)}",
            )
        elif find_column(known, reference) is None:
            choices = " or ".join(f"`{column.reference}`" for column in found)
            yield Problem("ambiguous-column", path, f"several sources have a column `{reference}`", f"write {choices}")
    for index, source in enumerate(spec.data.sources):
        names = [column.name for column in source.schema_]
        inner: list[tuple[Path, str | None]] = [
            ((*("quality", place), "column"), rule.column) for place, rule in enumerate(source.quality)
        ]
        inner += [(("outliers", place, "column"), rule.column) for place, rule in enumerate(source.outliers)]
        if source.snapshot and source.snapshot.by == "partition":
            inner.append((("snapshot", "column"), source.snapshot.column))
        for tail, name in inner:
            if name is not None and name not in names:
                path = ("spec", "data", "sources", index, *tail)
                yield Problem("unknown-column", path, f"`{source.name}` has no column `{name}`", _close(name, names))


def _metrics(spec: LifecycleSpec) -> Iterator[Problem]:
    named: list[tuple[Path, str]] = [((*check.path, "metric"), check.metric_name) for check in _checks(spec)]
    if spec.experiments.select:
        named.append((("spec", "experiments", "select", "metric"), spec.experiments.select.metric))
    if spec.objective.decision_threshold and spec.objective.decision_threshold.kind == "tuned":
        named.append((("spec", "objective", "decisionThreshold", "tune"), spec.objective.decision_threshold.tune))
    for index, baseline in enumerate(spec.experiments.baselines):
        if baseline.kind == "human":
            named += [(("spec", "experiments", "baselines", index, "values", name), name) for name in baseline.values]
    for index, own in enumerate(spec.metrics):
        if own.name in METRICS:
            yield Problem(
                "duplicate-name",
                ("spec", "metrics", index, "name"),
                f"`{own.name}` is a metric of the catalog",
                "choose another name",
            )
        if own.kind == "parameterised":
            yield from _parameters(own, index)
    for path, name in named:
        if metric(spec, name) is None:
            close = suggest(name)
            hint = f"did you mean `{close}`? " if close else ""
            yield Problem(
                "unknown-metric",
                path,
                f"there is no metric `{name}`",
                f"{hint}`lifespec metrics` lists them; `spec.metrics` may add your own",
            )


def _parameters(own: Any, index: int) -> Iterator[Problem]:
    base = METRICS.get(own.base)
    if base is None:
        close = suggest(own.base)
        yield Problem(
            "unknown-metric",
            ("spec", "metrics", index, "base"),
            f"there is no metric `{own.base}`",
            f"did you mean `{close}`?" if close else "`lifespec metrics` lists them",
        )
        return
    for name in ("beta", "k", "averaging", "seasonality", "bins"):
        value = getattr(own, name)
        if value is None:
            continue
        parameter = base.parameter(name)
        allowed = ", ".join(f"`{known.name}`" for known in base.parameters) or "none"
        if parameter is None:
            yield Problem(
                "no-such-parameter",
                ("spec", "metrics", index, name),
                f"`{base.id}` has no parameter `{name}`",
                f"its parameters: {allowed}",
            )
        elif not parameter.allows(value):
            yield Problem(
                "no-such-parameter",
                ("spec", "metrics", index, name),
                f"`{value}` is not a {name} of `{base.id}`",
                parameter.meaning,
            )


def _baselines(spec: LifecycleSpec) -> Iterator[Problem]:
    names = [baseline.name or baseline.kind for baseline in spec.experiments.baselines]
    for check in _checks(spec):
        if check.against is not None and check.against not in ("stable", *names):
            known = ", ".join(("stable", *names))
            yield Problem(
                "unknown-baseline",
                (*check.path, "against"),
                f"there is no baseline `{check.against}`",
                f"{_close(check.against, names)} known: {known}".strip(),
            )
        elif check.against not in (None, "stable") and check.tier != "offline":
            yield Problem(
                "unknown-baseline",
                (*check.path, "against"),
                "a baseline has no live traffic to compare with",
                "live checks compare with `stable`",
            )


def _twice(spec: LifecycleSpec) -> Iterator[Problem]:
    """Names are unique over the whole spec, because risks, alerts, triggers and waivers refer to names only."""
    named: list[tuple[Path, str]] = [(("spec", "metrics", index), own.name) for index, own in enumerate(spec.metrics)]
    named += [(("spec", "objective", "risks", index), risk.name) for index, risk in enumerate(spec.objective.risks)]
    named += [(("spec", "data", "sources", index), source.name) for index, source in enumerate(spec.data.sources)]
    named += [
        (("spec", "experiments", "baselines", index), item.name or item.kind)
        for index, item in enumerate(spec.experiments.baselines)
    ]
    named += [
        (("spec", "experiments", "candidates", index), item.name)
        for index, item in enumerate(spec.experiments.candidates)
    ]
    named += [(check.path, check.name) for check in _checks(spec)]
    named += [(stage.path, stage.name) for stage in stages(spec) if stage.path[-2:-1] == ("steps",)]
    named += [(monitor.path, monitor.name) for monitor in monitors(spec) if monitor.kind != "concept"]
    named += [
        (("spec", "monitoring", "slos", index), slo.name)
        for index, slo in enumerate(spec.monitoring.slos if spec.monitoring else ())
    ]
    triggers = spec.retraining.triggers if spec.retraining else ()
    named += [(("spec", "retraining", "triggers", index), trigger.name) for index, trigger in enumerate(triggers)]
    seen: dict[str, Path] = {}
    for path, name in named:
        if name in seen:
            where = ".".join(str(part) for part in seen[name])
            yield Problem(
                "duplicate-name",
                (*path, "name"),
                f"`{name}` is also the name of {where}",
                "names are unique over the whole spec; write `name:` to choose another",
            )
        seen.setdefault(name, path)
    for index, feature in enumerate(spec.features):
        if any(other.name == feature.name for other in spec.features[:index]):
            yield Problem(
                "duplicate-name",
                ("spec", "features", index, "name"),
                f"there are two features `{feature.name}`",
                "rename one of them",
            )
    for index, source in enumerate(spec.data.sources):
        names = [column.name for column in source.schema_]
        for place, name in enumerate(names):
            if name in names[:place]:
                path = ("spec", "data", "sources", index, "schema", place, "name")
                yield Problem("duplicate-name", path, f"`{source.name}` has two columns `{name}`", "rename one of them")


def _close(name: str, known: list[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, known, 1, 0.6)
    return f"did you mean `{close[0]}`?" if close else ""
