"""How a simulation ended, in words, and whether it should have ended so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from lifespec_compiler.engine.values import Entry, Phase

from .scored import compared
from .tones import Tone
from .words import elapsed, plural

if TYPE_CHECKING:
    from lifespec_compiler.simulate.outcome import Simulation

RECORDED: Final = "recorded metrics"
FOREIGN: Final = "does not apply"
VERDICTS: Final[dict[Tone, str]] = {
    "pass": "as it should be",
    "fail": "not as it should be",
    "wait": "for a person to judge",
    "plain": "no candidate to judge",
}


def tone(simulation: Simulation) -> Tone:
    """Whether it ended as it should: a good candidate promoted, a bad one stopped; else it is for a person to say."""
    stopped = simulation.ending in ("rolledBack", "rejected")
    if not simulation.applies:
        return "plain"
    end = _end_of_first(simulation)
    if end is not None and end.request is not None:
        return "wait"
    if stopped and not simulation.candidate_is_bad and _without_data(end):
        return "wait"
    if simulation.ending == "promoted" or stopped:
        return "fail" if stopped != simulation.candidate_is_bad else "pass"
    return "plain" if simulation.ending == "none" else "wait"


def verdict(simulation: Simulation) -> str:
    """What the tone means, in a few words."""
    return VERDICTS[tone(simulation)] if simulation.applies else FOREIGN


def brief(simulation: Simulation, *, recorded: bool = False) -> str:
    """How it ended, in a few words."""
    if not simulation.applies:
        return f"{FOREIGN} to {'requests' if simulation.batches is None else 'batch runs'}"
    if simulation.ending == "none":
        return f"{plural(simulation.retrains, 'training')}, {simulation.suppressed} suppressed"
    kind = _kind(simulation, recorded=recorded)
    if simulation.ending == "open":
        return f"{kind}, still open {_after(simulation, None)}"
    end = _end_of_first(simulation)
    if end is not None and end.request is not None:
        return f"{kind}, stopped by a person {_after(simulation, end)}"
    how = {**_STOPPED, "promoted": "promoted", "held": "held"}[simulation.ending]
    return f"{kind}, {how} {_after(simulation, end)}"


def _kind(simulation: Simulation, *, recorded: bool) -> str:
    return "recorded" if recorded else "bad" if simulation.candidate_is_bad else "good"


def headline(simulation: Simulation, *, recorded: bool = False) -> str:
    """How it ended, in a few sentences."""
    kind = _kind(simulation, recorded=recorded)
    exposed = (
        _exposed(simulation, recorded=recorded)
        if simulation.batches is None
        else compared(simulation, simulation.batches)
    )
    return " ".join([*_foreign(simulation), _ending(simulation, kind), *exposed, *_retrained(simulation)])


def _foreign(simulation: Simulation) -> Iterator[str]:
    """What of the scenario has no effect."""
    if not simulation.applies:
        yield "Nothing in this scenario applies, and it goes as if nothing were wrong."
    for told in simulation.foreign:
        yield f"{told[:1].upper()}{told[1:]}."


def _ending(simulation: Simulation, kind: str) -> str:
    if simulation.ending == "none":
        return _trained(simulation)
    end = None if simulation.ending == "open" else _end_of_first(simulation)
    after = _after(simulation, end)
    if simulation.ending == "open":
        return f"The {kind} candidate is still on its way {after}."
    if end is not None and end.request is not None:
        return f"A person stopped the {kind} candidate {after}."
    if simulation.ending == "promoted":
        return f"The {kind} candidate was promoted {after}."
    if simulation.ending == "held":
        told = f"The {kind} candidate is held, and a person is asked, {after}"
    else:
        told = f"The {kind} candidate was {_STOPPED[simulation.ending]} {after}"
    told += ", for want of data" if _without_data(end) else ""
    harm = simulation.detected_after
    return f"{told}." if harm is None else f"{told}, {elapsed(harm)} after the harm began."


_STOPPED: Final = {"rolledBack": "rolled back", "rejected": "rejected", "replaced": "taken back by Git"}


def _after(simulation: Simulation, end: Entry | None) -> str:
    """How long after the beginning."""
    seconds = (end.at if end else simulation.ended) - simulation.began
    return f"after {elapsed(seconds)}" if seconds >= 1 else "at once"


def _without_data(end: Entry | None) -> bool:
    """Whether there was nothing to decide by: time ran out, or nothing was counted of whatever did not pass."""
    missing = [cause for cause in end.causes if cause.verdict != "Pass"] if end is not None else []
    if not missing:
        return end is not None and end.reason == "undecided at the timeout"
    return all(cause.samples == 0 and cause.verdict != "Fail" for cause in missing)


def _trained(simulation: Simulation) -> str:
    """What became of trained models, where the scenario nominates none."""
    entries = [entry for entry in simulation.entries if entry.at >= simulation.began and entry.to is not None]
    nominated = [entry.stream for entry in entries if entry.kind == "nominate" and "@" not in (entry.stream or "")]
    done = {entry.stream for entry in entries if entry.to is not None and entry.to.phase == "Done"}
    if not nominated:
        return "No candidate was nominated."
    verb = "was" if len(nominated) == 1 else "were"
    promoted = sum(stream in done for stream in nominated)
    return f"{plural(len(nominated), 'trained model')} {verb} nominated, {promoted} promoted."


def _exposed(simulation: Simulation, *, recorded: bool) -> Iterator[str]:
    if simulation.ending == "none":
        return
    if not simulation.exposure:
        if simulation.ending in ("rolledBack", "rejected"):
            yield "It answered no live request."
        return
    requests = plural(simulation.exposure, "live request")
    when = "so far" if simulation.ending == "open" else "before that"
    badly = f", {simulation.bad_exposure:,} of them badly"
    yield f"It answered {requests} {when}{'' if recorded and not simulation.bad_exposure else badly}."


def _retrained(simulation: Simulation) -> Iterator[str]:
    if simulation.retrains or simulation.suppressed:
        lasted = elapsed(simulation.ended - simulation.began)
        suppressed = f", {plural(simulation.suppressed, 'trigger')} suppressed" if simulation.suppressed else ""
        yield f"{plural(simulation.retrains, 'training')} in {lasted}{suppressed}."


def _end_of_first(simulation: Simulation) -> Entry | None:
    """The decision by which the first rollout came where it ended."""
    wanted = _PHASES.get(simulation.ending, ())
    rollouts = (
        entry for entry in simulation.entries if entry.at >= simulation.began and "@" not in (entry.stream or "")
    )
    return next((entry for entry in rollouts if entry.to and entry.to.phase in wanted), None)


_PHASES: Final[dict[str, tuple[Phase, ...]]] = {
    "promoted": ("Done",),
    "rolledBack": ("RollingBack",),
    "rejected": ("Rejected",),
    "replaced": ("RollingBack", "RolledBack", "Rejected"),
    "held": ("Held",),
}
