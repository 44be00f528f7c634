"""Every decision has a chain back to what asked for it."""

from __future__ import annotations

from typing import get_args

import pytest

from ledger_story import CHECKPOINT, FIRST, RUN, SECOND, story
from lifespec_compiler.engine.history import fold_all
from lifespec_compiler.engine.values import Entry, Kind, Position
from lifespec_compiler.simulate.reading import built_in
from lifespec_compiler.simulate.simulation import simulate
from lifespec_runtime.ledger.chain import chain, find, subjects
from lifespec_runtime.ledger.record import Subject, entry_of, record
from virtual.lifecycle import NEW_MODEL, planned

ENTRIES = story()
FIRST_CAUSES = {"nominate", "train", "suppress"}


def numbers(sequence: int) -> list[int]:
    return [entry.sequence for entry in chain(ENTRIES, ENTRIES[sequence - 1]).entries]


@pytest.mark.parametrize(
    ("sequence", "led", "origin"),
    [
        pytest.param(3, [3, 2, 1], "git", id="a promotion"),
        pytest.param(6, [6, 5, 4], "git", id="a failing window"),
        pytest.param(9, [9, 8, 7, 6, 5, 4], "git", id="an approval"),
        pytest.param(10, [10, 4], "git", id="the same revision under another policy"),
        pytest.param(14, [14, 13, 12, 11, 10, 4], "git", id="a rollback"),
        pytest.param(17, [17], "trigger", id="a training that is suppressed"),
        pytest.param(20, [20, 19, 18, 16], "trigger", id="a run"),
        pytest.param(22, [22, 21, 20, 19, 18, 16], "trigger", id="a rollout that comes from a run"),
        pytest.param(25, [25, 24, 23], "request", id="a rollout that somebody asked for again"),
        pytest.param(26, [26], "request", id="an answer"),
        pytest.param(28, [28, 27], "request", id="a training that somebody asked for"),
        pytest.param(29, [29, 1], "git", id="what serves already"),
        pytest.param(30, [30, 29, 1], "git", id="a lifecycle that was created again"),
        pytest.param(32, [32, 29, 1], "git", id="a checkpoint"),
    ],
)
def test_a_chain_goes_back_to_what_asked_for_it(sequence, led, origin):
    assert numbers(sequence) == led
    assert chain(ENTRIES, ENTRIES[sequence - 1]).origin == origin


def complete(entries: list[Entry]) -> set[str]:
    """The kinds of decisions, each of which has a chain that goes back in order to a first cause."""
    for entry in entries:
        found = chain(entries, entry)
        led = [each.sequence for each in found.entries]
        assert led == sorted(set(led), reverse=True)
        assert led[0] == entry.sequence
        last = found.entries[-1]
        archived = last.kind == "checkpoint" and last.sequence == entries[0].sequence
        assert last.kind in FIRST_CAUSES or last.request is not None or archived
        assert (found.origin == "checkpoint") == archived
        assert (found.origin == "request") == (last.request is not None)
    return {entry.kind for entry in entries}


def test_the_story_is_one_that_the_engine_can_tell():
    assert fold_all(ENTRIES).sequence == len(ENTRIES)


def test_a_decision_of_every_kind_has_one():
    assert complete(ENTRIES) == set(get_args(Kind))


def test_after_archiving_a_chain_goes_back_to_the_checkpoint():
    checkpoint = ENTRIES[-1]
    note = ENTRIES[28]._replace(sequence=checkpoint.sequence + 1)
    adopted = ENTRIES[29]._replace(sequence=checkpoint.sequence + 2, revision=SECOND)
    assert chain([checkpoint, note], note).origin == "git"
    found = chain([checkpoint, adopted], adopted)
    assert (found.entries, found.origin) == ((adopted, checkpoint), "checkpoint")
    assert checkpoint.checkpoint == CHECKPOINT


def test_a_model_that_git_nominates_after_a_pull_request_goes_back_to_its_trigger():
    run, entries = ENTRIES[19], ENTRIES[:20]
    ended = run._replace(sequence=21, kind="finish", to=Position("Done"))
    merged = ENTRIES[20]._replace(sequence=22, run=None)
    found = chain([*entries, ended, merged], merged)
    assert [entry.sequence for entry in found.entries] == [22, 21, 20, 19, 18, 16]
    assert found.origin == "trigger"
    other = merged._replace(revision=FIRST)
    assert chain([*entries, ended, other], other).entries == (other,)


def test_a_policy_may_have_changed_more_often_than_calls_nest():
    opening = ENTRIES[3]
    entries = [
        opening._replace(sequence=number, stream=f"churn-{number}", reason="the policy changed" if number > 1 else "")
        for number in range(1, 3001)
    ]
    assert len(chain(entries, entries[-1]).entries) == 3000


@pytest.mark.parametrize("scenario", ["healthy", "double-errors", "first-model", "two-requests", "no-data"])
def test_every_decision_of_a_simulation_has_one_and_can_be_recorded(scenario):
    plan = planned(NEW_MODEL)
    entries = list(simulate(plan, built_in(scenario), 1).entries)
    assert len(entries) > 2
    complete(entries)
    subject = Subject(plan.namespace, plan.name)
    assert [entry_of(record(entry, subject)) for entry in entries] == entries


@pytest.mark.parametrize(
    ("wanted", "sequence"),
    [
        ("7", 7),
        ("99", None),
        ("churn-3", 15),
        (RUN, 21),
        ("retry-it", 23),
        ("churn-1", 3),
        (SECOND.model, 25),
        ("bbbbbb", 25),
        ("sha256:bbbbbbbbb", 25),
        ("bbbbb", None),
        (FIRST.model, 30),
        ("", None),
        ("nothing", None),
    ],
)
def test_a_decision_is_found_by_what_people_know_of_it(wanted, sequence):
    found = find(ENTRIES, wanted)
    assert (found.sequence if found else None) == sequence


def test_everything_that_is_offered_is_found():
    for name in subjects(ENTRIES):
        assert find(ENTRIES, name) is not None
