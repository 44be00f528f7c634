"""What was decided is carried out, one thing at a time.

Traffic is lowered first and raised last, and nothing that serves is removed.
"""

from __future__ import annotations

from .case import Case, Deploy, Direct, Record, Remove, Step
from .history import Rollout
from .observation import Route
from .values import Position, Revision


def lower(case: Case) -> Step | None:
    """Less traffic for the candidate than it has, where it has more than was decided."""
    wanted, route = _wanted(case), case.seen.route
    exposed = route.weight if route.candidate is not None else 0
    allowed = wanted.weight if route.candidate == wanted.candidate else 0
    if exposed > allowed or (route.candidate is not None and route.candidate != wanted.candidate):
        if case.history.stable is not None and route.candidate == case.history.stable:
            return None  # it was promoted: the route is turned over, not down
        if wanted.stable is None:
            return None
        return Direct(Route(wanted.stable, None, 0, 0, _sequence(case), case.now))
    return None


def carry_out(case: Case) -> Step | None:
    """The next effect that makes the world what was decided."""
    wanted, route, servers = _wanted(case), case.seen.route, case.seen.servers
    needed = [revision for revision in (wanted.stable, wanted.candidate) if revision is not None]
    for revision in needed:
        if revision not in servers:
            return Deploy(revision)
    lowered = _lowered_by_others(case, wanted)
    if lowered is not None:
        return lowered
    if route[:4] != wanted[:4] and all(servers.get(revision) == "ready" for revision in _routed(wanted)):
        return Direct(wanted)
    if route[:4] == wanted[:4] and route.sequence != wanted.sequence and case.rollout is not None:
        return Direct(wanted)
    routed = {route.stable, route.candidate}
    for revision in sorted(servers):
        if revision not in needed and revision not in routed and revision != case.history.stable:
            return Remove(revision)
    return None


def _wanted(case: Case) -> Route:
    """The route that the ledger asks for."""
    stable, rollout = case.history.stable, case.rollout
    sequence = _sequence(case)
    if rollout is None:
        return Route(stable, None, 0, 0, sequence, case.now)
    position = rollout.position
    place = rollout.held_from if position.phase == "Held" and rollout.held_from else position
    if place.phase not in ("Shadow", "Canary", "Promoting"):
        return Route(stable, None, 0, 0, sequence, case.now)
    shadow = case.plan.spec.evaluation.shadow
    mirror = shadow.mirror if place.phase == "Shadow" and shadow else 0
    return Route(stable, rollout.revision, position.weight, mirror, sequence, case.now)


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
    held = Position("Held", rollout.position.step, route.weight)
    return case.move("hold", held, reason="somebody else lowered the candidate's traffic")
