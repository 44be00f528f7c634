"""Trainings: from a trigger to a nomination, or to a recorded reason why not."""

from __future__ import annotations

from typing import Final

from .case import Case, Evaluate, Propose, Record, Step, Train, Wait, rollout_id
from .history import Run
from .offline import judged
from .triggers import firings
from .values import Position, Revision

REQUESTED: Final = "request"


def train(case: Case) -> Step | None:
    """What the open run needs next; or the answer to a trigger that has fired."""
    if case.history.run is not None:
        return _go_on(case, case.history.run)
    for firing in firings(case):
        reason = why_not(case)
        if reason:
            return case.entry("suppress", stream=firing.id, to=Position("Suppressed"), reason=reason)
        return case.entry("train", stream=firing.id, to=Position("Training"))
    return None


def why_not(case: Case) -> str:
    """Why no training may start now; empty where one may."""
    retraining, trained = case.plan.spec.retraining, case.history.trained
    if case.history.run is not None:
        return f"the run {case.history.run.id} is open"
    if retraining is None or not trained:
        return ""
    if retraining.cooldown and case.now - trained[-1] < retraining.cooldown:
        return "the cooldown since the last training is not over"
    limit = retraining.limit
    if limit is not None and sum(case.now - at < limit.per for at in trained) >= limit.runs:
        return f"there have been {limit.runs} trainings already in the time of the limit"
    return ""


def _go_on(case: Case, run: Run) -> Step:
    if run.phase == "Training":
        state = case.seen.jobs.get(run.id)
        if state is None:
            return Train(run.id)
        if state == "running":
            return Wait(None, "the training runs")
        if state == "failed" or case.seen.trained is None:
            return case.entry("finish", stream=run.id, to=Position("Rejected"), reason="the training failed")
        return case.entry("advance", stream=run.id, to=Position("Evaluating"), revision=case.seen.trained)
    if run.phase == "Evaluating" and run.revision is not None:
        return _evaluated(case, run, run.revision)
    return _nominated(case, run)


def _evaluated(case: Case, run: Run, revision: Revision) -> Step:
    report = case.seen.run_report
    if report is None:
        return Evaluate(revision)
    outcome, causes = judged(case, report, revision)
    if outcome != "Pass":
        return case.entry("reject", stream=run.id, to=Position("Rejected"), revision=revision, causes=causes)
    return case.entry("advance", stream=run.id, to=Position("Nominated"), revision=revision, causes=causes)


def _nominated(case: Case, run: Run) -> Step:
    retraining, revision = case.plan.spec.retraining, run.revision
    how = retraining.nominate if retraining else "manual"
    if revision is None or how == "manual":
        return _end(case, run, "a person nominates it")
    if run.id not in case.seen.proposed:
        return Propose(run.id, revision)
    if how == "pullRequest":
        return _end(case, run, "Git nominates it when the pull request is merged")
    if case.rollout is not None or case.frozen:
        return Wait(None, "the open rollout, or a freeze, comes first")
    if revision not in (case.history.stable, *case.history.refused):
        stream = rollout_id(case, revision)
        return case.entry("nominate", stream=stream, to=Position("Offline"), revision=revision, run=run.id)
    return _end(case, run, "it serves already, or was refused before")


def _end(case: Case, run: Run, reason: str) -> Record:
    return case.entry("finish", stream=run.id, to=Position("Done"), revision=run.revision, reason=reason)
