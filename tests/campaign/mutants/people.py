"""Mistakes with requests, the ledger and other writers."""

from __future__ import annotations

from typing import Any

from campaign.agent import Agent
from campaign.reality import server_name
from campaign.store import Kinds, RefusedError, Thing
from lifespec_compiler.engine import case as engine_case
from lifespec_compiler.engine import nominations, requests, runs, step
from lifespec_compiler.engine.case import Case, Record, Step, Train, Wait
from lifespec_compiler.engine.values import Position

from .mutant import Mutant


def _promote_full(original: Any) -> Any:
    """`resume` promotes, past all that is left."""

    def answered(case: Case) -> Record | None:
        found: Record | None = original(case)
        if found and found.entry.kind == "resume":
            return Record(found.entry._replace(to=Position("Promoting", None, 100)))
        return found

    return answered


def _abort_waits(original: Any) -> Any:
    """An abort in the promotion phase is only noted."""

    def answered(case: Case) -> Record | None:
        found: Record | None = original(case)
        if found and found.entry.kind == "rollBack" and case.rollout and case.rollout.position.phase == "Promoting":
            return Record(found.entry._replace(kind="answer", to=None))
        return found

    return answered


def _stale_unanswered(original: Any) -> Any:
    def answered(case: Case) -> Record | None:
        found: Record | None = original(case)
        return None if found and found.entry.reason.startswith("stale") else found

    return answered


def _same_name(_original: Any) -> Any:
    return lambda case, revision: f"{case.plan.name}-{revision.model[7:17]}"


def _new_name(original: Any) -> Any:
    """A name that is new at every look."""

    def firings(case: Case) -> Any:
        for firing in original(case):
            yield firing._replace(id=f"{firing.trigger}@{case.now + case.history.sequence:.0f}")

    return firings


def _any_time(_original: Any) -> Any:
    return lambda _case: ""


def _silently(original: Any) -> Any:
    def train(case: Case) -> Step | None:
        found: Step | None = original(case)
        if isinstance(found, Record) and found.entry.kind == "suppress":
            return None
        return found

    return train


def _trained_first(original: Any) -> Any:
    def train(case: Case) -> Step | None:
        found: Step | None = original(case)
        if isinstance(found, Record) and found.entry.kind == "train" and found.entry.stream not in case.seen.jobs:
            return Train(found.entry.stream or "")
        return found

    return train


def _old_child(original: Any) -> Any:
    """A Job that failed once fails all that come after it."""

    def train(case: Case) -> Step | None:
        if case.history.run and "failed" in case.seen.jobs.values():
            jobs = {**case.seen.jobs, case.history.run.id: "failed"}
            case = case._replace(seen=case.seen._replace(jobs=jobs))
        found: Step | None = original(case)
        return found

    return train


def _edges(original: Any) -> Any:
    """Git is heard only while nothing is open."""
    return lambda case: None if case.rollout or case.history.run else original(case)


def _always_wanted(_original: Any) -> Any:
    """What Git says is wanted again and again, not when it changes."""

    def nominate(case: Case) -> Step | None:
        version = case.plan.spec.model_version
        stable = case.history.stable
        if version is None or case.rollout or (stable and stable.model == version.digest):
            return None
        from lifespec_compiler.engine.values import Revision

        return case.open(Revision(version.digest, case.plan.hashes.serving))

    return nominate


def _poisoned(original: Any) -> Any:
    known = {"starting": 0, "ready": 1, "failed": 2}

    def decided(plan: Any, history: Any, seen: Any, now: Any) -> Step:
        sum(known[state] for state in seen.servers.values())
        found: Step = original(plan, history, seen, now)
        return found

    return decided


class Cached(Agent):
    """Acts on what it has cached."""

    def decide(self) -> Step:
        if any(self.lag.values()) and self.reality.uid is not None:
            cached = {kind: self.reality.store.seen(behind).get(kind, {}) for kind, behind in self.lag.items()}
            return self.ask({**self.reality.store.kinds, **cached}) or Wait(None, "")
        return super().decide()


class Overwriting(Agent):
    """Writes without a precondition, as one does who still believes to be the leader."""

    def update(self, thing: Thing, body: Any) -> None:
        self.faults.before(self, "update", thing.kind)
        self.reality.store.update(self.name, thing, body, guarded=False, seen=self.seen)
        self.faults.after(self, "update", thing.kind)


