"""Claims on live traffic that are just true, looked at for a month; and harms: how soon they are found."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from scipy import stats

from .sequential import Floats, Setting, look

ERROR = 0.05
MONTH = 30 * 24 * 60
STEP = 240
"""Minutes of a step for which the tests are planned: 4 hours."""
POWER = 0.8


class Kind(NamedTuple):
    """A kind of claim: what is just true, and how much worse or better is to be found."""

    metric: str
    bound: str
    side: str
    offset: float
    slope: float = 0.0
    other_share: float = 0.0
    harm: float = 0.0
    """A share of the candidate's that breaks the claim."""
    parts: int = 1


KINDS = (
    Kind("share", "`max: 1%`", "atMost", 0.01, harm=0.02),
    Kind("share, to be high", "`min: 30%`", "atLeast", 0.3, harm=0.27),
    Kind("latency, 95th percentile", "`max: 120ms`", "atMost", 0.05, harm=0.075),
    Kind("rare events", "`max: 0.1%`", "atMost", 0.001, harm=0.002),
    Kind("mean of values from 0 to 1", "`max: 0.2`", "atMost", 0.2, harm=0.22, parts=4),
    Kind("against stable's 1%", "`maxRegression: 0.5%`", "atMost", 0.005, 1, 0.01, harm=0.02),
    Kind("against stable's 10%", "`minImprovement: 1%`", "atLeast", 0.01, 1, 0.1, harm=0.1),
    Kind("against stable's 5%", "`maxRelativeRegression: 10%`", "atMost", 0, 1.1, 0.05, harm=0.07),
    Kind("latency against stable's 99th percentile", "`maxRegression: 20ms`", "atMost", 0, 1, 0.01, harm=0.015),
    Kind("users against stable's 20%", "`maxRegression: 1%`", "atLeast", -0.01, 1, 0.2, harm=0.17),
)
TRAFFIC = ((3, 27), (300, 2700))
"""Of the candidate and of stable, in a minute: 0.5 and 50 requests a second, a tenth of them to the candidate."""


class Looks(NamedTuple):
    """In how many runs a claim that is just true was decided, over all looks."""

    harm: int
    none: int


class Sizes(NamedTuple):
    """What is needed to find a harm four times out of five: by a test of a fixed size, and by ours."""

    kind: Kind
    fixed: int
    """Of the candidate."""
    ours: Floats
    """Of each run, infinite where nothing was found."""


def setting_of(kind: Kind, each: int, other_each: int, planned: int, looks: int) -> Setting:
    """The claim as it is just true."""
    others = other_each if kind.slope else 0
    return Setting(kind.offset, kind.slope, kind.other_share, each, others, looks, planned, parts=kind.parts)


def looked(kind: Kind, traffic: tuple[int, int], runs: int, random: Generator, looks: int = MONTH) -> Looks:
    """Runs of a claim that is just true, each looked at every minute: how often harm was seen, and how often none."""
    found = look(setting_of(kind, *traffic, STEP, looks), runs, ERROR, random)
    above, below = (int(np.isfinite(times).sum()) for times in found)
    return Looks(above, below) if kind.side == "atMost" else Looks(below, above)


def sized(kind: Kind, runs: int, random: Generator) -> Sizes:
    """How much a harm needs: the tenth part of the traffic goes to the candidate, and a look is a hundredth of it."""
    fixed = fixed_size(kind)
    each = max(1, fixed // 100)
    others = 9 * each if kind.slope else 0
    setting = Setting(
        kind.offset, kind.slope, kind.other_share, each, others, 3000, math.ceil(fixed / each), kind.harm, kind.parts
    )
    found = look(setting, runs, ERROR, random)
    return Sizes(kind, fixed, found.above if kind.side == "atMost" else found.below)


def fixed_size(kind: Kind) -> int:
    """What the classical test needs of the candidate, with nine times as much of stable: exact for one share."""
    if not kind.slope and kind.parts == 1:
        return next(n for n in range(20, 10**6) if _finds(kind, n))
    harmless = kind.offset + kind.slope * kind.other_share
    ratio = 1 / 9 if kind.slope else 0.0
    others = kind.slope**2 * kind.other_share * (1 - kind.other_share) * ratio
    spread = [math.sqrt(share * (1 - share) / kind.parts + others) for share in (harmless, kind.harm)]
    needed = stats.norm.isf(ERROR) * spread[0] + stats.norm.ppf(POWER) * spread[1]
    return math.ceil((needed / (kind.harm - harmless)) ** 2)


def _finds(kind: Kind, size: int) -> bool:
    """Whether the exact binomial test finds the harm often enough: with so many, and with up to 3 more."""
    sizes = np.arange(size, size + 4)
    if kind.side == "atMost":
        found = stats.binom.sf(stats.binom.isf(ERROR, sizes, kind.offset), sizes, kind.harm)
    else:
        found = stats.binom.cdf(stats.binom.ppf(ERROR, sizes, kind.offset) - 1, sizes, kind.harm)
    return bool(np.all(found >= POWER))
