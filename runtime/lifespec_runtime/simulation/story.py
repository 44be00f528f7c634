"""What happened in a simulation, as pictures tell it: stretches of time, decisions, and what was seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from lifespec_compiler.engine.values import ENDED, Cause, Entry, Kind, Phase, Position
from lifespec_compiler.plan import Plan

from .words import elapsed, interval_words, phase_words, plural, short, threshold_words, value_words

if TYPE_CHECKING:
    from lifespec_compiler.simulate.outcome import Change, Look, Simulation

Tone = Literal["pass", "fail", "wait", "plain"]

PASSES: Final = 3
"""Passed checks that are named; with one more, that one is named too."""
RECORDED: Final = "recorded metrics"
VERDICTS: Final[dict[Tone, str]] = {
    "pass": "as it should be",
    "fail": "not as it should be",
    "wait": "for a person to judge",
    "plain": "no candidate",
}
_TONES: Final[dict[Phase, Tone]] = {
    "Done": "pass",
    "RollingBack": "fail",
    "RolledBack": "fail",
    "Rejected": "fail",
    "Held": "wait",
    "Suppressed": "wait",
}


class Level(NamedTuple):
    """From this time on, the newest candidate's share of live traffic and of copies, in per cent."""

    at: float
    weight: int
    mirror: int
    serving: bool
    """Whether it has been promoted, and so has all traffic for good."""


class Stretch(NamedTuple):
    """A time in which a rollout or a training stood in one phase."""

    start: float
    end: float
    name: str
    tone: Tone
    stream: str


class Evidence(NamedTuple):
    """A verdict that a decision rests on, in words."""

    check: str
    verdict: str
    value: str
    threshold: str
    samples: int
    interval: str
    """Empty where there is none."""
    reason: str
    """Why it is neither Pass nor Fail."""

    @property
    def sentence(self) -> str:
        """`errors 0.11 %, at most 1 %: Pass (n 72,000)`."""
        verdict = f"{self.verdict}, {self.reason}" if self.reason else self.verdict
        return f"{self.check} {self.value}{self.interval}, {self.threshold}: {verdict} (n {self.samples:,})"


class Decision(NamedTuple):
    """An entry of the ledger, in words."""

    number: int
    """Its sequence in the ledger, which `why` knows it by."""
    at: float
    what: str
    why: str
    evidence: tuple[Evidence, ...]
    tone: Tone
    stream: str

    @property
    def because(self) -> list[str]:
        """The reasons, one a line: what did not pass alone, or the first of what did, with how many more."""
        told = [each for each in self.evidence if each.verdict != "Pass"]
        most = PASSES + 1 if len(self.evidence) == PASSES + 1 else PASSES
        passes = () if told else self.evidence[:most]
        left = 0 if told else len(self.evidence) - len(passes)
        more = [f"and {plural(left, 'more check')} passed"] if left else []
        return [*([self.why] if self.why else []), *(each.sentence for each in [*told, *passes]), *more]


class Seen(NamedTuple):
    """What was counted between two looks: requests, and those that went wrong."""

    start: float
    end: float
    candidate: int
    candidate_bad: int
    stable: int
    stable_bad: int
    rps: float
    drift: float


class Story(NamedTuple):
    """A simulation as all pictures tell it. Times are seconds since 1970; from `start` to `end` something happens."""

    name: str
    environment: str
    scenario: str
    chance: str
    """Where its chance comes from: `seed 7`."""
    start: float
    end: float
    ended: float
    """When the simulation ended."""
    levels: tuple[Level, ...]
    rollouts: tuple[Stretch, ...]
    trainings: tuple[Stretch, ...]
    decisions: tuple[Decision, ...]
    later: int
    """Decisions after `end`, which are not told."""
    changes: tuple[Change, ...]
    """What the scenario did to the world."""
    seen: tuple[Seen, ...]
    harmed: float | None
    """When the candidate's answers began to break a bound."""
    headline: str
    verdict: str
    """What `tone` means, in a few words."""
    tone: Tone
    """`pass`: a good candidate was promoted, or a bad one stopped; `fail`: the other way round."""

    @property
    def span(self) -> float:
        """Seconds that are shown; more than none."""
        return max(self.end - self.start, 60.0)

    def since(self, at: float) -> str:
        """A time as one counts it from the start: `1h 45m`."""
        return elapsed(at - self.start)


