"""Runs in which things go wrong at random: the observer judges every write, and in the end all comes to rest."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from campaign import faults, states
from campaign.plugin import say
from campaign.seeds import lived
from campaign.tally import Tally, of_seeds
from campaign.traces import RARE, TRACES, traced

CHUNKS = 6
SIZE = 200


@cache
def chunk(number: int) -> Tally:
    return of_seeds(range(number * SIZE, (number + 1) * SIZE))


@pytest.mark.parametrize("number", range(CHUNKS))
def test_whatever_goes_wrong_no_rule_is_broken_and_it_comes_to_rest(number):
    failures = chunk(number).failures
    assert not failures, "\n".join(f"{failure.command}: {failure.what}" for failure in failures)


def test_every_kind_of_fault_has_really_fired():
    tally = Tally()
    for number in range(CHUNKS):
        tally.merge(chunk(number))
    say(f"seeds: {tally.line()}")
    say(", ".join(f"{kind} {count}" for kind, count in sorted(tally.fired.items())))
    assert not tally.silent


def test_the_page_names_every_fault():
    text = (states.PAGE.parent / "campaign.md").read_text(encoding="utf-8")
    assert faults.table() in text, faults.table()


def test_a_seed_replays_exactly():
    first, second = lived(7), lived(7)
    assert first.observer.entries == second.observer.entries
    assert first.fired == second.fired
    assert first.placed.trace == second.placed.trace


def test_the_page_of_states_is_the_code_and_what_the_campaign_did(pytestconfig):
    taken = Counter[states.Move]()
    for number in range(CHUNKS):
        taken += chunk(number).moves
    for name in (*TRACES, *RARE):
        taken += traced(name).observer.moves
    assert not taken.keys() - states.declared()
    text = states.page(taken)
    if pytestconfig.getoption("--update"):
        states.PAGE.write_text(text, encoding="utf-8")
    assert states.PAGE.exists(), "`pytest --update tests/campaign/test_seeds.py` writes it"
    assert states.PAGE.read_text(encoding="utf-8") == text, "`pytest --update tests/campaign/test_seeds.py` rewrites it"
