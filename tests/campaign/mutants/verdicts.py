"""Mistakes with verdicts: no data, other data, old data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from lifespec_compiler.engine import gates, guards, history, live, nominations, progress, step
from lifespec_compiler.engine.case import Case
from lifespec_compiler.engine.observation import Counted
from lifespec_compiler.plan import Plan
from lifespec_compiler.statistics.sequential import Counts

from .mutant import Mutant


def _no_data_passes(original: Any) -> Any:
    def judged(*arguments: Any) -> Any:
        found = original(*arguments)
        return found._replace(undecided=0, without_data=False)

    return judged


class _Generous(NamedTuple):
    found: Any
    perfect: Callable[[str], Counted]

    def of(self, check: Any, bound: Any) -> Counted:
        return self.found.of(check, bound) or self.perfect(bound.counted)


def _missing_passes(original: Any) -> Any:
    """A metric that is not there counts as perfect."""

    def seen(case: Case, rollout: Any, interval: float) -> _Generous:
        def perfect(counted: str) -> Counted:
            return Counted(counted, rollout.revision, Counts(0, 100_000), Counts(0, 100_000), case.now)

        return _Generous(original(case, rollout, interval), perfect)

    return seen


def _never(_original: Any) -> Any:
    return lambda *_: False


def _always(_original: Any) -> Any:
    return lambda *_: True


def _with(change: Callable[[Case, Any, Counted], Counted]) -> Callable[[Any], Any]:
    """What was counted is seen as something else."""

    def mistake(original: Any) -> Any:
        def seen(case: Case, rollout: Any, interval: float) -> Any:
            ours = tuple(change(case, rollout, one) for one in case.seen.counted)
            return original(case._replace(seen=case.seen._replace(counted=ours)), rollout, interval)

        return seen

    return mistake


_any_revision = _with(lambda _case, rollout, one: one._replace(revision=rollout.revision))
_any_time = _with(lambda _case, _rollout, one: one._replace(since=None))
_any_age = _with(lambda case, _rollout, one: one._replace(newest=case.now))


def _first_series(original: Any) -> Any:
    """Of two series the last one is taken, instead of none."""

    def seen(case: Case, rollout: Any, interval: float) -> Any:
        last = {one.check: one for one in case.seen.counted}
        ours = case.seen._replace(counted=tuple(last.values()))
        return original(case._replace(seen=ours), rollout, interval)

    return seen


def _not_while(phase: str) -> Callable[[Any], Any]:
    def mistake(original: Any) -> Any:
        def watch(case: Case) -> Any:
            return None if case.rollout and case.rollout.position.phase == phase else original(case)

        return watch

    return mistake


def _no_fail_while_promoting(original: Any) -> Any:
    def judged(case: Case, plan: Plan, rollout: Any, stage: Any) -> Any:
        found = original(case, plan, rollout, stage)
        return found._replace(failed=()) if rollout.position.phase == "Promoting" else found

    return judged


def _one_more(original: Any) -> Any:
    return lambda plan: original(plan)._replace(failure_limit=original(plan).failure_limit + 2)


def _forgiven(original: Any) -> Any:
    """The failures of one step do not count in the next, or in the same after a look."""

    def moved(state: Any, rollout: Any, entry: Any, to: Any) -> Any:
        found = original(state, rollout, entry, to)
        return found._replace(rollout=found.rollout._replace(failures={})) if found.rollout else found

    return moved


def _approvals_inherited(original: Any) -> Any:
    def nominated(state: Any, entry: Any) -> Any:
        found = original(state, entry)
        if found.rollout and found.rollout is not state.rollout:
            approved = frozenset({"Promoting", *(state.rollout.approved if state.rollout else ())})
            return found._replace(rollout=found.rollout._replace(approved=approved))
        return found

    return nominated


def _goes_on(_original: Any) -> Any:
    return lambda _case: None


def _newest_policy(_original: Any) -> Any:
    return lambda plan, _rollout: plan


def _no_hold(_original: Any) -> Any:
    return lambda *_: True


def _endless(_original: Any) -> Any:
    return lambda *_: float("inf")


MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "no-data-passes",
        "argo-rollouts#4479",
        "gates that cannot tell, and guards without windows, count as passed",
        ((progress, "gates", _no_data_passes), (progress, "unwatched", _never)),
    ),
    Mutant(
        "missing-metric-passes",
        "argo-rollouts#180, #459",
        "what is not measured counts as perfect",
        ((gates, "_seen", _missing_passes),),
    ),
    Mutant(
        "impossible-counts-pass",
        "argo-rollouts#1466, #1411",
        "counts that cannot be are judged like others",
        ((gates, "sound", _always),),
    ),
    Mutant(
        "any-revision",
        "fault matrix F13",
        "counts of another revision are judged",
        ((gates, "_seen", _any_revision),),
    ),
    Mutant(
        "old-verdict-inherited",
        "flagger#30",
        "counts from before this step are judged",
        ((gates, "_seen", _any_time),),
    ),
    Mutant(
        "stale-or-future-metrics",
        "fault matrix F12",
        "when the newest of the counts was is not asked",
        ((gates, "_seen", _any_age),),
    ),
    Mutant(
        "first-of-two-series", "fault matrix F12", "of two answers one is taken", ((gates, "_seen", _first_series),)
    ),
    Mutant(
        "unwatched-promotion",
        "flagger#1591",
        "in the promotion phase nothing is watched any more",
        ((guards, "watch", _not_while("Promoting")), (progress, "gates", _no_fail_while_promoting)),
    ),
    Mutant(
        "unwatched-canary",
        "invariant S6",
        "guards are not watched in the steps",
        ((guards, "watch", _not_while("Canary")),),
    ),
    Mutant(
        "limit-too-high",
        "invariant S6",
        "a guard may fail more often than its limit",
        ((live, "live_checks", _one_more),),
    ),
    Mutant(
        "failures-forgiven",
        "invariant S6",
        "failures are forgotten whenever the rollout moves",
        ((history, "_moved", _forgiven),),
    ),
    Mutant(
        "approvals-inherited",
        "flagger#30",
        "a new rollout has the approvals of another",
        ((history, "_nominated", _approvals_inherited),),
    ),
    Mutant(
        "policy-changes-in-flight",
        "fault matrix F16",
        "an open rollout is judged by whatever the policy is now",
        ((nominations, "_again", _goes_on), (step, "judged_by", _newest_policy)),
    ),
    Mutant(
        "hold-is-not-held",
        "invariant S1, fault matrix F14",
        "a step ends as soon as its gates pass",
        ((progress, "is_over", _no_hold),),
    ),
    Mutant(
        "old-window-is-new",
        "fault matrix F12",
        "how old the newest window of a guard is, is not asked",
        ((gates, "_NEWEST", lambda _newest: 1e9),),
    ),
    Mutant("no-timeout", "invariant L2", "an undecided step never ends", ((progress, "patience", _endless),)),
)
