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
    chosen = [scenario for scenario in SCENARIOS if given.only in (None, scenario.metric)]
    found = []
    for place, scenario in enumerate(chosen):
        found += run(scenario, given.replications, place)
        print("\n".join(report.line(each) for each in found[-2:]), flush=True)
    if given.write:
        given.write.write_text(report.page(found, given.replications), encoding="utf-8")
    wrong = [each for each in found if report.faults(each, given.replications)]
    for each in wrong:
        print(f"{report.line(each)}: {', '.join(report.faults(each, given.replications))}")
    sys.exit(1 if wrong else 0)
