"""Fast harm: each failing window of a guard is recorded once, and one more than the limit rolls back."""

from __future__ import annotations

from typing import Final

from lifespec_compiler.statistics.sequential import Counts

from . import live
from .bounds import LiveBound
from .case import Case, Record
from .observation import Window
from .state import Rollout
from .values import Cause, Position

NOTHING: Final = Counts(0, 0)
_MOST: Final = 1e15
"""Counts beyond it are none: no number of requests, and too much for sums of squares."""
_NONE: Final[frozenset[int]] = frozenset()


def watch(case: Case) -> Record | None:
    """The entry for the first window that failed and is not recorded yet, or for the failure that is one too many."""
    rollout = case.rollout
    if rollout is None or rollout.position.phase in ("Offline", "RollingBack"):
        return None
    if case.policy is None:
        return _harm(case, rollout, (), "the policy that it was begun with cannot be read any more")
    checks = live.live_checks(case.policy)
    for check in checks.guards:
        found = _broken(case, rollout, check)
        if found is not None and found.outcome == "Inconclusive":
            return _harm(case, rollout, (found.cause,), "a window without data")
        if found is not None:
            if len(rollout.failures.get(check.name, _NONE)) >= checks.failure_limit:
                return _harm(case, rollout, (found.cause,), "")
            return case.entry("failure", stream=rollout.id, revision=rollout.revision, causes=(found.cause,))
        if check.on_no_data == "rollback" and _silent(case, check):
            bound = check.bounds[0]
            cause = Cause(
                check.name, bound.path, "Inconclusive", None, 0, bound.threshold, reason="nothing was counted"
            )
            return _harm(case, rollout, (cause,), "nothing was ever counted")
    most = None if rollout.first else checks.max_exposure  # of a first one there is nothing to go back to
    if rollout.failures and most is not None and _exposure(case, rollout) > most:
        return _harm(case, rollout, (), f"a guard failed, and it has answered more than {most} requests")
    return None


def _broken(case: Case, rollout: Rollout, check: live.LiveCheck) -> live.LiveVerdict | None:
    """The first window that failed and is not recorded yet, or that has no data where that must not be."""
    known = rollout.failures.get(check.name, _NONE)
    for bound in check.bounds:
        for window in case.windows(bound.counted, check.window):
            if window.number in known or not is_compared(case, bound, window):
                continue
            found = held_against(check, bound, window)
            if found is None or (found.outcome == "Inconclusive" and not _must_have_data(case, check)):
                continue
            return found
    return None


def held_against(check: live.LiveCheck, bound: LiveBound, window: Window) -> live.LiveVerdict | None:
    """What a window breaks; counts that cannot be are none."""
    candidate = window.candidate if sound(window.candidate, check) and not check.mixed else NOTHING
    stable = window.stable if window.stable is not None and sound(window.stable, check) else None
    return live.guard(check, bound, candidate, stable, window.number)


def sound(counts: Counts, check: live.LiveCheck) -> bool:
    """Whether these may be counts of anything."""
    good, total = counts
    return 0 <= good <= _MOST and 0 <= total <= _MOST and (good <= total or check.rate)


def is_compared(case: Case, bound: LiveBound, window: Window) -> bool:
    """Whether a bound can be held against a window: with all traffic at the candidate there is no other to compare."""
    if not bound.claim.slope:
        return True
    alone = case.history.stable is None or case.seen.route.weight == 100
    return not (alone and (window.stable is None or window.stable.total == 0))


def _must_have_data(case: Case, check: live.LiveCheck) -> bool:
    return check.on_no_data == "rollback" and _asked(case) and not case.is_batch


def _exposure(case: Case, rollout: Rollout) -> int:
    """Live requests that the candidate has answered."""
    if case.seen.exposure is not None or case.seen.route.weight == 0:
        return case.seen.exposure or 0
    return max((one.candidate.total for one in case.seen.counted if one.revision == rollout.revision), default=0)


def _asked(case: Case) -> bool:
    """Whether the candidate is asked anything at all."""
    route = case.seen.route
    return route.candidate is not None and (route.weight > 0 or route.mirror > 0)


def _silent(case: Case, check: live.LiveCheck) -> bool:
    """Whether no window has been seen though two must have closed."""
    if case.is_batch or not _asked(case) or case.now - case.began < 2 * check.window:
        return False
    return not any(case.windows(bound.counted, check.window) for bound in check.bounds)


def _harm(case: Case, rollout: Rollout, causes: tuple[Cause, ...], reason: str) -> Record | None:
    if rollout.first:  # there is nothing to go back to: a person is asked, and the route keeps serving
        if rollout.position.phase == "Held" and (rollout.failing or not causes):
            return None
        held = rollout.position._replace(phase="Held")
        return case.move("hold", held, causes=causes, reason=reason or "a guard failed, and there is no stable")
    return case.move("rollBack", Position("RollingBack"), causes=causes, reason=reason)
