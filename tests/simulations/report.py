"""The table of the simulations, and what in it is not as it must be."""

from __future__ import annotations

import numpy as np

from .scenario import BELOW, Found

WIDER = 1.2
"""How much wider than a published interval it may be that covers as well."""


def faults(found: Found) -> list[str]:
    """What is wrong with the intervals, chance allowed for: a simulated share has a standard error of its own."""
    chance = 0.0
    if found.drawn:
        count = max(found.drawn * found.trusted, 1)
        chance = 2 * float(np.sqrt(found.level * (1 - found.level) / count))
    wrong = []
    if found.covered < found.level - BELOW - chance:
        wrong.append("covers too seldom")
    if found.rival_covered >= found.level - BELOW and found.width > WIDER:
        wrong.append("too wide")
    return wrong


def line(found: Found) -> str:
    """One row of the table."""
    metric, case, n, *_ = found.scenario
    cells = (
        f"`{metric}`",
        case,
        f"{n:,}",
        f"{found.level:.0%}",
        f"{found.covered:.1%}",
        f"{found.missed_below:.1%}",
        f"{found.missed_above:.1%}",
        f"{found.width:.2f}",
        f"{found.rival} ({found.rival_covered:.1%})",
        f"{found.trusted:.0%}",
    )
    return "| " + " | ".join(cells) + " |"


HEAD = "| metric | case | n | level | coverage | below | above | width | compared with (coverage) | has an interval |"


def page(found: list[Found], replications: int) -> str:
    """The documentation page."""
    rows = "\n".join(line(each) for each in found)
    return f"""# Do the intervals hold?

What an interval promises can be checked where the true value is known. `make simulations` draws {replications:,} data
sets for every row of this table, computes the interval of each as `lifespec evaluate` does, and counts how often it
holds the true value. Shares and counts are not drawn: all outcomes are enumerated with their chances.

- **coverage**: the share of intervals that hold the true value. It must not be more than one point below the level.
- **below, above**: the share of data sets in which the true value lay below, or above, the interval. A gate looks at
  one end only.
- **width**: the mean width relative to that of a published interval, whose coverage stands beside its name: of several
  the narrowest one that covers, as above. It must not be more than 1.2; where no published one covers, it may.
- **has an interval**: where data sets have too few of what the catalog counts, there is no interval and the verdict is
  Inconclusive.

The first n of every metric is the catalog's smallest; `lifespec metrics NAME` prints it. A metric that is not listed is
made as one that is: precision, recall, error rate and the other shares as accuracy; means as each other; the other
metrics of groups as demographic parity and disparate impact.

What no interval can know is what the rows do not show: losses with rarer and larger outliers than these need more rows.

{HEAD}
|{" --- |" * (HEAD.count("|") - 1)}
{rows}
"""
