"""The harness catches known mistakes; which one where is a page, and the page is so."""

from __future__ import annotations

from functools import cache

import pytest

from campaign.detection import MUTANTS, PAGE, Detection, detected, detected_baseline, page
from campaign.mutants.mutant import Mutant, mutated

LEAST = 28


@cache
def found(mutant: Mutant) -> Detection:
    return detected(mutant)


@cache
def baseline() -> Detection:
    return detected_baseline()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_known_mistake_is_caught(mutant):
    assert found(mutant).caught


def test_the_engine_of_an_afternoon_is_caught():
    assert baseline().trace is not None
    assert baseline().seed is not None


def test_a_mistake_is_gone_when_it_was_tried():
    mutant = MUTANTS[0]
    module, name, _ = mutant.changes[0]
    before = getattr(module, name)
    with mutated(mutant):
        assert getattr(module, name) is not before
    assert getattr(module, name) is before


def test_there_are_enough_of_them_and_each_names_its_case():
    assert len(MUTANTS) >= LEAST
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    assert sum("#" in mutant.case or mutant.case.startswith(("Sieve", "CVE")) for mutant in MUTANTS) >= LEAST


def test_the_page_is_fresh(pytestconfig):
    text = page(((mutant, found(mutant)) for mutant in MUTANTS), baseline())
    if pytestconfig.getoption("--update"):
        PAGE.write_text(text, encoding="utf-8")
    assert PAGE.exists(), "`pytest --update tests/campaign/test_detection.py` writes it"
    assert PAGE.read_text(encoding="utf-8") == text, "`pytest --update tests/campaign/test_detection.py` rewrites it"
