from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from lifespec_compiler.engine.values import Cause, Position
from lifespec_compiler.simulate.outcome import Simulation
from lifespec_compiler.simulate.reading import built_in
from lifespec_compiler.simulate.simulation import simulate
from lifespec_runtime.simulation.ending import brief, headline, tone
from lifespec_runtime.simulation.selection import again, from_to, happenings, visible, worth_listing
from lifespec_runtime.simulation.story import story
from lifespec_runtime.simulation.stretches import Stretch
from lifespec_runtime.simulation.table import rows
from lifespec_runtime.simulation.timescale import time_ticks
from lifespec_runtime.simulation.words import cells, elapsed, fitted, percent, wrapped
from recordings import (
    BY_HAND,
    DAY,
    HOUR,
    Recording,
    answers,
    drifting,
    failing,
    held,
    planned,
    promoted,
    rolled_back,
    silent,
    simulations,
)
from virtual import lifecycle

PLAN = planned()


def test_a_promotion_is_told_by_its_steps():
    told = story(PLAN, promoted())
    assert [(each.name, each.end - each.start) for each in told.rollouts if each.end > each.start] == [
        ("step-1, 10 %", 4 * HOUR),
        ("step-2, 50 %", 12 * HOUR),
    ]
    assert [level.weight for level in told.levels] == [0, 10, 50, 100, 100]
    assert [level.serving for level in told.levels] == [False, False, False, False, True]
    assert told.tone == "pass"
    assert told.decisions[-1].what == "promoted"


def test_a_rollback_is_told_by_its_windows():
    told = story(PLAN, rolled_back())
    assert told.decisions[2].what == "a window fails"
    assert told.decisions[3].because == ["guard-errorRate 2.1 %, at most 1 %: Fail (n 1,120)"]
    assert told.levels[-1].weight == 0
    assert not told.levels[-1].serving
    assert told.headline == (
        "The bad candidate was rolled back after 32m, 30m after the harm began. "
        "It answered 2,178 live requests before that, 43 of them badly."
    )
    assert brief(rolled_back()) == "bad, rolled back after 32m"


@pytest.mark.parametrize(
    ("ending", "bad", "expected"),
    [
        ("promoted", False, "pass"),
        ("promoted", True, "fail"),
        ("rolledBack", True, "pass"),
        ("rolledBack", False, "fail"),
        ("rejected", True, "pass"),
        ("held", True, "wait"),
        ("open", False, "wait"),
        ("none", False, "plain"),
    ],
)
def test_it_went_well_where_a_good_one_is_promoted_and_a_bad_one_stopped(ending, bad, expected):
    assert tone(Recording().simulation(ending, bad=bad)) == expected


def test_what_a_person_stopped_is_for_people_to_judge():
    told = Recording()
    told.decides(0, "nominate", Position("Offline"))
    told.decides(HOUR, "rollBack", Position("RollingBack"), request="abort-1", reason="customers call")
    made = told.simulation("rolledBack", bad=False)
    assert tone(made) == "wait"
    assert headline(made).startswith("A person stopped the good candidate after 1h.")


def stopped(**decision: Any) -> Simulation:
    told = Recording()
    told.decides(0, "nominate", Position("Offline"))
    told.decides(HOUR, "rollBack", Position("RollingBack"), **decision)
    return told.simulation("rolledBack", bad=False)


NOTHING = Cause("errors", "x.max", "Inconclusive", None, 0, "at most 0.01")


@pytest.mark.parametrize(
    ("decision", "for_want_of_data"),
    [
        ({"causes": (NOTHING,)}, True),
        ({"causes": (NOTHING, NOTHING._replace(verdict="Pass", samples=9))}, True),
        ({"causes": (NOTHING, NOTHING._replace(verdict="Fail", samples=9))}, False),
        ({"causes": (), "reason": "its servers failed"}, False),
    ],
)
def test_a_good_one_that_was_stopped_for_want_of_data_is_for_people_to_judge(decision, for_want_of_data):
    made = stopped(**decision)
    assert tone(made) == ("wait" if for_want_of_data else "fail")
    assert ("for want of data" in headline(made)) == for_want_of_data


