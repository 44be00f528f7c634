"""What was decided is carried out, one thing at a time.

Traffic is lowered first and raised last, and nothing that serves is removed.
"""

from __future__ import annotations

from collections.abc import Iterator

from .case import Case, Deploy, Direct, Record, Remove, Step, Stop, Unpin
from .leaving import keeps
from .observation import Route
from .state import Rollout
from .values import SERVING, Position, Revision


def lower(case: Case) -> Step | None:
    """Less traffic for the candidate than it has, where it has more than was decided."""
    route, stable = case.seen.route, case.history.stable
    if route.candidate is None or stable is None or route.candidate == stable:
        return None  # nothing else can answer, or it was promoted: the route is turned over, not down
    wanted = _wanted(case)
    if route.candidate != wanted.candidate:
        return Direct(Route(stable, None, 0, 0, _sequence(case), case.now), down=True)
    return Direct(wanted, down=True) if route.weight > wanted.weight else None


def carry_out(case: Case) -> Step | None:
    """The next effect that makes the traffic what was decided."""
    return case.untried(_carried_out(case))


def tidy(case: Case) -> Step | None:
    """The next thing that nobody needs any more: it keeps nothing else waiting."""
    return case.untried(_tidied(case))


def _carried_out(case: Case) -> Iterator[Step]:
    wanted, route = _wanted(case), case.seen.route
    for revision in (wanted.stable, wanted.candidate):
        if revision is not None and revision not in case.seen.servers:
            yield Deploy(revision)
    lowered = _lowered_by_others(case, wanted)
    if lowered is not None:
        yield lowered
    again = wanted.candidate is not None and route.sequence != wanted.sequence  # what is counted begins anew
    if (again or not _same(route, wanted)) and _can_answer(case, wanted):
        yield Direct(wanted)


def _tidied(case: Case) -> Iterator[Step]:
    wanted, route, run = _wanted(case), case.seen.route, case.history.run
    for name, state in case.seen.jobs.items():
        if state == "running" and (run is None or run.id != name):
            yield Stop(name)
    for name in sorted(case.seen.pinned):  # no Job may vanish before the ledger says that it was there
        if run is None or run.id != name or run.phase != "Queued":
            yield Unpin(name)
    needed = {wanted.stable, wanted.candidate, route.stable, route.candidate, case.history.stable}
    for revision in sorted(case.seen.servers):
        if revision not in needed:
            yield Remove(revision)


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
    if case.alone is not None and _is_kept(case, case.alone):
        return case.seen.route._replace(weight=min(100, case.seen.route.weight), mirror=0)
    if rollout is None:
        return Route(stable, None, 0, 0, _sequence(case), case.now, constant)
    position, place = rollout.position, rollout.held_from or rollout.position
    if place.phase not in SERVING or (rollout.failing and constant is not None):
        return Route(stable, None, 0, 0, rollout.sequence, case.now, constant)
    plan = case.policy or case.plan
    shadow = plan.spec.evaluation.shadow
    mirror = shadow.mirror if place.phase == "Shadow" and shadow else 0
    return Route(stable, rollout.revision, position.weight, mirror, rollout.sequence, case.now)


def _is_kept(case: Case, alone: Revision) -> bool:
    """Whether the only thing that serves goes on as it is: until another revision takes over, or it is taken back."""
    rollout = case.rollout
    if rollout is None:
        return keeps(case) or not case.seen.deleting
    place = rollout.held_from or rollout.position
    return place.phase == "Offline" or (rollout.revision != alone and place.phase not in SERVING)


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
