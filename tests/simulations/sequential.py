"""The always-valid tests again, over arrays: looked at every minute for a month, in thousands of runs at once.

Most looks cannot decide anything. So many looks are drawn as one block, and only the runs that could decide within it,
whatever the order of its events, are drawn look by look from what the block came to: hypergeometric, which is the same
in distribution as drawing every look of every run.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.special import log_ndtr, xlogy

Floats = NDArray[np.float64]
BLOCK = 0.4
"""Standard deviations of the counts that a block may be long."""
ENOUGH = 1e-9
TINY = 1e-300
NARROWEST = 8
SPENT = 0.9


class Setting(NamedTuple):
    """A claim that is just true, or whose truth is `share`, and the traffic that it is judged on."""

    offset: float
    slope: float
    other_share: float
    each: int
    """Of the candidate, between two looks."""
    other_each: int
    looks: int
    planned_looks: int
    share: float | None = None
    parts: int = 1
    """Events that a value of the candidate is the mean of: 1 where it is an event itself."""

    @property
    def truth(self) -> float:
        """The candidate's share."""
        return self.offset + self.slope * self.other_share if self.share is None else self.share

    @property
    def name(self) -> str:
        """For the id of a test."""
        against = f" against {self.other_share:g} of {self.other_each}" if self.slope else ""
        return f"{self.offset:g}+{self.slope:g}x{against}, {self.each} a look, planned {self.planned_looks}"


class Looked(NamedTuple):
    """What the candidate had served when a run was first judged so; infinite where it never was."""

    above: Floats
    below: Floats


class Totals(NamedTuple):
    """Counts so far, one of each run: of the candidate, and of the other."""

    good: Floats
    bad: Floats
    other_good: Floats
    other_bad: Floats


def look(setting: Setting, runs: int, error: float, random: Generator) -> Looked:
    """Every run to its last look."""
    needed = needed_deviates(setting, error)
    share = setting.truth
    now = Totals(*np.zeros((4, runs)))
    first = Looked(np.full(runs, np.inf), np.full(runs, np.inf))
    done, upper, lower = 0, np.full(runs, setting.other_share), np.full(runs, setting.other_share)
    while done < setting.looks:
        length = min(_block(setting, done), setting.looks - done)
        each, other_each = length * setting.each, length * setting.other_each
        good = random.binomial(each * setting.parts, share, runs)
        other_good = random.binomial(other_each, setting.other_share, runs)
        value = good / setting.parts
        more = value, each - value, other_good, other_each - other_good
        then = Totals(*(counts + new for counts, new in zip(now, more, strict=True)))
        least = needed[done : done + length].min()
        most = Totals(then.good, now.bad, now.other_good, then.other_bad)
        highest, upper = deviate(setting, most, upper, mended=False)
        fewest = Totals(now.good, then.bad, then.other_good, now.other_bad)
        lowest, lower = deviate(setting, fewest, lower, mended=False)
        rises, falls = (highest >= least) & np.isinf(first.above), (lowest <= -least) & np.isinf(first.below)
        place = np.flatnonzero(rises | falls)
        if place.size:
            part = Totals(*(counts[place] for counts in now))
            drawn = good[place], other_good[place]
            _look_by_look(setting, part, drawn, range(done, done + length), needed, first, place, random)
        now, done = then, done + length
    return first


def _look_by_look(
    setting: Setting,
    now: Totals,
    drawn: tuple[NDArray[np.int64], NDArray[np.int64]],
    looks: range,
    needed: Floats,
    first: Looked,
    place: NDArray[np.intp],
    random: Generator,
) -> None:
    good, other_good = drawn
    events = setting.each * setting.parts
    left, other_left = len(looks) * events, len(looks) * setting.other_each
    start = np.full(place.size, setting.other_share)
    for number in looks:
        some = random.hypergeometric(good, left - good, events)
        others = np.zeros_like(other_good)
        if setting.slope:
            others = random.hypergeometric(other_good, other_left - other_good, setting.other_each)
        good, left = good - some, left - events
        other_good, other_left = other_good - others, other_left - setting.other_each
        value = some / setting.parts
        more = value, setting.each - value, others, setting.other_each - others
        now = Totals(*(counts + new for counts, new in zip(now, more, strict=True)))
        found, start = deviate(setting, now, start)
        for times, beyond in ((first.above, found >= needed[number]), (first.below, found <= -needed[number])):
            fresh = place[beyond]
            times[fresh] = np.minimum(times[fresh], (number + 1) * setting.each)