def story(plan: Plan, simulation: Simulation, *, recorded: bool = False) -> Story:
    """What a simulation tells; what stood in its ledger before it began is not told.

    `recorded`: it replays recorded metrics, and so nobody knows whether the candidate was good.
    """
    how = "plain" if recorded else tone(simulation)
    start = simulation.began
    whole = [entry for entry in simulation.entries if entry.at >= start]
    end = _worth_showing(simulation, whole)
    entries = [entry for entry in whole if entry.at <= end]
    rollouts, trainings = _stretches(plan, entries, end)
    return Story(
        name=plan.name,
        environment=plan.environment,
        scenario=simulation.scenario,
        chance="recorded" if recorded else f"seed {simulation.seed}",
        start=start,
        end=end,
        ended=simulation.ended,
        levels=tuple(_levels(simulation.looks, entries, end)),
        rollouts=tuple(rollouts),
        trainings=tuple(trainings),
        decisions=tuple(_decision(plan, entry) for entry in entries),
        later=len(whole) - len(entries),
        changes=tuple(change for change in simulation.changes if change.at <= end),
        seen=tuple(_seen(simulation.looks)),
        harmed=simulation.harmed_since,
        headline=headline(simulation, recorded=recorded),
        tone=how,
        verdict=RECORDED if recorded else VERDICTS[how],
    )


def _worth_showing(simulation: Simulation, entries: Sequence[Entry]) -> float:
    """Until when: without drift to the end of the last rollout that ended, else to the last thing that happens."""
    start = simulation.began
    times = [start, *(entry.at for entry in entries), *(change.at for change in simulation.changes)]
    drifts = any(look.drift >= 1 for look in simulation.looks)
    ends = [entry.at for entry in entries if entry.to and entry.to.phase in ENDED and "@" not in (entry.stream or "")]
    opened = {entry.stream for entry in entries if entry.kind == "nominate" and entry.to}
    if not drifts and ends and len(opened) <= len(ends):
        times = [at for at in times if at <= ends[-1]]
    return min(simulation.ended, max(times) + max(0.04 * (max(times) - start), 120.0))


def tone(simulation: Simulation) -> Tone:
    """Whether it ended as it should: a good candidate promoted, a bad one stopped, unless a person decided it."""
    stopped = simulation.ending in ("rolledBack", "rejected")
    end = _end_of_first(simulation)
    if end is not None and end.request is not None:
        return "wait"
    if simulation.ending == "promoted" or stopped:
        return "fail" if stopped != simulation.candidate_is_bad else "pass"
    return "plain" if simulation.ending == "none" else "wait"


def brief(simulation: Simulation, *, recorded: bool = False) -> str:
    """How it ended, in a few words."""
    if simulation.ending == "none":
        return f"{plural(simulation.retrains, 'training')}, {simulation.suppressed} suppressed"
    kind = _kind(simulation, recorded=recorded)
    if simulation.ending == "open":
        return f"{kind}, still open after {elapsed(simulation.ended - simulation.began)}"
    end = _end_of_first(simulation)
    after = elapsed((end.at if end else simulation.ended) - simulation.began)
    if end is not None and end.request is not None:
        return f"{kind}, stopped by a person after {after}"
    how = {"promoted": "promoted", "rolledBack": "rolled back", "rejected": "rejected", "held": "held"}
    return f"{kind}, {how[simulation.ending]} after {after}"


def _kind(simulation: Simulation, *, recorded: bool) -> str:
    return "recorded" if recorded else "bad" if simulation.candidate_is_bad else "good"


