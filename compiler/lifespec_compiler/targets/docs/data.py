"""What the model learns from: sources with their contracts, labels, splits, features, and how it is trained."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lifespec_compiler.plan import Plan
from lifespec_schema.values.written import duration, share

from .markdown import code, codes, facts, section, table, text
from .words import number, spaced

if TYPE_CHECKING:
    from lifespec_schema.spec.data import Agreement, Data
    from lifespec_schema.spec.sources import QualityRule, SchemaColumn, Snapshot, Source

BOUNDS = (
    ("must_be", "exactly"),
    ("must_not_be", "anything but"),
    ("must_be_greater_than", "above"),
    ("must_be_greater_or_equal_to", "at least"),
    ("must_be_less_than", "below"),
    ("must_be_less_or_equal_to", "at most"),
    ("must_be_between", "between"),
    ("must_not_be_between", "not between"),
)


def training(plan: Plan) -> list[str]:
    """Everything that a training takes, and how the winner is chosen."""
    spec = plan.spec
    return [
        *(block for source in spec.data.sources for block in _source(source, plan)),
        *section("Labels and splits", _labels(spec.data), level=3),
        *section("Features", _features(plan), level=3),
        *section("Training", _candidates(plan), level=3),
    ]


def _source(source: Source, plan: Plan) -> list[str]:
    told = facts(
        rows=text(source.description) if source.description else None,
        place=code(source.uri) if source.uri else None,
        format=source.format,
        snapshot=_snapshot(source.snapshot) if source.snapshot else None,
        joined=_joined(source, plan),
        newest_row=f"at most {duration(source.freshness)} old" if source.freshness else None,
        volume=f"at least {number(source.volume.min_rows)} rows" if source.volume else None,
        kept_for=duration(source.retention) if source.retention else None,
        regulations=", ".join(map(text, source.regulations)),
    )
    columns = table(("column", "type", "class", "known after", "meaning"), map(_column, source.schema_))
    rules = table(("rule", "column", "must be", "severity", "dimension"), map(_rule, source.quality))
    outliers = table(
        ("outliers of", "method", "factor", "action"),
        ((code(rule.column), rule.method, number(rule.factor or 0), rule.action) for rule in source.outliers),
    )
    return section(f"Source {code(source.name)}", told, columns, rules, outliers, level=3)


def _joined(source: Source, plan: Plan) -> str | None:
    """How the source's rows meet those of another one."""
    join = next((join for join in plan.joins if join.source == source.name), None)
    if join is None:
        return None
    pairs = (f"{code(theirs.name)} = {code(ours.name)}" for theirs, ours in join.columns)
    return f"at most one row completes each row of {code(join.to)}, where {' and '.join(pairs)}"


def _snapshot(snapshot: Snapshot) -> str:
    if snapshot.by == "partition":
        return f"all partitions up to a value of {code(snapshot.column)}"
    return "by the files' digests" if snapshot.by == "files" else "by the table's version"


def _column(column: SchemaColumn) -> tuple[str, ...]:
    return (
        code(column.name),
        column.logical_type,
        column.classification or "",
        duration(column.available_after) if column.available_after else "",
        text(column.description) if column.description else "",
    )


def _rule(rule: QualityRule) -> tuple[str, ...]:
    dimension = text(rule.dimension) if rule.dimension else ""
    return (code(rule.name), code(rule.column) if rule.column else "", _bound(rule), rule.severity, dimension)


def _bound(rule: QualityRule) -> str:
    unit = "%" if rule.unit == "percent" else " rows"
    for field, words in BOUNDS:
        value = getattr(rule, field)
        if value is not None:
            values = value if isinstance(value, (list, tuple)) else (value,)
            shown = " and ".join(number(each) if isinstance(each, (int, float)) else text(each) for each in values)
            return f"{words} {shown}{unit}"
    return ""


def _labels(data: Data) -> list[str]:
    labels, splits, ready = data.labels, data.splits, data.readiness
    delay = labels.delay
    half = f", half of them after {duration(delay.p50)}" if delay and delay.p50 else ""
    agreement = labels.agreement
    asked = []
    if ready:
        asked += [f"{number(ready.min_labeled_rows)} labelled rows"] if ready.min_labeled_rows else []
        asked += [f"{share(ready.min_positive_share)} positives"] if ready.min_positive_share is not None else []
        asked += _at_most("missing values", ready.max_missing_share)
        asked += _at_most("duplicates", ready.max_duplicate_share)
    return facts(
        label=f"{code(labels.column)}, {labels.method}",
        known=f"95% of the labels after {duration(delay.p95)}{half}" if delay else "at once",
        labelled_share=f"{share(labels.share)} of the predictions ever get a label" if labels.share else None,
        base_rate=f"{share(labels.base_rate)} positives" if labels.base_rate else None,
        agreement_of_raters=_agreement(agreement) if agreement else None,
        splits=_splits(data) if splits else None,
        asked_before_training=", ".join(asked),
    )


def _agreement(agreement: Agreement) -> str:
    raters = f", each two of {codes(agreement.raters)}" if agreement.raters else ""
    return f"{agreement.metric} at least {number(float(agreement.min))}{raters}"


def _at_most(what: str, limit: float | None) -> list[str]:
    return [f"at most {share(limit)} {what}"] if limit is not None else []


def _splits(data: Data) -> str:
    splits = data.splits
    if splits is None:
        return ""
    how = "" if splits.strategy == "random" else f" by {code(splits.column)}"
    shares = f"{share(splits.train)} train, {share(splits.validation)} validation, {share(splits.test)} test"
    return f"{splits.strategy}{how}: {shares}"


def _features(plan: Plan) -> list[str]:
    return table(
        ("feature", "column", "transform", "served from", "hypothesis"),
        (
            (
                code(feature.name),
                code(feature.column),
                spaced(feature.transform.kind) if feature.transform and feature.transform.kind != "none" else "",
                code(feature.online.source) if feature.online else "",
                text(feature.hypothesis) if feature.hypothesis else "",
            )
            for feature in plan.spec.features
        ),
    )


def _candidates(plan: Plan) -> list[str]:
    experiments = plan.spec.experiments
    rows = (
        (
            code(candidate.name),
            code(candidate.image),
            f"{number(candidate.search.trials)} trials, {candidate.search.method}" if candidate.search else "one trial",
            text(candidate.hypothesis) if candidate.hypothesis else "",
        )
        for candidate in experiments.candidates
    )
    return [
        *table(("candidate", "image", "search", "hypothesis"), rows),
        *facts(winner=" ".join(_selection(plan)), held_against=codes(item.name for item in experiments.baselines)),
    ]


def _selection(plan: Plan) -> Iterator[str]:
    select = plan.spec.experiments.select
    if select is None:
        return
    yield f"the best {code(select.metric)}"
    if select.cross_validation:
        yield f"over {select.cross_validation.folds} folds of the training split"
    elif select.split:
        yield f"on the {select.split} split"
