"""Verdicts in words, the same in every format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from lifespec_compiler.judging import Bound, Outcome, Verdict, shown
from lifespec_runtime.cli.report import printable

from .evaluated import NO_STABLE, Evaluated

WORDS: Final[dict[Outcome, str]] = {"Pass": "pass", "Fail": "FAIL", "Inconclusive": "unclear", "Error": "ERROR"}
"""Each outcome as a short word."""


def value(verdict: Verdict) -> str:
    """The measured value in its unit; differences with their sign; `-` where there is none."""
    if verdict.value is None:
        return "-"
    return number(verdict.value, verdict.threshold, signed=verdict.quantity is not None)


def interval(verdict: Verdict) -> str:
    """The interval, empty where there is none."""
    found = verdict.interval
    if found is None:
        return ""
    signed = verdict.quantity is not None
    low, high = (number(end, verdict.threshold, signed=signed) for end in (found.low, found.high))
    return f"{low} to {high}"


def number(measured: float, bound: Bound, *, signed: bool) -> str:
    """A number in the unit of a bound."""
    told = shown(measured, bound.unit)
    return f"+{told}" if signed and measured > 0 else told


def samples(verdict: Verdict) -> str:
    """The number that the value rests on."""
    return f"{verdict.samples:,}"


def subject(verdict: Verdict) -> str:
    """The check, and the slice in which it was looked at."""
    return printable(f"{verdict.check} [{verdict.slice}]" if verdict.slice else verdict.check)


def told(verdict: Verdict) -> str:
    """The verdict as one line: what was measured, what it had to be, and why that is no Pass."""
    span = interval(verdict)
    level = f" ({100 * verdict.interval.level:g} % interval {span})" if verdict.interval else ""
    reason = f"; {printable(verdict.reason)}" if verdict.reason else ""
    measured = "no value" if verdict.value is None else value(verdict)
    return f"{measured}{level}, must be {printable(verdict.words)}{reason}"


def summary(evaluated: Evaluated) -> str:
    """The counts as one line."""
    counted: Counter[str] = Counter(verdict.outcome for verdict in evaluated.verdicts if evaluated.counts(verdict))
    warned = sum(verdict.outcome == "Fail" and not evaluated.counts(verdict) for verdict in evaluated.verdicts)
    total = len(evaluated.verdicts)
    passed = sum(verdict.outcome == "Pass" for verdict in evaluated.verdicts)
    parts = [f"{passed} of {total} bound{' passes' if total == 1 else 's pass'}"]
    parts += [f"{counted['Fail']} fail"] if counted["Fail"] else []
    parts += [f"{warned} fail without consequence"] if warned else []
    errors = sum(verdict.outcome == "Error" for verdict in evaluated.verdicts)
    unclear = sum(verdict.outcome == "Inconclusive" for verdict in evaluated.verdicts)
    parts += [f"{errors} could not be measured"] if errors else []
    parts += [f"{unclear} unclear"] if unclear else []
    line = ", ".join(parts)
    if evaluated.skipped:
        count = len(evaluated.skipped)
        line += f"; {count} {'was' if count == 1 else 'were'} skipped: {NO_STABLE}"
    return line


def not_passed(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """What did not pass, in the order of the spec."""
    return [verdict for verdict in verdicts if verdict.outcome != "Pass"]