def test_that_there_was_nothing_to_decide_by_is_told_by_the_engines_own_words():
    plan = lifecycle.planned(lifecycle.NEW_MODEL, evaluation={"online": None})
    made = simulate(plan, built_in("no-data"), 1)
    assert (made.ending, tone(made), "for want of data" in headline(made)) == ("rolledBack", "wait", True)
    [end] = [entry for entry in made.entries if entry.to == Position("RollingBack")]
    assert end.causes == ()
    by_hand = [stopped(reason=end.reason), stopped(reason=end.reason, causes=(NOTHING._replace(samples=9),))]
    assert list(map(tone, by_hand)) == ["wait", "fail"]


def test_what_is_stopped_at_once_is_not_stopped_after_no_time():
    told = Recording()
    told.decides(0, "nominate", Position("Offline"))
    told.decides(0, "reject", Position("Rejected"), causes=(failing(0),))
    made = told.simulation("rejected", bad=True)
    assert headline(made) == "The bad candidate was rejected at once. It answered no live request."
    assert brief(made) == "bad, rejected at once"


def test_of_a_rollout_that_is_still_open_all_is_shown():
    told = Recording()
    told.decides(0, "nominate", Position("Offline"))
    told.sees(60, "Canary", 10, 0, 0, 40, 0)
    told.sees(DAY, "Canary", 10, 900, 0, 8000, 9)
    made = told.simulation("open", bad=False)
    assert story(PLAN, made).end == made.ended
    assert headline(made).endswith("It answered 900 live requests so far, 0 of them badly.")


def test_what_was_not_recorded_is_not_0():
    told = Recording()
    told.sees(DAY, "Canary", 10, 900, 0, 8000, 0)
    made = told.simulation("open", bad=False)
    assert headline(made, recorded=True).endswith("It answered 900 live requests so far.")
    assert story(PLAN, made, recorded=True).seen == ()
    bad = made._replace(bad_exposure=1)
    assert headline(bad, recorded=True).endswith("It answered 900 live requests so far, 1 of them badly.")
    assert len(story(PLAN, bad, recorded=True).seen) == 1


def test_git_may_take_a_candidate_back():
    told = Recording()
    told.decides(0, "nominate", Position("Offline"))
    told.decides(HOUR, "withdraw", Position("RollingBack"))
    made = told.simulation("replaced", bad=False)
    assert headline(made).startswith("The good candidate was taken back by Git after 1h.")
    assert brief(made) == "good, taken back by Git after 1h"
    assert tone(made) == "wait"


def test_without_a_candidate_it_is_told_what_became_of_trained_ones():
    assert headline(drifting(weeks=2)) == (
        "2 trained models were nominated, 2 promoted. 34 trainings in 14d, 17 triggers suppressed."
    )
    assert headline(silent()) == "No candidate was nominated."


def test_after_the_last_rollout_nothing_is_shown_unless_data_drift():
    without = held()
    told = story(PLAN, without)
    assert told.end == without.ended - 2 * DAY + 0.04 * 2 * DAY
    assert story(PLAN, drifting()).end > drifting().ended - 8 * DAY


def test_of_a_long_ledger_what_is_told_is_what_is_no_mere_step():
    decisions = story(PLAN, drifting()).decisions
    shown = worth_listing(decisions, 30)
    assert len(shown) == 30
    assert shown[-1] == decisions[-1]
    assert [each.number for each in shown] == sorted(each.number for each in shown)
    assert {each.tone for each in shown} == {"pass", "wait"}
    assert worth_listing(decisions[:30], 30) == [*decisions[:30]]


def test_short_phases_of_one_stream_become_one():
    found = [Stretch(0, 1, "a", "plain", "x"), Stretch(1, 3, "b", "fail", "x"), Stretch(3, 100, "c", "plain", "x")]
    assert visible(found, 2.5) == [Stretch(0, 3, "", "fail", "x"), found[2]]
    assert visible(found, 5) == [found[2]]
    assert visible(found, 0.5) == found