def headline(simulation: Simulation, *, recorded: bool = False) -> str:
    """How it ended, in a sentence or two."""
    return " ".join(
        [_ending(simulation, _kind(simulation, recorded=recorded)), *_exposed(simulation), *_retrained(simulation)]
    )


def _ending(simulation: Simulation, kind: str) -> str:
    if simulation.ending == "none":
        return "No candidate was nominated."
    if simulation.ending == "open":
        return f"The {kind} candidate is still on its way after {elapsed(simulation.ended - simulation.began)}."
    end = _end_of_first(simulation)
    after = elapsed((end.at if end else simulation.ended) - simulation.began)
    if end is not None and end.request is not None:
        return f"A person stopped the {kind} candidate after {after}."
    words = {
        "promoted": f"The {kind} candidate was promoted after {after}.",
        "rolledBack": f"The {kind} candidate was rolled back after {after}.",
        "rejected": f"The {kind} candidate was rejected after {after}.",
        "held": f"The {kind} candidate is held, and a person is asked, after {after}.",
    }[simulation.ending]
    if simulation.detected_after is None:
        return words
    return f"{words[:-1]}, {elapsed(simulation.detected_after)} after the harm began."


def _exposed(simulation: Simulation) -> Iterator[str]:
    if simulation.ending == "none":
        return
    if not simulation.exposure:
        if simulation.ending in ("rolledBack", "rejected"):
            yield "It answered no live request."
        return
    requests = plural(simulation.exposure, "live request")
    yield f"It answered {requests} before that, {simulation.bad_exposure:,} of them badly."


def _retrained(simulation: Simulation) -> Iterator[str]:
    if simulation.retrains or simulation.suppressed:
        yield (
            f"{plural(simulation.retrains, 'training')} in {elapsed(simulation.ended - simulation.began)}, "
            f"{plural(simulation.suppressed, 'trigger')} suppressed."
        )


def _end_of_first(simulation: Simulation) -> Entry | None:
    """The decision by which the first rollout came where it ended."""
    phases = {"promoted": "Done", "rolledBack": "RollingBack", "rejected": "Rejected", "held": "Held"}
    wanted = phases.get(simulation.ending)
    rollouts = (
        entry for entry in simulation.entries if entry.at >= simulation.began and "@" not in (entry.stream or "")
    )
    return next((entry for entry in rollouts if entry.to and entry.to.phase == wanted), None)


def _levels(looks: Sequence[Look], entries: Sequence[Entry], end: float) -> Iterator[Level]:
    """The share over time; a promoted candidate keeps all of it until another one is nominated."""
    last: Level | None = None
    for look in looks:
        if look.at > end:
            return
        serving = look.weight == 0 and look.phase is None and _promoted_before(entries, look.at)
        level = Level(look.at, 100 if serving else look.weight, look.mirror, serving)
        if last is None or level[1:] != last[1:]:
            yield level
            last = level


def _promoted_before(entries: Sequence[Entry], at: float) -> bool:
    """Whether the rollout that ended last was a promotion."""
    ends = [entry for entry in entries if entry.at <= at and entry.to and entry.to.phase in ENDED]
    rollouts = [entry.to for entry in ends if "@" not in (entry.stream or "")]
    return bool(rollouts) and rollouts[-1] is not None and rollouts[-1].phase == "Done"


