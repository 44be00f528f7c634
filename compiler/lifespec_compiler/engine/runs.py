"""Trainings: from a trigger to a nomination, or to a recorded reason why not."""

from __future__ import annotations

from .budget import full_until, is_recent, never_fits
from .case import Case, Evaluate, Propose, Record, Step, Train, Wait
from .reported import NO_REPORT, judged
from .state import Run
from .triggers import firings
from .values import Position, Revision


def train(case: Case) -> Step | None:
    """What the open run needs next; or the answer to a trigger that has fired."""
    if case.seen.deleting:
        return None
    if case.mismatched:
        return Wait(None, "PlanMismatch: nothing is started")
    waits: list[Wait] = []
    for firing in firings(case):
        reason = why_not(case)
        if reason and firing.lasts:
            waits.append(Wait(None, f"{firing.trigger}: {reason}"))
        elif reason:
            return case.entry("suppress", stream=firing.id, to=Position("Suppressed"), reason=reason)
        else:
            return case.entry("train", stream=firing.id, to=Position("Queued"))
    if case.history.run is not None:
        return _go_on(case, case.history.run)
    return waits[0] if waits else None


def why_not(case: Case) -> str:
    """Why no training may start now; empty where one may."""
    retraining, trained = case.plan.spec.retraining, case.history.trained
    if case.history.run is not None:
        return f"the run {case.history.run.id} is open"
    if retraining is None:
        return ""
    if retraining.cooldown and any(is_recent(case, at, retraining.cooldown) for at in trained):
        return "the cooldown since the last training is not over"
    limit = retraining.limit
    if limit is not None and sum(is_recent(case, at, limit.per) for at in trained) >= limit.runs:
        return f"there have been {limit.runs} trainings already in the time of the limit"
    return never_fits(case.plan)


def _go_on(case: Case, run: Run) -> Step:
    if run.phase == "Queued":
        return _begun(case, run)
    if run.phase == "Training":
        state = case.seen.jobs.get(run.id)
        if state == "running":
            return Wait(None, "the training runs")
        if state != "succeeded" or case.seen.trained is None:
            why = "its Job is gone" if state is None else "the training failed"
            return case.entry("finish", stream=run.id, to=Position("Rejected"), reason=why)
        return case.entry("advance", stream=run.id, to=Position("Evaluating"), revision=case.seen.trained)
    if run.phase == "Evaluating" and run.revision is not None:
        return _evaluated(case, run, run.revision)
    return _nominated(case, run)


def _begun(case: Case, run: Run) -> Step:
    """Only a Job that was never seen is made: one that was seen and is gone must not be made twice."""
    if run.id in case.seen.jobs:
        return case.entry("advance", stream=run.id, to=Position("Training"))
    never = never_fits(case.plan)
    if never:
        return case.entry("finish", stream=run.id, to=Position("Rejected"), reason=never)
    until = full_until(case)
    return Train(run.id) if until is None else Wait(until, "the budget has no room yet")


def _evaluated(case: Case, run: Run, revision: Revision) -> Step:
    report, name = case.seen.run_report, f"{run.id}-offline"
    if report is None:
        state = case.seen.evaluations.get(name)
        if state == "failed" or (state == "succeeded" and case.now - run.since > NO_REPORT):
            why = "the evaluation failed" if state == "failed" else "the evaluation left no report"
            return case.entry("reject", stream=run.id, to=Position("Rejected"), reason=why)
        return Evaluate(revision, "offline", name) if state is None else Wait(None, "it is evaluated")
    outcome, causes = judged(case, case.plan, report, revision, "offline")
    if outcome == "Error" and case.seen.evaluations.get(name) in (None, "running"):  # a report of another time
        return Wait(None, "it is evaluated") if name in case.seen.evaluations else Evaluate(revision, "offline", name)
    if outcome == "Pass" or (outcome == "Inconclusive" and case.history.stable is None):
        to = Position("Nominated")  # of a first model a person decides when it is rolled out
        return case.entry("advance", stream=run.id, to=to, revision=revision, causes=causes)
    return case.entry("reject", stream=run.id, to=Position("Rejected"), revision=revision, causes=causes)


def _nominated(case: Case, run: Run) -> Step:
    retraining = case.plan.spec.retraining
    how = retraining.nominate if retraining else "manual"
    if run.revision is None or how == "manual":
        return _end(case, run, "a person nominates it")
    revision = Revision(run.revision.model, case.plan.hashes.serving)
    if run.id not in case.seen.proposed:
        return Propose(run.id, revision)
    if how == "pullRequest":
        return _end(case, run, "Git nominates it when the pull request is merged")
    if revision == case.history.stable or revision in case.history.refused:
        return _end(case, run, "it serves already, or was refused before")
    if case.rollout is not None or case.frozen:
        return Wait(None, "the open rollout, or a freeze, comes first")
    return case.open(revision, run=run.id)


def _end(case: Case, run: Run, reason: str) -> Record:
    return case.entry("finish", stream=run.id, to=Position("Done"), revision=run.revision, reason=reason)