def test_what_happens_again_has_one_mark():
    told = story(PLAN, Recording().simulation("none", bad=False))
    [first] = happenings(told)
    assert first.what == "Git nominates the candidate model"
    times = tuple(told.start + day * DAY for day in (1, 2, 3, 4, 5))
    found = [again(told, first._replace(times=times[:count])) for count in (1, 2, 4, 5)]
    assert found == [
        "",
        ", again after 2d",
        ", again after 2d, 3d and once more",
        ", again after 2d, 3d and 2 times more",
    ]


@pytest.mark.parametrize(
    ("marks", "words"), [(["4"], "4"), (["9", "10", "11"], "9-11"), (["b", "a", "b"], "a-b"), (["z", "aa"], "z-aa")]
)
def test_marks_in_one_place_are_told_by_the_first_and_the_last(marks, words):
    assert from_to(marks) == words


def test_passed_checks_are_counted_beyond_a_few():
    made = story(PLAN, rolled_back()).decisions[3]
    passed = made._replace(evidence=(made.evidence[0]._replace(verdict="Pass"),) * 6)
    assert len(passed.because) == 4
    assert passed.because[-1] == "and 3 more checks passed"
    assert len(passed._replace(evidence=passed.evidence[:4]).because) == 4
    assert passed._replace(evidence=(*passed.evidence, made.evidence[0])).because == made.because


@pytest.mark.parametrize("name", BY_HAND)
def test_every_story_has_its_time_in_order(name):
    check(story(PLAN, BY_HAND[name]()))


@settings(max_examples=25, deadline=None)
@given(simulations())
def test_anything_can_be_told(simulation):
    check(story(PLAN, simulation))


def check(told):
    assert told.start <= told.end <= told.ended
    assert told.span > 0
    assert [level.at for level in told.levels] == sorted(level.at for level in told.levels)
    assert all(each.start <= each.end for each in (*told.rollouts, *told.trainings))
    assert all(decision.at <= told.end for decision in told.decisions)
    assert told.headline


def test_the_answers_of_one_run_say_nothing_of_chances():
    one, many = rows(answers(bad=True, runs=1)), rows(answers(bad=True))
    assert not any("%" in row.answer for row in one)
    assert many[0].question == "P(missed): a bad candidate is promoted"
    assert (many[0].answer, many[0].interval, many[0].runs, many[0].tone) == (
        "6.5 %",
        "3.5 % to 9.5 %",
        "13 of 200",
        "fail",
    )
    worst = next(row for row in many if row.question.startswith("requests") and "allowed" in row.answer)
    assert (worst.answer, worst.tone) == ("2,791 of 2,000 allowed", "fail")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0m"), (45, "45s"), (62, "1m 2s"), (5520, "1h 32m"), (86400, "1d"), (200_000, "2d 8h"), (1e7, "116d")],
)
def test_lengths_of_time_have_two_units(seconds, words):
    assert elapsed(seconds) == words


@pytest.mark.parametrize(
    ("share", "words"), [(0, "0 %"), (1, "100 %"), (0.021, "2.1 %"), (0.00042, "0.042 %"), (0.12345, "12.3 %")]
)
def test_shares_are_in_per_cent(share, words):
    assert percent(share) == words


@pytest.mark.parametrize("span", [60, 3000, 40_000, 1e6, 4e7, 1e9])
def test_an_axis_has_few_round_times(span):
    found = time_ticks(span, 8)
    assert 1 <= len(found) <= 9
    assert found[0] == (0.0, "0")
    assert len({words for _, words in found}) == len(found)


def test_words_are_wrapped_and_cut_by_the_columns_that_they_take():
    assert wrapped("one two three", 7) == ["one two", "three"]
    assert all(cells(line) <= 6 for line in wrapped("日本語日本語 abcdefghij", 6))
    assert fitted("abcdef", 4, "…") == "abc…"
    assert fitted("日本語", 4, "…") == "日…"