class Repeating(Agent):
    """Repeats a write whose answer it has not seen, under another name."""

    def create(self, kind: str, name: str, body: Any, *, pinned: bool = False) -> None:
        try:
            super().create(kind, name, body, pinned=pinned)
        except RefusedError:
            if kind == "job":
                super().create(kind, f"{name}-again", body)
            raise


class Unpinned(Agent):
    """Makes trainings without a finalizer, so that one may vanish before anybody has seen it."""

    def create(self, kind: str, name: str, body: Any, *, pinned: bool = False) -> None:
        super().create(kind, name, body, pinned=pinned and kind != "job")


class Stubborn(Agent):
    """Asks again and again for what was refused."""

    def observe(self, kinds: Kinds) -> Any:
        self.tried.clear()
        return super().observe(kinds)


class ByName(Agent):
    """Takes what has the right name for its own."""

    def ours(self, thing: Thing) -> bool:
        return thing.owner != "" or super().ours(thing)

    def observe(self, kinds: Kinds) -> Any:
        servers = kinds.get("server", {})
        known = {name: thing for name, thing in servers.items() if hasattr(thing.body, "revision")}
        squatted = set(servers) - set(known)
        found = super().observe({**kinds, "server": known})
        for revision in self.reality.truths:
            if server_name(revision) in squatted:
                found = found._replace(servers={**found.servers, revision: "ready"})
        return found


class Unstamped(Agent):
    """Routes to servers without making sure that nobody deletes them on older knowledge."""

    def update(self, thing: Thing, body: Any) -> None:
        if thing.kind != "server":
            super().update(thing, body)


MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "promote-full",
        "argo-rollouts PR#828",
        "a manual override goes past gates and steps",
        ((requests, "answer", _promote_full),),
    ),
    Mutant(
        "abort-only-noted",
        "flagger#379",
        "an abort in the promotion phase does nothing",
        ((requests, "answer", _abort_waits),),
    ),
    Mutant(
        "stale-request-unanswered",
        "invariant L3",
        "a request for an old rollout gets no answer",
        ((requests, "answer", _stale_unanswered),),
    ),
    Mutant(
        "rollout-id-reused",
        "flagger#30",
        "a rollout is named by its revision alone",
        ((engine_case, "rollout_id", _same_name),),
    ),
    Mutant(
        "generated-names",
        "argo-rollouts#243, cert-manager#3603",
        "a trigger has another id at every look",
        ((runs, "firings", _new_name),),
    ),
    Mutant("no-cooldown", "cert-manager#3603", "every trigger trains at once", ((runs, "why_not", _any_time),)),
    Mutant(
        "trigger-lost",
        "invariant L3",
        "a trigger that may not train is dropped without a record",
        ((runs, "train", _silently),),
    ),
    Mutant(
        "trains-before-it-records",
        "Sieve: intermediate states (11 of 46)",
        "the Job is there before the decision",
        ((runs, "train", _trained_first),),
    ),
    Mutant(
        "old-child-fails-new",
        "cert-manager#4642",
        "an old failed Job fails the new training",
        ((runs, "train", _old_child),),
    ),
    Mutant(
        "edge-triggered",
        "Sieve: unobserved states (7 of 46)",
        "Git is not heard while anything is open",
        ((nominations, "nominate", _edges),),
    ),
    Mutant(
        "nominates-for-ever",
        "invariant L1",
        "what was refused is nominated again at once",
        ((nominations, "nominate", _always_wanted),),
    ),
    Mutant(
        "poison-crashes",
        "CVE-2026-40886, cert-utils-operator#48",
        "a state that nobody knows raises",
        ((step, "step", _poisoned),),
    ),
    Mutant("acts-on-its-cache", "argo-rollouts#720, kubernetes#59848", "what is cached is acted on", agent=Cached),
    Mutant(
        "ex-leader-writes", "argo-rollouts#2117, kubernetes#67651", "writes carry no precondition", agent=Overwriting
    ),
    Mutant(
        "repeats-blindly",
        "cert-manager#3603, #4956",
        "a create without an answer is repeated under another name",
        agent=Repeating,
    ),
    Mutant("job-unpinned", "invariant S5", "a training's Job may vanish unseen", agent=Unpinned),
    Mutant("head-of-line", "fault matrix F22", "what was refused keeps all else waiting", agent=Stubborn),
    Mutant("owns-by-name", "cert-manager#5074", "what has the right name is taken for its own", agent=ByName),
    Mutant(
        "deletes-on-old-knowledge",
        "Sieve: stale states (19 of 46)",
        "servers are routed to without a stamp",
        agent=Unstamped,
    ),
)
