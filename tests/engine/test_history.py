"""The ledger folded: every move is a declared one, a checkpoint tells all, and nothing grows with the length."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifespec_compiler.engine.history import (
    MOST,
    REQUESTS,
    TRAININGS,
    GapError,
    TransitionError,
    checkpoint_of,
    fold,
    fold_all,
)
from lifespec_compiler.engine.observation import Alarm, Request
from lifespec_compiler.engine.state import History
from lifespec_compiler.engine.transitions import ROLLOUT, RUN, TRANSITIONS
from lifespec_compiler.engine.values import ENDED, Cause, Entry, Phase, Position, Revision
from virtual.lifecycle import NEW_MODEL, OTHER_MODEL, STABLE_MODEL, planned, revision, serving
from virtual.world import World

PHASES = sorted(phase for phase in {*ROLLOUT, *RUN} if phase is not None)
MADE = Revision("sha256:" + "1" * 64, "sha256:" + "2" * 64)


def entry(sequence: int, kind: str, **more: object) -> Entry:
    return Entry(sequence, kind, 1000.0 + sequence, "", "", **more)  # type: ignore[arg-type]


def lived() -> World:
    """A lifecycle that has seen promotions, a rollback, trainings and requests."""
    found = serving()
    found.run(20)
    found.plan = planned(
        OTHER_MODEL, retraining={"triggers": [{"name": "drifted", "monitor": "inputs"}], "nominate": "manual"}
    )
    found.truths[revision(found.plan, OTHER_MODEL)].error_rate = 0.2
    found.alarms.append(Alarm("inputs", found.now, "Fail"))
    found.requests += [Request("late", "abort", "churn-of-yesterday"), Request("now", "retrain", None)]
    found.run(20)
    found.requests.append(Request("again", "retry", None, revision(found.plan, OTHER_MODEL)))
    found.run(20)
    found.plan = planned(NEW_MODEL)
    found.run(1)
    return found


def test_an_entry_that_is_not_the_next_is_refused():
    first = entry(1, "answer", request="a")
    history = fold(History(), first)
    with pytest.raises(GapError, match="entry 1 after entry 1"):
        fold(history, first)
    with pytest.raises(GapError, match="entry 3 after entry 1"):
        fold(history, entry(3, "answer"))


def opened(phase: Phase) -> History:
    """A history whose open rollout stands at a phase."""
    history = fold(History(), entry(1, "nominate", stream="r", to=Position("Offline"), revision=MADE))
    assert history.rollout
    return history._replace(rollout=history.rollout._replace(position=Position(phase)))


@pytest.mark.parametrize("before", [phase for phase in ROLLOUT if phase])
@pytest.mark.parametrize("after", PHASES)
def test_a_rollout_makes_no_move_that_is_not_declared(before, after):
    moved = entry(2, "advance", stream="r", to=Position(after), revision=MADE)
    if after in ROLLOUT[before]:
        history = fold(opened(before), moved)
        assert (history.rollout is None) == (after in ENDED)
    else:
        with pytest.raises(TransitionError, match=f"nothing goes from {before} to {after}"):
            fold(opened(before), moved)


@pytest.mark.parametrize("before", [phase for phase in RUN if phase])
@pytest.mark.parametrize("after", PHASES)
def test_a_run_makes_no_move_that_is_not_declared(before, after):
    history = fold(History(), entry(1, "train", stream="nightly@1", to=Position("Queued")))
    assert history.run
    history = history._replace(run=history.run._replace(phase=before))
    moved = entry(2, "advance", stream="nightly@1", to=Position(after), revision=MADE)
    if after in RUN[before]:
        assert (fold(history, moved).run is None) == (after in ENDED)
    else:
        with pytest.raises(TransitionError, match=f"nothing goes from {before} to {after}"):
            fold(history, moved)


@pytest.mark.parametrize("phase", PHASES)
def test_a_rollout_begins_offline_and_a_run_in_the_queue(phase):
    nominated = entry(1, "nominate", stream="r", to=Position(phase), revision=MADE)
    if phase == "Offline":
        assert fold(History(), nominated).rollout
    else:
        with pytest.raises(TransitionError, match="the start"):
            fold(History(), nominated)
    begun = entry(1, "train", stream="nightly@1", to=Position(phase))
    if phase in ("Queued", "Suppressed"):
        fold(History(), begun)
    else:
        with pytest.raises(TransitionError, match="the start"):
            fold(History(), begun)


def test_every_phase_but_the_last_ones_goes_on_and_all_can_be_reached():
    ends = set(PHASES) - {phase for phase in TRANSITIONS if phase}
    assert not ends
    reached = {after for moves in TRANSITIONS.values() for after in moves}
    assert reached == {*PHASES, "Done", "RolledBack", "Rejected", "Suppressed"}
    assert all(why for moves in TRANSITIONS.values() for why in moves.values())


def test_a_ledger_folds_to_the_state_that_the_engine_had():
    found = lived()
    assert fold_all(found.entries) == found.history
    assert any(entry.kind == "rollBack" for entry in found.entries)


def test_after_a_checkpoint_at_any_moment_of_rest_older_entries_are_not_needed():
    found = lived()
    history = History()
    checked = 0
    for number, recorded in enumerate(found.entries, start=1):
        history = fold(history, recorded)
        if history.rollout is not None or history.run is not None:
            continue
        made = Entry(number + 1, "checkpoint", recorded.at, "", "", uid=recorded.uid, checkpoint=checkpoint_of(history))
        whole = fold(history, made)
        alone = fold_all([made])
        assert alone == whole
        assert list(alone.answered) == list(whole.answered)
        assert list(alone.refused) == list(whole.refused)
        for later in found.entries[number:]:
            moved = later._replace(sequence=later.sequence + 1)
            whole, alone = fold(whole, moved), fold(alone, moved)
            assert alone == whole
        checked += 1
    assert checked > 5


def test_a_checkpoint_in_the_middle_of_a_ledger_changes_nothing_but_what_is_kept():
    history = fold_all(lived().entries)._replace(rollout=None, run=None)
    made = Entry(history.sequence + 1, "checkpoint", 5e9, "", "", uid=history.uid, checkpoint=checkpoint_of(history))
    after = fold(history, made)
    assert after == history._replace(sequence=made.sequence, checkpoint=made.sequence, retained=None)


def size(history: History) -> int:
    """How many values the state holds."""

    def count(value: object) -> int:
        if isinstance(value, Mapping):
            return sum(1 + count(key) + count(each) for key, each in value.items())
        if isinstance(value, tuple | frozenset):
            return sum(1 + count(each) for each in value)
        return 0

    return count(history)


def test_the_state_does_not_grow_with_the_length_of_the_ledger():
    history, sizes = History(), []
    number = 0
    for life in range(2 * TRAININGS):
        digest = Revision(f"sha256:{life:064x}", MADE.serving)
        for kind, more in (
            ("nominate", {"stream": f"r{life}", "to": Position("Offline"), "revision": digest, "nominated": digest}),
            ("reject", {"stream": f"r{life}", "to": Position("Rejected"), "revision": digest}),
            ("answer", {"request": f"q{life}"}),
            ("train", {"stream": f"t{life}@{life}", "to": Position("Queued")}),
            ("advance", {"stream": f"t{life}@{life}", "to": Position("Training")}),
            ("finish", {"stream": f"t{life}@{life}", "to": Position("Rejected")}),
        ):
            number += 1
            history = fold(history, entry(number, kind, **more))
        if life % 64 == 0:
            sizes.append(size(history))
    assert len(history.refused) == len(history.fired) == MOST
    assert REQUESTS - 64 <= len(history.answered) <= REQUESTS
    assert len(history.trained) == TRAININGS
    assert sizes[-1] == sizes[-5] > sizes[0]


def test_the_windows_of_a_rollout_that_failed_are_kept_once_each():
    history = opened("Canary")
    for number in range(2, 50):
        cause = Cause("errors", "spec.rollout.guards[0].max", "Fail", 0.1, 10, "at most 0.01", number % 3)
        history = fold(history, entry(number, "failure", stream="r", revision=MADE, causes=(cause,)))
    assert history.rollout
    assert history.rollout.failures == {"errors": frozenset({0, 1, 2})}


@pytest.mark.parametrize("made", [1, -1])
def test_an_answer_that_is_forgotten_is_remembered_by_when_it_was_asked_for(made):
    """Whichever came first: nothing that was asked for later is taken for answered."""
    history = History()
    for number in range(1, REQUESTS + 2):
        history = fold(history, entry(number, "answer", request=f"q{number}", asked=5000.0 + made * number))
    left = dict(history.answered)
    assert history.forgotten < min(left.values())
    assert len(left) == REQUESTS + 1 - 64
    assert ("q1" in left) == (made < 0)


@given(st.lists(st.sampled_from([STABLE_MODEL, NEW_MODEL, OTHER_MODEL]), max_size=30))
@settings(max_examples=50, deadline=None)
def test_a_revision_is_refused_until_it_is_nominated_again(models):
    history = History()
    for number, model in enumerate(models):
        made = Revision(model, MADE.serving)
        begun = entry(2 * number + 1, "nominate", stream=f"r{number}", to=Position("Offline"), revision=made)
        history = fold(history, begun)
        assert made not in history.refused
        history = fold(history, entry(2 * number + 2, "reject", stream=f"r{number}", to=Position("Rejected")))
        assert list(history.refused)[-1] == made
    assert set(history.refused) == {Revision(model, MADE.serving) for model in models}
