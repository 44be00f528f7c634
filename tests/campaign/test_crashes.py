"""A fault at every single write of every script: in the end all is as it is without the fault (the oracle of Sieve)."""

from __future__ import annotations

import os
from collections import Counter
from random import Random

import pytest

from campaign.plugin import say
from campaign.run import CRASHES, HOWS
from campaign.traces import TRACES, ended, reference, traced

PAIRS = int(os.environ.get("CAMPAIGN_PAIRS") or 4)
"""Pairs of crashes of each of two sorts, for each script."""
TWICE = "crash again while it starts again"
fired: Counter[str] = Counter()


def again(name: str, faults: dict[int, str]) -> str:
    """How it is done by hand."""
    writes = " ".join(f"--write {number}" for number in faults)
    return f"PYTHONPATH=tests python -m campaign --trace '{name}' --fault '{next(iter(faults.values()))}' {writes}"


def check(name: str, faults: dict[int, str]) -> None:
    run = traced(name, faults)
    for how in faults.values():
        assert run.fired[how], again(name, faults)
        fired[how] += 1
    assert ended(run) == reference(name)[0], again(name, faults)


@pytest.mark.parametrize("name", TRACES)
def test_a_fault_at_any_write_changes_nothing_in_the_end(name):
    writes = len(reference(name)[1])
    for number in range(writes):
        for how in HOWS:
            check(name, {number: how})
    fired["writes"] += writes


@pytest.mark.parametrize("name", TRACES)
def test_crashing_twice_changes_nothing_in_the_end(name):
    random = Random(name)
    writes = len(reference(name)[1])
    for _ in range(PAIRS):
        first = random.randrange(writes)
        how = random.choice(CRASHES)
        check(name, {first: how, first + 1: how})  # the second one hits what it does when it starts again
        fired[TWICE] += 1
        one, other = sorted(random.sample(range(writes), 2))
        check(name, {one: how, other: how})


def test_the_count_is_told():
    for name in TRACES:
        assert reference(name)[1]
    say(f"placed faults: {', '.join(f'{kind} {count}' for kind, count in sorted(fired.items()))}")
