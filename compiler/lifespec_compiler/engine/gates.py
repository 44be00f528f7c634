"""The gates of a stage: what counts and reports say of exactly this revision since exactly this traffic was set."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from lifespec_compiler.plan import Plan, Stage

from . import live
from .bounds import LiveBound
from .case import AHEAD, Case, Evaluate
from .guards import held_against, is_compared, sound
from .observation import Counted
from .reported import Stretch, judged, of_stage
from .state import Rollout
from .values import Cause

LOOKS: Final = 5
"""Looks without anything new after which there is no data."""
_LEAST: Final = 300.0
_NEWEST: Final = 3
"""Windows since the start of the newest one after which it is old."""


class Found(NamedTuple):
    """What a stage's gates say now."""

    failed: tuple[Cause, ...] = ()
    undecided: int = 0
    """Bounds that are neither held nor broken yet."""
    without_data: bool = False
    """Whether there is nothing to decide some bound by."""
    delay: float = 0.0
    """Seconds by which outcomes are known later."""
    wanted: Evaluate | None = None
    """A report that is not there yet."""
    verdicts: tuple[live.LiveVerdict, ...] = ()
    reported: tuple[Cause, ...] = ()

    @property
    def causes(self) -> tuple[Cause, ...]:
        """Every verdict, as a decision records it."""
        return (*(found.cause for found in self.verdicts), *self.reported)


def gates(case: Case, plan: Plan, rollout: Rollout, stage: Stage, *, age: float | None = None) -> Found:
    """The verdicts on a stage; a first rollout has no gates, only guards.

    `age`: how long ago the newest of what was counted may be, in seconds; by default five looks.
    """
    if rollout.first:
        return Found()
    shadow = rollout.position.phase == "Shadow"
    known = live.live_checks(plan)
    checks = known.shadow if shadow else known.online
    if not checks:
        return Found()
    planned = known.rows or known.rps * (known.mirror if shadow else stage.weight) / 100 * stage.hold
    delay = max([check.delay for check in checks])
    only_harm = case.now - case.began < stage.hold + delay and not rollout.unsealed
    seen = _seen(case, rollout, known.interval, max(LOOKS * known.interval, _LEAST) if age is None else age)
    fewest = known.fewest if shadow else 0
    verdicts: list[live.LiveVerdict] = []
    without, reported = False, False
    for check in checks:
        if check.reported:
            reported = True
            continue
        for bound in check.bounds:
            counted = seen.of(check, bound)
            candidate, stable = (counted.candidate, counted.stable) if counted else (None, None)
            if candidate is not None and candidate.total < fewest:
                candidate = None
            without = without or candidate is None or candidate.total < check.min_samples
            verdicts.append(live.gate(check, bound, candidate, stable, planned, only_harm=only_harm))
    outcomes = [found.outcome for found in verdicts]
    failed = tuple([found.cause for found in verdicts if found.outcome == "Fail"]) if "Fail" in outcomes else ()
    found = Found(failed, outcomes.count("Inconclusive"), without, delay, None, tuple(verdicts))
    return _with_reports(case, plan, rollout, stage, found) if reported else found


def unwatched(case: Case, plan: Plan) -> bool:
    """Whether the newest window of some guard has too little in it, and that is not to be ignored."""
    if case.is_batch:
        return False
    for check in live.live_checks(plan).guards:
        if check.on_no_data == "ignore":
            continue
        for bound in check.bounds:
            windows = case.windows(bound.counted, check.window)
            if not windows:
                return True
            newest = windows[-1]
            if not is_compared(case, bound, newest):
                continue
            if case.now - newest.since > _NEWEST * check.window + check.delay:
                return True  # newer ones must have closed: what was counted once says nothing of what happens now
            found = held_against(check, bound, newest)
            if found is not None and found.outcome == "Inconclusive":
                return True
    return False


def is_over(case: Case, plan: Plan, rollout: Rollout, over: float) -> bool:
    """Whether a stage has lasted as long as it must, and `over` seconds longer; batch serving counts runs, not time."""
    serving = plan.spec.serving
    if serving.mode == "batch" and rollout.position.phase == "Shadow":
        return case.seen.compared >= serving.shadow_runs
    return over >= 0


def _with_reports(case: Case, plan: Plan, rollout: Rollout, stage: Stage, found: Found) -> Found:
    """What reports say is added when the hold is over, before which there is none that is of all of it."""
    tier: Literal["shadow", "online"] = "shadow" if rollout.position.phase == "Shadow" else "online"
    since = case.began
    if not is_over(case, plan, rollout, case.now - since - stage.hold - found.delay):
        return found._replace(undecided=found.undecided + 1)
    report = of_stage(case, rollout, tier, Stretch(since, stage.hold))
    if report is None:
        name = f"{rollout.id}-{tier}-{rollout.sequence}"
        asked = None if name in case.seen.evaluations else Evaluate(rollout.revision, tier, name, since)
        return found._replace(undecided=found.undecided + 1, without_data=True, wanted=asked)
    _, causes = judged(case, plan, report, rollout.revision, tier)
    return found._replace(
        failed=(*found.failed, *(cause for cause in causes if cause.verdict == "Fail")),
        undecided=found.undecided + sum(cause.verdict not in ("Pass", "Fail") for cause in causes),
        without_data=found.without_data or any(cause.verdict == "Error" for cause in causes),
        reported=causes,
    )


class _Seen(NamedTuple):
    """What was counted of exactly this revision since exactly this traffic was set."""

    counted: dict[str, Counted | None]
    """By what is counted; None where two answers contradict each other."""
    oldest: float
    """When the newest request of a sum must have been, at the earliest; before that there is no data."""
    latest: float

    def of(self, check: live.LiveCheck, bound: LiveBound) -> Counted | None:
        """What a bound is held against; None where it is not there, too old, or cannot be counts of this check."""
        found = self.counted.get(bound.counted)
        if found is None or check.mixed or not self.oldest - check.delay <= found.newest <= self.latest:
            return None
        stable = found.stable
        return found if sound(found.candidate, check) and (stable is None or sound(stable, check)) else None


def _seen(case: Case, rollout: Rollout, interval: float, age: float) -> _Seen:
    began, revision = case.began, rollout.revision
    counted: dict[str, Counted | None] = {}
    for one in case.seen.counted:
        if one.revision == revision:
            contradicted = counted.get(one.check, one) != one
            old = one.since is not None and one.since < began - AHEAD
            counted[one.check] = None if contradicted or old else one
    oldest = began if case.is_batch else case.now - age  # the rows of a run are the newest until the next
    return _Seen(counted, oldest, case.now + interval)