def _block(setting: Setting, done: int) -> int:
    """How many looks may be drawn at once: few at the start, when each of them says much."""
    share = min(max(setting.truth, 1e-9), 1 - 1e-9)
    variances = [setting.each * share * (1 - share)]
    if setting.slope:
        variances.append(setting.other_each * setting.other_share * (1 - setting.other_share))
    return max(1, int(BLOCK * np.sqrt(done / max(variances))))


def needed_deviates(setting: Setting, error: float) -> Floats:
    """The signed root of twice the likelihood ratio that decides, at each look: where the mixture is 1 / error."""
    growth = NARROWEST * np.arange(1, setting.looks + 1) / setting.planned_looks
    low, high = np.zeros_like(growth), np.full_like(growth, 100.0)
    for _ in range(60):
        middle = (low + high) / 2
        enough = log_mixture(middle, growth) >= np.log(1 / (SPENT * error))
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return high


def log_mixture(size: Floats, growth: Floats | float) -> Floats:
    """The logarithm of the mean likelihood ratio over half-normal alternatives."""
    shrunk = size * np.sqrt(growth / (1 + growth))
    return np.log(2) + log_ndtr(shrunk) + shrunk**2 / 2 - np.log1p(growth) / 2


def deviate(setting: Setting, counts: Totals, start: Floats, *, mended: bool = True) -> tuple[Floats, Floats]:
    """The signed root of twice the likelihood ratio at the boundary, and the other's share that is most likely there.

    It is `mended` by the skewness of the counts; it can only become smaller.
    """
    good, bad, other_good, other_bad = counts
    total, other_total = np.maximum(good + bad, TINY), np.maximum(other_good + other_bad, TINY)
    share = good / total
    most = xlogy(good, share) + xlogy(bad, 1 - share)
    at, found, other = np.full_like(good, setting.offset), start, np.zeros_like(good)
    on_boundary = np.zeros_like(good)
    if setting.slope:
        other = other_good / other_total
        most += xlogy(other_good, other) + xlogy(other_bad, 1 - other)
        found = _on_boundary(setting, counts, start)
        at = setting.offset + setting.slope * found
        on_boundary = xlogy(other_good, found) + xlogy(other_bad, 1 - found)
    on_boundary = on_boundary + xlogy(good, at) + xlogy(bad, 1 - at)
    beyond = share - setting.offset - setting.slope * other
    size = np.sqrt(2 * np.maximum(0, most - on_boundary))
    if not mended:
        return np.sign(beyond) * size, found
    skewness = _skewness(setting, total, other_total, at, found)
    size = np.where((beyond > 0) != (skewness > 0), np.maximum(0, size - np.abs(skewness) / 6), size)
    return np.sign(beyond) * size, found


def _skewness(setting: Setting, total: Floats, other_total: Floats, at: Floats, other: Floats) -> Floats:
    variance = at * (1 - at) / total
    third = variance * (1 - 2 * at) / total
    if setting.slope:
        others = setting.slope**2 * other * (1 - other) / other_total
        variance, third = variance + others, third - setting.slope * others * (1 - 2 * other) / other_total
    return third / np.maximum(variance, TINY) ** 1.5


def _on_boundary(setting: Setting, counts: Totals, start: Floats) -> Floats:
    """The other's share that is most likely where the claim is just held: Newton's steps within a bracket."""
    good, bad, other_good, other_bad = counts
    slope, edge = setting.slope, 1e-15
    low = np.full_like(good, max(0.0, -setting.offset / slope) + edge)
    high = np.full_like(good, min(1.0, (1 - setting.offset) / slope) - edge)
    share = np.clip(start, low, high)
    for _ in range(60):
        at = setting.offset + slope * share
        left, right, beside, beyond = good / at, bad / (1 - at), other_good / share, other_bad / (1 - share)
        rise = slope * (left - right) + beside - beyond
        bend = slope * slope * (left / at + right / (1 - at)) + beside / share + beyond / (1 - share)
        low, high = np.where(rise > 0, share, low), np.where(rise > 0, high, share)
        step = share + rise / bend
        inside = (step >= low) & (step <= high)
        if np.all((rise * rise <= ENOUGH * bend) | (high - low <= 2 * edge)):
            return share
        share = np.where(inside, step, (low + high) / 2)
    return share
