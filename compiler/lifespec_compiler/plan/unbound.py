"""References that lead nowhere: columns, metrics, parameters and baselines that nothing has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lifespec_schema.catalog import METRICS, suggest
from lifespec_schema.findings import Path
from lifespec_schema.forms import Problem
from lifespec_schema.loader import show_value
from lifespec_schema.values.form import did_you_mean

from .model import Check, Column, find_column
from .references import metric

if TYPE_CHECKING:
    from lifespec_schema.spec.lifecycle import LifecycleSpec


def unbound(spec: LifecycleSpec, known: tuple[Column, ...], checks: tuple[Check, ...]) -> list[Problem]:
    """Every reference of a spec that leads nowhere, or to more than one thing."""
    return [
        *_columns(spec, known),
        *_strange_raters(spec, known),
        *_metrics(spec, checks),
        *_baselines(spec, checks),
    ]


def _columns(spec: LifecycleSpec, known: tuple[Column, ...]) -> Iterator[Problem]:
    references: list[tuple[Path, str]] = [(("spec", "data", "labels", "column"), spec.data.labels.column)]
    if spec.data.splits and spec.data.splits.strategy != "random":
        references.append((("spec", "data", "splits", "column"), spec.data.splits.column))
    if spec.objective.query:
        references.append((("spec", "objective", "query"), spec.objective.query))
    references += _raters(spec)
    references += [
        (("spec", "features", index, "column"), feature.column) for index, feature in enumerate(spec.features)
    ]
    for path, reference in references:
        found = [column for column in known if reference in (column.reference, column.name)]
        if not found:
            names = [column.name for column in known] + [column.reference for column in known]
            yield Problem(
                "unknown-column",
                path,
                f"no source has a column `{reference}`",
                f"{did_you_mean(reference, names)}sources: {', '.join(source.name for source in spec.data.sources)}",
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
                help_text = f"{did_you_mean(name, names)}its columns: {', '.join(names)}"
                yield Problem("unknown-column", path, f"`{source.name}` has no column `{name}`", help_text)


def _raters(spec: LifecycleSpec) -> list[tuple[Path, str]]:
    agreement = spec.data.labels.agreement
    raters = (agreement.raters or ()) if agreement else ()
    return [(("spec", "data", "labels", "agreement", "raters", index), rater) for index, rater in enumerate(raters)]


def _strange_raters(spec: LifecycleSpec, known: tuple[Column, ...]) -> Iterator[Problem]:
    """Raters whose labels do not stand beside those of the first, row by row, in values that can be equal."""
    found = [(path, find_column(known, rater)) for path, rater in _raters(spec)]
    first = found[0][1] if found else None
    for path, column in found:
        if column is not None and column.logical_type in ("object", "array", "map", "vector"):
            message = f"`{column.reference}` is {column.logical_type}, which names no class"
            yield Problem("incomparable-raters", path, message, "name columns with one label each")
    for path, column in found[1:]:
        if first is None or column is None:
            continue
        if column == first:
            message = f"`{column.reference}` is the first rater too, who would agree with themselves"
            yield Problem("incomparable-raters", path, message, "name another rater's column")
        elif column.source != first.source:
            message = f"`{column.reference}` and `{first.reference}` are of different sources, so no row has both"
            yield Problem("incomparable-raters", path, message, f"name columns of `{first.source}`")
        elif column.logical_type != first.logical_type:
            message = (
                f"`{column.reference}` is {column.logical_type}, and `{first.reference}` is {first.logical_type}: "
                "they are never equal"
            )
            yield Problem("incomparable-raters", path, message, "name columns of one type")


def _metrics(spec: LifecycleSpec, checks: tuple[Check, ...]) -> Iterator[Problem]:
    named: list[tuple[Path, str]] = [((*check.path, "metric"), check.metric_name) for check in checks]
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
                f"there is no metric `{show_value(name)}`",
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


def _baselines(spec: LifecycleSpec, checks: tuple[Check, ...]) -> Iterator[Problem]:
    names = [baseline.name or baseline.kind for baseline in spec.experiments.baselines]
    for check in checks:
        if check.against is not None and check.against not in ("stable", *names):
            known = ", ".join(("stable", *names))
            yield Problem(
                "unknown-baseline",
                (*check.path, "against"),
                f"there is no baseline `{check.against}`",
                f"{did_you_mean(check.against, names)}known: {known}",
            )
        elif check.against not in (None, "stable") and check.tier not in ("offline", "monitor"):
            yield Problem(
                "unknown-baseline",
                (*check.path, "against"),
                "a baseline has no live traffic to compare with",
                "live checks compare with `stable`",
            )
