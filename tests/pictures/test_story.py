from __future__ import annotations

import pytest
from hypothesis import given, settings

from lifespec_compiler.engine.values import Position
from lifespec_runtime.simulation.selection import happenings, visible, when, worth_listing
from lifespec_runtime.simulation.story import Stretch, brief, headline, story, tone
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
    held,
    planned,
    promoted,
    rolled_back,
    simulations,
)

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
    assert when(told, first._replace(times=tuple(told.start + day * DAY for day in (1, 2, 3, 4, 5)))) == (
        "1d, 2d, 3d and 2 times more"
    )


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
