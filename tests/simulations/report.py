"""The table of the simulations, and what in it is not as it must be."""

from __future__ import annotations

import numpy as np

from .scenario import Found

BELOW = 0.01
"""How far below its level an interval's coverage may be."""
WIDER = 1.2
"""How much wider than a published interval it may be that covers as well."""


def faults(found: Found, replications: int) -> list[str]:
    """What is wrong with the intervals, chance allowed for: a simulated share has a standard error of its own."""
    chance = 0.0
    if replications:
        count = max(replications * found.trusted, 1)
        chance = 2 * float(np.sqrt(found.level * (1 - found.level) / count))
    wrong = []
    if found.covered < found.level - BELOW - chance:
        wrong.append("covers too seldom")
    if found.rival_covered >= found.level - BELOW and found.width > WIDER:
        wrong.append("too wide")
    return wrong


def line(found: Found) -> str:
    """One row of the table."""
    metric, case, n, *_, rival = found.scenario
    cells = (
        f"`{metric}`",
        case,
        f"{n:,}",
        f"{found.level:.0%}",
        f"{found.covered:.1%}",
        f"{found.missed_below:.1%}",
        f"{found.missed_above:.1%}",
        f"{found.width:.2f}",
        f"{rival} ({found.rival_covered:.1%})",
        f"{found.trusted:.0%}",
    )
    return "| " + " | ".join(cells) + " |"


HEAD = "| metric | case | n | level | coverage | below | above | width | compared with (coverage) | has an interval |"


def page(found: list[Found], replications: int) -> str:
    """The documentation page."""
    rows = "\n".join(line(each) for each in found)
    return f"""# Do the intervals hold?

What an interval promises can be checked where the true value is known. `make simulations` draws {replications:,} data sets for every row
of this table (shares and counts are not drawn: all outcomes are enumerated with their chances), computes the interval of each as
`lifespec evaluate` does, and counts how often it holds the true value.

- **coverage**: the share of intervals that hold the true value. It must not be more than one point below the level.
- **below, above**: the share of data sets in which the true value lay below, or above, the interval. A gate looks at one end only.
- **width**: the mean width relative to that of a published interval. It must not be more than 1.2 where the published one covers as well;
  its coverage stands beside its name.
- **has an interval**: where data sets have too few of what the catalog counts, there is no interval and the verdict is Inconclusive.

The first n of every metric is the catalog's smallest (`lifespec metrics NAME` prints it); the tables stop where the intervals of all
methods agree.

{HEAD}
|{" --- |" * (HEAD.count("|") - 1)}
{rows}
"""
