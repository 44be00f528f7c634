"""Simulates how often the intervals hold the true value: `python -m simulations [--replications N] [--write FILE]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import SCENARIOS, report, run

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=10_000)
    parser.add_argument("--only", help="the metric to simulate")
    parser.add_argument("--write", type=Path, help="the page to write the table to")
    given = parser.parse_args()
    found = []
    for place, scenario in enumerate(SCENARIOS):
        if given.only not in (None, scenario.metric):
            continue
        found += run(scenario, given.replications, place)
        sys.stdout.write("".join(f"{report.line(each)}\n" for each in found[-2:]))
        sys.stdout.flush()
    if given.write:
        given.write.write_text(report.page(found, given.replications), encoding="utf-8")
    wrong = [each for each in found if report.faults(each)]
    for each in wrong:
        sys.stdout.write(f"{report.line(each)}: {', '.join(report.faults(each))}\n")
    sys.exit(1 if wrong else 0)
