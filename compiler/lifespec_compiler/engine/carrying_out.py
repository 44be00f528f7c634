"""What was decided is carried out, one thing at a time.

Traffic is lowered first and raised last, and nothing that serves is removed.
"""

from __future__ import annotations

from .case import Case, Deploy, Direct, Record, Remove, Step, Stop, Unpin
from .observation import Route
from .stages import patience, stage_of
from .state import Rollout
from .values import SERVING, Position, Revision


def lower(case: Case) -> Step | None:
    """Less traffic for the candidate than it has, where it has more than was decided."""
    route, stable = case.seen.route, case.history.stable
    if route.candidate is None or stable is None or route.candidate == stable:
        return None  # nothing else can answer, or it was promoted: the route is turned over, not down
    wanted = _wanted(case)
    allowed = wanted.weight if route.candidate == wanted.candidate else 0
    if route.weight > allowed or route.candidate != wanted.candidate:
        return Direct(Route(stable, None, 0, 0, _sequence(case), case.now))
    return None


def carry_out(case: Case) -> Step | None:
    """The next effect that makes the world what was decided."""
    wanted, route, servers = _wanted(case), case.seen.route, case.seen.servers
    needed = [revision for revision in (wanted.stable, wanted.candidate) if revision is not None]
    for revision in needed:
        if revision not in servers and revision not in case.seen.refused and not _cannot_be_had(case, revision):
            return Deploy(revision)
    lowered = _lowered_by_others(case, wanted)
    if lowered is not None:
        return lowered
    decided = case.rollout is not None and route.sequence != wanted.sequence
    if (decided or not _same(route, wanted)) and _can_answer(case, wanted):
        return Direct(wanted)
    jobs = _jobs(case)
    if jobs is not None:
        return jobs
    routed = {route.stable, route.candidate}
    for revision in sorted(servers):
        if revision not in needed and revision not in routed and revision != case.history.stable:
            return Remove(revision)
    return None


def _jobs(case: Case) -> Stop | Unpin | None:
    """Trainings that nobody wants are stopped; no Job may vanish before the ledger says that it was there."""
    run = case.history.run
    for name, state in case.seen.jobs.items():
        if state == "running" and (run is None or run.id != name):
            return Stop(name)
    for name in sorted(case.seen.pinned):
        if run is None or run.id != name or run.phase != "Queued":
            return Unpin(name)
    return None


def _can_answer(case: Case, wanted: Route) -> bool:
    """Whether a route leads to servers that are ready; or to stable's, where the one that stands leads to none."""
    servers, stands = case.seen.servers, case.seen.route
    if all(servers.get(each) == "ready" for each in _routed(wanted)):
        return True
    nothing = all(servers.get(each) != "ready" for each in _routed(stands))
    return nothing and wanted.candidate is None and wanted.stable in servers


def _same(route: Route, wanted: Route) -> bool:
    return route[:4] == wanted[:4] and route.fallback == wanted.fallback


def _wanted(case: Case) -> Route:
    """The route that the ledger asks for."""
    stable, rollout = case.history.stable, case.rollout
    constant = _constant(case) if stable is None else None
    if rollout is None:
        return Route(stable, None, 0, 0, _sequence(case), case.now, constant)
    position = rollout.position
    place = rollout.held_from if position.phase == "Held" and rollout.held_from else position
    if rollout.first and place.phase == "Offline" and case.seen.route.candidate in case.seen.servers:
        return case.seen.route  # what serves is all there is: it goes on until another revision takes over
    if place.phase not in SERVING or (rollout.failing and constant is not None):
        return Route(stable, None, 0, 0, rollout.sequence, case.now, constant)
    plan = case.policy or case.plan
    shadow = plan.spec.evaluation.shadow
    mirror = shadow.mirror if place.phase == "Shadow" and shadow else 0
    return Route(stable, rollout.revision, position.weight, mirror, rollout.sequence, case.now)


def _cannot_be_had(case: Case, revision: Revision) -> bool:
    """Whether the candidate's servers were asked for in vain as long as its stage may take."""
    rollout = case.rollout
    if rollout is None or revision != rollout.revision:
        return False
    plan = case.policy or case.plan
    return case.now - rollout.since >= patience(plan, rollout, stage_of(plan, rollout))


def _constant(case: Case) -> str | None:
    """The constant that answers where no revision does; None where the spec has none."""
    fallback = getattr(case.plan.spec.serving, "fallback", None)
    return fallback.response if fallback is not None and fallback.kind == "constant" else None


def _sequence(case: Case) -> int:
    return case.rollout.sequence if case.rollout else case.history.sequence


def _routed(route: Route) -> list[Revision]:
    found = [route.candidate] if route.candidate and (route.weight or route.mirror) else []
    return [*found, route.stable] if route.stable and route.weight < 100 else found


def _lowered_by_others(case: Case, wanted: Route) -> Record | None:
    """A weight below the recorded one, after it was carried out, is never restored without a new decision."""
    rollout, route = case.rollout, case.seen.route
    if (
        rollout is None
        or rollout.position.phase not in ("Canary", "Promoting", "Held")
        or route.sequence != rollout.sequence
    ):
        return None
    return _held(case, rollout, route) if route.weight < wanted.weight else None


def _held(case: Case, rollout: Rollout, route: Route) -> Record:
    held = Position("Held", rollout.position.step, max(0, route.weight))
    return case.move("hold", held, reason="somebody else lowered the candidate's traffic")
