"""Alerts about age: of the model that serves, and of the data that it learns from."""

from __future__ import annotations

from collections.abc import Iterator

from lifespec_compiler.plan import Plan
from lifespec_compiler.schedules import longest_gap
from lifespec_compiler.series import RECONCILED, SOURCE_NEWEST, STABLE_SINCE
from lifespec_schema.values.written import duration

from . import kinds
from .alert import Alert
from .monitors import overdue
from .promql import BY, newest, number, selector
from .templates import AGE

DAY = 86400


def alerts(plan: Plan) -> Iterator[Alert]:
    """The model is older than its schedules allow, or a source's newest data older than its freshness."""
    yield from _model(plan)
    yield from _data(plan)


def _model(plan: Plan) -> Iterator[Alert]:
    """Only schedules say how old a model may become: all other triggers may rightly stay silent."""
    retraining, platform = plan.spec.retraining, plan.spec.platform
    if retraining is None or (platform and not platform.retrains_here):
        return
    gaps = [
        (longest_gap(trigger.schedule), index)
        for index, trigger in enumerate(retraining.triggers)
        if trigger.kind == "schedule"
    ]
    gap, index = min(gaps, default=(0, 0))
    if not gap:
        return
    on_the_way = sum(stage.timeout for stage in plan.stages)
    newest_model = newest(selector(plan, STABLE_SINCE))
    yield Alert(
        kind=kinds.MODEL_STALE,
        severity="ticket",
        expr=f"time() - {newest_model} > {number(2 * gap + on_the_way)}",
        summary=("the model that serves was trained ", AGE, " ago"),
        description=(
            f"Two retrainings in a row have brought no new model: they are at most {duration(gap)} apart,",
            f" and a rollout takes at most {duration(on_the_way)}.",
        ),
        path=("spec", "retraining", "triggers", index),
    )


def _data(plan: Plan) -> Iterator[Alert]:
    fresh = [source.freshness for source in plan.spec.data.sources if source.freshness]
    checked_every = min([DAY, *fresh])
    for index, source in enumerate(plan.spec.data.sources):
        if source.freshness is None:
            continue
        path = ("spec", "data", "sources", index, "freshness")
        age = newest(selector(plan, SOURCE_NEWEST, source=source.name), "source")
        yield Alert(
            kind=kinds.DATA_STALE,
            severity="ticket",
            expr=f"time() - {age} > {number(source.freshness)}",
            summary=(f"the newest data of source {source.name} is ", AGE, " old"),
            description=(f"Its contract promises data no older than {duration(source.freshness)}.",),
            path=path,
            about={"source": source.name},
        )
        patience = overdue(checked_every)
        yield Alert(
            kind=kinds.DATA_AGE_ABSENT,
            severity="ticket",
            expr=f"{newest(selector(plan, RECONCILED))} unless on ({', '.join(BY)}) {age}",
            summary=(f"nobody knows how old the data of source {source.name} is",),
            description=(f"The agent runs, but for {duration(patience)} no check of the data has told the age.",),
            path=path,
            about={"source": source.name},
            wait=patience,
        )
