"""The answers of many runs, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from .tones import Tone
from .words import elapsed, percent, plural

if TYPE_CHECKING:
    from lifespec_compiler.simulate.outcome import Answers, Estimate, Spread

ALARMING: Final = 0.05
"""A chance to decide wrongly that is shown in red: what live gates promise by default."""
PARTS: Final = ("median", "in 95 of 100 runs", "worst run")
"""Of what varies from run to run."""


class Row(NamedTuple):
    """A question with its answer."""

    question: str
    answer: str
    interval: str
    runs: str
    tone: Tone = "plain"


def rows(answers: Answers) -> list[Row]:
    """The answers that there are, the most asked for first. That there was one run is not said in each of them."""
    return [row if answers.runs > 1 else row._replace(runs="") for row in _rows(answers)]


def asked(answers: Answers) -> str:
    """What the answers rest on."""
    if answers.runs == 1:
        return "One run; --runs 200 tells how often, and how sure that is"
    return f"Over {plural(answers.runs, 'run')} of {answers.scenario}; intervals at {percent(answers.level)}"


def _rows(answers: Answers) -> Iterator[Row]:
    if answers.runs > 1:
        yield from _chances(answers)
    if answers.exposure is not None:
        yield from _exposures(answers, answers.exposure)
    if answers.bad_exposure is not None:
        badly = "of them answered badly" if answers.compared_runs is None else "of them failed"
        yield from _spread(badly, answers.bad_exposure, _plain)
    for question, found in (
        ("batch runs compared with stable's", answers.compared_runs),
        ("its batch runs that failed", answers.failed_runs),
        ("its batch runs that came late", answers.late_runs),
        ("rows that it scored and nobody used", answers.scored_rows),
    ):
        yield from _spread(question, found, _plain) if found is not None else ()
    if answers.time_to_detect is not None:
        yield from _spread("time from harm to decision", answers.time_to_detect, elapsed)
    if answers.retrains_a_month is not None:
        yield from _spread("trainings a month", answers.retrains_a_month, _plain)
    if answers.cpu_hours_a_month is not None:
        yield from _spread("CPU hours of training a month, at most", answers.cpu_hours_a_month, _plain)


def _chances(answers: Answers) -> Iterator[Row]:
    """How often it goes which way; of one run there is no saying."""
    if answers.missed is not None:
        yield _share("P(missed): a bad candidate is promoted", answers.missed, _alarming(answers.missed))
    else:
        yield _share("promoted", answers.promoted)
    if answers.false_rollback is not None:
        found = answers.false_rollback
        yield _share("P(false rollback): a good candidate is stopped", found, _alarming(found))
    else:
        yield _share("stopped: rolled back, rejected or held", answers.stopped)
    if answers.by_person is not None and answers.by_person.value:
        yield _share("stopped by a person", answers.by_person)
    if answers.undecided.value:
        yield _share("undecided at the end", answers.undecided)


def _exposures(answers: Answers, found: Spread) -> Iterator[Row]:
    question = "requests that the candidate answered" if answers.compared_runs is None else "rows of it that were used"
    told = [*_spread(question, found, _plain)]
    yield from told[:-1]
    most = answers.max_exposure
    if not told:
        return
    worst = told[-1]
    if most is None or not answers.candidate_is_bad:
        yield worst
    else:
        over = found.worst > most
        yield worst._replace(answer=f"{worst.answer} of {most:,} allowed", tone="fail" if over else "pass")


def _alarming(found: Estimate) -> Tone:
    return "fail" if found.value > ALARMING else "pass"


def _spread(question: str, found: Spread, form: Callable[[float], str]) -> Iterator[Row]:
    """The median; with enough runs what 95 of 100 keep to; and the worst."""
    runs = str(found.median.runs)
    if not found.worst:
        return
    if found.median.runs == 1 or found.worst == found.median.value:
        yield Row(question, form(found.worst), "", runs)
        return
    median, most, worst = PARTS
    yield Row(f"{question}: {median}", form(found.median.value), between(found.median, form), runs)
    yield Row(f"{question}: {most}", form(found.most_runs.value), between(found.most_runs, form), runs)
    yield Row(f"{question}: {worst}", form(found.worst), "", runs)


def _share(question: str, found: Estimate, tone: Tone = "plain") -> Row:
    counted = f"{found.hits} of {found.runs}" if found.hits is not None else f"{found.runs}"
    return Row(question, percent(found.value), between(found, percent), counted, tone)


def _plain(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or float(value).is_integer() else f"{value:.2g}"


def between(found: Estimate, form: Callable[[float], str]) -> str:
    """The interval in words; empty where there is none."""
    if found.low is not None and found.high is not None:
        return f"{form(found.low)} to {form(found.high)}"
    if found.high is not None:
        return f"at most {form(found.high)}"
    return f"at least {form(found.low)}" if found.low is not None else ""
