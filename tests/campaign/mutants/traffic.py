"""Mistakes with traffic and with what serves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lifespec_compiler.engine import carrying_out, leaving, progress
from lifespec_compiler.engine.case import Case, Direct, Record, Remove, Step
from lifespec_compiler.engine.observation import Route
from lifespec_compiler.engine.values import Position

from .mutant import Mutant

Original = Callable[[Case], Any]


def _phase(case: Case) -> str | None:
    return case.rollout.position.phase if case.rollout else None


def _routed(change: Callable[[Case, Route], Route]) -> Callable[[Any], Any]:
    def mistake(original: Callable[[Case], Route]) -> Callable[[Case], Route]:
        return lambda case: change(case, original(case))

    return mistake


def _kept(case: Case, wanted: Route) -> Route:
    if _phase(case) == "RollingBack" and case.seen.route.weight:
        return case.seen.route._replace(sequence=wanted.sequence)
    return wanted


def _raised(case: Case, wanted: Route) -> Route:
    rollout, route = case.rollout, case.seen.route
    if rollout and _phase(case) == "RollingBack" and 0 < route.weight < 100 and wanted.stable is not None:
        return wanted._replace(candidate=rollout.revision, weight=100)
    return wanted


def _negative(case: Case, wanted: Route) -> Route:
    return wanted._replace(weight=wanted.weight - 20) if _phase(case) == "Canary" else wanted


def _unrouted(_case: Case, wanted: Route) -> Route:
    return wanted._replace(stable=None) if wanted.weight == 50 else wanted


def _live_shadow(_case: Case, wanted: Route) -> Route:
    return wanted._replace(weight=wanted.mirror) if wanted.mirror else wanted


def _next_step_early(case: Case, wanted: Route) -> Route:
    rollout = case.rollout
    if rollout and rollout.position.phase == "Canary" and case.now - case.seen.route.since > 600:
        return wanted._replace(weight=min(100, wanted.weight * 2))
    return wanted


def _stable_removed(original: Original) -> Original:
    def carry_out(case: Case) -> Step | None:
        stable, route = case.history.stable, case.seen.route
        if _phase(case) == "Promoting" and route.weight == 100 and stable in case.seen.servers and stable:
            return Remove(stable)
        found: Step | None = original(case)
        return found

    return carry_out


def _candidate_removed_first(original: Original) -> Original:
    """Scaled down before its traffic is taken away."""

    def lower(case: Case) -> Step | None:
        rollout = case.rollout
        if rollout and _phase(case) == "RollingBack" and rollout.revision in case.seen.servers:
            return Remove(rollout.revision)
        found: Step | None = original(case)
        return found

    return lower


def _unready(_original: Any) -> Any:
    return lambda _route: []


def _restored(_original: Any) -> Any:
    return lambda _case, _wanted: None


def _not_lowered(original: Original) -> Original:
    """A weight that somebody raised is left, as long as the rollout goes on."""
    return lambda case: None if _phase(case) == "Canary" else original(case)


def _promoted_unverified(original: Any) -> Any:
    def advance(case: Case, plan: Any, rollout: Any, causes: Any) -> Step:
        found: Step = original(case, plan, rollout, causes)
        if isinstance(found, Record) and found.entry.to and found.entry.to.phase == "Promoting":
            done = Position("Done", weight=100)
            return Record(found.entry._replace(kind="finish", to=done))
        return found

    return advance


def _acts_first(original: Original) -> Original:
    """The route is raised, and then it is recorded."""

    def go_on(case: Case) -> Step | None:
        found: Step | None = original(case)
        to = found.entry.to if isinstance(found, Record) and found.entry.kind == "advance" else None
        rollout, route = case.rollout, case.seen.route
        ready = rollout is not None and case.seen.servers.get(rollout.revision) == "ready"
        if to is not None and rollout and ready and route.weight < to.weight and case.history.stable:
            return Direct(Route(case.history.stable, rollout.revision, to.weight, 0, rollout.sequence, case.now))
        return found

    return go_on


def _outage(_original: Any) -> Any:
    return lambda _case: False


def _let_go_at_once(original: Original) -> Original:
    def adopt(case: Case) -> Step | None:
        if case.seen.deleting:
            from lifespec_compiler.engine.case import LetGo

            return LetGo(case.seen.uid)
        found: Step | None = original(case)
        return found

    return adopt


def _never_let_go(_original: Any) -> Any:
    return lambda _case: None


MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "abort-keeps-weight",
        "argo-rollouts#4841",
        "a rollback is decided, and the candidate keeps its traffic",
        ((carrying_out, "_wanted", _routed(_kept)),),
    ),
    Mutant(
        "abort-raises-weight",
        "argo-rollouts PR#1794 (#1665)",
        "while it rolls back the candidate gets all traffic",
        ((carrying_out, "_wanted", _routed(_raised)),),
    ),
    Mutant(
        "negative-weight",
        "argo-rollouts PR#3467 (#3470)",
        "a weight is computed below 0",
        ((carrying_out, "_wanted", _routed(_negative)),),
    ),
    Mutant(
        "stable-unrouted",
        "argo-rollouts#4390",
        "stable is taken off the route at half of the traffic",
        ((carrying_out, "_wanted", _routed(_unrouted)),),
    ),
    Mutant(
        "stable-removed-early",
        "argo-rollouts#2050, #2235, #3372",
        "stable is deleted before the promotion is verified",
        ((carrying_out, "carry_out", _stable_removed),),
    ),
    Mutant(
        "traffic-before-pods",
        "argo-rollouts PR#4612",
        "a candidate gets traffic that its servers are not there for",
        ((carrying_out, "_routed", _unready),),
    ),
    Mutant(
        "scaled-down-under-traffic",
        "invariant S4",
        "an aborted candidate is deleted before its traffic is taken away",
        ((carrying_out, "lower", _candidate_removed_first),),
    ),
    Mutant(
        "others-raise-stands",
        "fault matrix F19",
        "a weight that somebody else raised is not lowered",
        ((carrying_out, "lower", _not_lowered), (carrying_out, "_same", lambda _: lambda *_: True)),
    ),
    Mutant(
        "lowered-is-restored",
        "cert-manager#5074",
        "a weight that somebody else lowered is fought over",
        ((carrying_out, "_lowered_by_others", _restored),),
    ),
    Mutant(
        "shadow-is-live",
        "invariant S1",
        "mirrored traffic is answered by the candidate",
        ((carrying_out, "_wanted", _routed(_live_shadow)),),
    ),
    Mutant(
        "step-skips-its-verdict",
        "invariant S1",
        "the weight is raised while the step is not over",
        ((carrying_out, "_wanted", _routed(_next_step_early)),),
    ),
    Mutant(
        "promoted-unverified",
        "invariant S4",
        "it is Done before all traffic goes there",
        ((progress, "_advance", _promoted_unverified),),
    ),
    Mutant(
        "acts-before-it-records",
        "Sieve: intermediate states (11 of 46)",
        "the route is raised first, and then it is recorded",
        ((progress, "progress", _acts_first),),
    ),
    Mutant(
        "deletion-is-an-outage",
        "flagger#686, #853, #1550",
        "deleting the lifecycle takes stable away",
        ((leaving, "keeps", _outage), (leaving, "_is_left", _outage)),
    ),
    Mutant(
        "deletion-leaves-the-candidate",
        "invariant L6",
        "the finalizer goes before the candidate does",
        ((leaving, "adopt", _let_go_at_once),),
    ),
    Mutant(
        "deletion-never-ends", "flagger#1562", "the finalizer stays for ever", ((leaving, "let_go", _never_let_go),)
    ),
)
