"""The always-valid tests again, written over arrays with SciPy, so that thousands of runs can be simulated at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.special import log_ndtr, xlogy

Floats = NDArray[np.float64]


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

    @property
    def name(self) -> str:
        """For the id of a test."""
        against = f" against {self.other_share:g} of {self.other_each}" if self.slope else ""
        return f"{self.offset:g}+{self.slope:g}x{against}, {self.each} a look, planned {self.planned_looks}"


class Decided(NamedTuple):
    """Shares of the runs that were ever judged so, and what the candidate had served until then, infinite if never."""

    above: float
    below: float
    until_above: Floats


def log_evidence(setting: Setting, good: Floats, total: float, other_good: Floats, other_total: float) -> Floats:
    """Signed: above 0 where the candidate's share lies above the boundary."""
    share = good / total
    most = _likelihood(good, total, share)
    if setting.slope:
        other = other_good / other_total
        most = most + _likelihood(other_good, other_total, other)
        on_boundary = _boundary(setting, good, total, other_good, other_total)
        beyond = share - setting.offset - setting.slope * other
        information = 1 / (1 / total + 1 / other_total)
        expected = setting.planned_looks / (1 / setting.each + 1 / setting.other_each)
    else:
        on_boundary = _likelihood(good, total, np.full_like(good, setting.offset))
        beyond = share - setting.offset
        information, expected = total, float(setting.planned_looks * setting.each)
    deviate = np.sqrt(np.maximum(0, 2 * (most - on_boundary)))
    growth = 8 * information / expected
    shrunk = deviate * np.sqrt(growth / (1 + growth))
    evidence = np.log(2) + log_ndtr(shrunk) + shrunk**2 / 2 - 0.5 * np.log1p(growth)
    return np.sign(beyond) * np.maximum(evidence, 0)


def simulate(setting: Setting, runs: int, error: float, random: Generator) -> Decided:
    """Every run to its last look."""
    boundary = setting.offset + setting.slope * setting.other_share
    share = boundary if setting.share is None else setting.share
    good, other_good = np.zeros(runs), np.zeros(runs)
    above, below = np.zeros(runs, bool), np.zeros(runs, bool)
    until = np.full(runs, np.inf)
    bound = np.log(1 / error)
    for look in range(1, setting.looks + 1):
        good += random.binomial(setting.each, share, runs)
        other_good += random.binomial(setting.other_each, setting.other_share, runs)
        evidence = log_evidence(setting, good, look * setting.each, other_good, look * setting.other_each)
        until[(evidence >= bound) & ~above] = look * setting.each
        above |= evidence >= bound
        below |= evidence <= -bound
    return Decided(float(above.mean()), float(below.mean()), until)


def _likelihood(good: Floats, total: float, share: Floats) -> Floats:
    return np.asarray(xlogy(good, share) + xlogy(total - good, 1 - share))


def _boundary(setting: Setting, good: Floats, total: float, other_good: Floats, other_total: float) -> Floats:
    low = np.full_like(good, max(0.0, -setting.offset / setting.slope))
    high = np.full_like(good, min(1.0, (1 - setting.offset) / setting.slope))
    for _ in range(50):
        middle = (low + high) / 2
        at = setting.offset + setting.slope * middle
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = setting.slope * (good / at - (total - good) / (1 - at))
            slope += other_good / middle - (other_total - other_good) / (1 - middle)
        low, high = np.where(slope > 0, middle, low), np.where(slope > 0, high, middle)
    share = (low + high) / 2
    at = np.clip(setting.offset + setting.slope * share, 0, 1)
    return _likelihood(good, total, at) + _likelihood(other_good, other_total, share)
