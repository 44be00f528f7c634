"""Alerts about rollouts, and about the agent that moves them."""

from __future__ import annotations

from collections.abc import Iterator

from lifespec_compiler.plan import Plan
from lifespec_compiler.series import (
    CANDIDATE_WEIGHT,
    CHECK_VERDICT,
    ENDED_PHASES,
    ERROR,
    HELD,
    LIVE_PHASES,
    RECONCILED,
    ROLLBACKS,
    ROLLOUT_PHASE,
)
from lifespec_compiler.targets.landed import AGENT, LANDED_COMMANDS
from lifespec_schema.findings import Path
from lifespec_schema.values.written import duration

from . import kinds
from .alert import Alert
from .promql import BY, newest, number, selector
from .templates import AGE, Live

SILENT = 600
"""Seconds after which an agent that has not looked at a lifecycle counts as stuck: it looks every minute."""

ROLLOUT: Path = ("spec", "rollout")


def alerts(plan: Plan) -> Iterator[Alert]:
    """What needs a person: a rollout that waits, was undone, or goes on unwatched; an agent that does not work."""
    yield _held(plan)
    yield _bootstrap_held(plan)
    yield _rolled_back(plan)
    yield _check_error(plan)
    yield _unguarded(plan)
    yield from _agent(plan)


def agent_runs(plan: Plan) -> bool:
    """Whether compiling installs an agent in the lifecycle's namespace."""
    platform = plan.spec.platform
    return AGENT in LANDED_COMMANDS and platform is not None and platform.agent_image is not None


def _held(plan: Plan) -> Alert:
    return Alert(
        kind=kinds.ROLLOUT_HELD,
        severity="ticket",
        expr=f"{newest(selector(plan, ROLLOUT_PHASE, phase=HELD), 'stream')} == 1",
        summary=("a rollout is held and waits for a person",),
        description=("Rollout ", Live("$labels.stream"), " cannot go on by itself; the traffic stays as it is."),
        path=ROLLOUT,
        wait=300,
    )


def _bootstrap_held(plan: Plan) -> Alert:
    held = newest(selector(plan, ROLLOUT_PHASE, phase=HELD), "stream")
    everything = f"{newest(selector(plan, CANDIDATE_WEIGHT))} == 100"
    return Alert(
        kind=kinds.BOOTSTRAP_HELD,
        severity="page",
        expr=f"{held} == 1 and on ({', '.join(BY)}) {everything}",
        summary=("a failing candidate answers every request, and there is nothing to go back to",),
        description=("Rollout ", Live("$labels.stream"), " is held with all of the traffic on its candidate."),
        path=("spec", "evaluation", "bootstrap"),
    )


def _rolled_back(plan: Plan) -> Alert:
    counted = selector(plan, ROLLBACKS)
    # A counter's first appearance is no increase, so a cause that was not there an hour ago counts too.
    risen = newest(f"increase({counted}[1h])", "cause")
    new = f"{newest(counted, 'cause')} unless {newest(f'{counted} offset 1h', 'cause')}"
    return Alert(
        kind=kinds.ROLLED_BACK,
        severity="ticket",
        expr=f"{risen} > 0 or ({new}) > 0",
        summary=("a rollout was rolled back by ", Live("$labels.cause")),
        description=("The candidate failed while it had live traffic; stable answers every request again.",),
        path=ROLLOUT,
    )


def _check_error(plan: Plan) -> Alert:
    return Alert(
        kind=kinds.CHECK_ERROR,
        severity="ticket",
        expr=f"{newest(selector(plan, CHECK_VERDICT, verdict=ERROR), 'stream', 'check')} == 1",
        summary=("check ", Live("$labels.check"), " cannot be made"),
        description=("It has ended in an error for half an hour. Nothing is promoted while a check is in error.",),
        path=("spec", "evaluation"),
        wait=1800,
    )


def _unguarded(plan: Plan) -> Alert:
    live, held, ended = (_was_in(plan, phases) for phases in (LIVE_PHASES, (HELD,), ENDED_PHASES))
    share = newest(f"last_over_time({selector(plan, CANDIDATE_WEIGHT)}[1d])")
    began = f"{live} or {held} and on ({', '.join(BY)}) {share} > 0"
    looks = f"time() - {newest(selector(plan, RECONCILED))} < {SILENT}"
    return Alert(
        kind=kinds.ROLLOUT_UNGUARDED,
        severity="page",
        expr=f"(({began}) unless {ended}) unless on ({', '.join(BY)}) ({looks})",
        summary=("a candidate has live traffic, and no agent watches it",),
        description=("Rollout ", Live("$labels.stream"), " is open, but nothing would roll it back if it did harm."),
        path=ROLLOUT,
        wait=300,
    )


def _was_in(plan: Plan, phases: tuple[str, ...]) -> str:
    """The rollouts that were in one of the phases when they were last seen, within a day."""
    seen = selector(plan, ROLLOUT_PHASE, **{"phase~": "|".join(f"{phase}.*" for phase in phases)})
    return f"({newest(f'last_over_time({seen}[1d])', 'stream')} == 1)"


def _agent(plan: Plan) -> Iterator[Alert]:
    looked = newest(selector(plan, RECONCILED))
    yield Alert(
        kind=kinds.AGENT_NOT_RECONCILING,
        severity="ticket",
        expr=f"time() - {looked} > {number(SILENT)}",
        summary=("the agent has not looked at the lifecycle for ", AGE),
        description=("It runs and is scraped, but does not reconcile: no trigger, rollout or request is acted on.",),
        path=("metadata", "name"),
        wait=300,
    )
    if agent_runs(plan):
        yield Alert(
            kind=kinds.AGENT_ABSENT,
            severity="ticket",
            expr=f"absent({selector(plan, RECONCILED)})",
            summary=("no agent reports on the lifecycle",),
            description=(
                f"For {duration(SILENT)} no agent of the namespace {plan.namespace} has been scraped that knows it:",
                " no trigger, rollout or request is acted on.",
            ),
            path=("metadata", "name"),
            wait=SILENT,
        )