def _stretches(plan: Plan, entries: Sequence[Entry], end: float) -> tuple[list[Stretch], list[Stretch]]:
    """The phases of rollouts and those of trainings, in the order in which they began."""
    runs = {entry.stream for entry in entries if "@" in (entry.stream or "")}
    open_: dict[str, tuple[float, Position]] = {}
    found: tuple[list[Stretch], list[Stretch]] = ([], [])
    for entry in entries:
        if entry.kind == "nominate" and entry.run in open_:  # that is how a training ends
            found[1].append(_stretch(plan, entry.run, *open_.pop(entry.run), entry.at))
        if entry.stream is None or entry.to is None or entry.kind in ("answer", "failure", "suppress"):
            continue
        if entry.kind == "nominate" and entry.stream not in open_:
            # A new rollout ends the one that was open; what it stood in ended without a decision of its own.
            for stream in [stream for stream in open_ if stream not in runs]:
                found[0].append(_stretch(plan, stream, *open_.pop(stream), entry.at))
        if entry.stream in open_:
            before = open_.pop(entry.stream)
            found[entry.stream in runs].append(_stretch(plan, entry.stream, *before, entry.at))
        if entry.to.phase not in ENDED:
            open_[entry.stream] = (entry.at, entry.to)
    for stream, before in open_.items():
        found[stream in runs].append(_stretch(plan, stream, *before, end))
    return found


def _stretch(plan: Plan, stream: str, start: float, position: Position, end: float) -> Stretch:
    return Stretch(start, end, phase_words(plan, position), _TONES.get(position.phase, "plain"), stream)


def _decision(plan: Plan, entry: Entry) -> Decision:
    what, tone = _what(plan, entry)
    evidence = tuple(_evidence(plan, cause) for cause in entry.causes)
    said = entry.kind == "advance" and entry.reason.startswith("on to ")
    return Decision(entry.sequence, entry.at, what, "" if said else entry.reason, evidence, tone, entry.stream or "")


def _what(plan: Plan, entry: Entry) -> tuple[str, Tone]:
    to = entry.to
    if entry.kind == "nominate":
        revision = short(entry.revision.model) if entry.revision else ""
        return (f"nominated {revision}" if to else f"noted {revision}"), "plain"
    if entry.kind == "failure":
        return "a window fails", "fail"
    if entry.kind == "answer":
        return f"answered {entry.request}" if entry.request else "answered", "plain"
    if entry.kind in _KINDS:
        return _KINDS[entry.kind]
    if to is None:
        return entry.kind, "plain"
    if entry.kind == "resume":
        return f"goes on: {phase_words(plan, to)}", "plain"
    if to.phase == "Done":
        return ("promoted", "pass") if "@" not in (entry.stream or "") else ("training ends", "plain")
    return _MOVES.get(to.phase, phase_words(plan, to)), _TONES.get(to.phase, "plain")


_KINDS: Final[dict[Kind, tuple[str, Tone]]] = {
    "adopt": ("what serves is adopted", "plain"),
    "withdraw": ("rolls back: Git took it back", "fail"),
    "train": ("training is decided", "plain"),
    "suppress": ("no training", "wait"),
    "breakGlass": ("somebody broke the glass", "wait"),
    "retire": ("what serves is given up", "wait"),
    "checkpoint": ("all before may be archived", "plain"),
}
_MOVES: Final[dict[Phase, str]] = {
    "RollingBack": "rolls back",
    "RolledBack": "rolled back",
    "Rejected": "rejected",
    "Held": "held: a person is asked",
    "Training": "training begins",
    "Evaluating": "training done, evaluated",
    "Nominated": "passed, nominated",
}


def _evidence(plan: Plan, cause: Cause) -> Evidence:
    return Evidence(
        f"{cause.check} [{cause.slice}]" if cause.slice else cause.check,
        cause.verdict,
        value_words(plan, cause),
        threshold_words(plan, cause),
        cause.samples,
        interval_words(plan, cause),
        cause.reason,
    )


def _seen(looks: Sequence[Look]) -> Iterator[Seen]:
    """What came between looks."""
    for before, after in pairwise(looks):
        candidate, stable = after.candidate - before.candidate, after.stable - before.stable
        if candidate or stable:
            bad, stable_bad = after.candidate_bad - before.candidate_bad, after.stable_bad - before.stable_bad
            yield Seen(before.at, after.at, candidate, bad, stable, stable_bad, after.rps, after.drift)
