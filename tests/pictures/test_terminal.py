from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifespec_runtime.simulation.story import story
from lifespec_runtime.simulation.terminal import ASCII, UNICODE, letter, sparkline, timeline
from lifespec_runtime.simulation.words import cells
from recordings import BY_HAND, planned, promoted, rolled_back, simulations

PLAN = planned()


def lines(simulation, width=100, signs=UNICODE):
    return ["".join(span.text for span in line).rstrip() for line in timeline(story(PLAN, simulation), width, signs)]


@pytest.mark.parametrize("name", BY_HAND)
@pytest.mark.parametrize("signs", ["unicode", "ascii"])
def test_a_timeline_looks_like_this(name, signs, golden):
    told = lines(BY_HAND[name](), 100 if signs == "unicode" else 72, UNICODE if signs == "unicode" else ASCII)
    golden(Path("pictures", f"{name}.{signs}.txt")).check("\n".join(told) + "\n")


@settings(max_examples=25, deadline=None)
@given(simulations(), st.integers(64, 140), st.sampled_from([UNICODE, ASCII]))
def test_no_line_is_wider_than_asked_for_or_holds_what_does_not_print(simulation, width, signs):
    for line in lines(simulation, width, signs):
        assert cells(line) <= width
        assert line.isprintable()


@pytest.mark.parametrize("name", [name for name in BY_HAND if name != "hostile"])
def test_without_unicode_everything_is_ascii(name):
    assert all(line.isascii() for line in lines(BY_HAND[name](), 80, ASCII))


def test_the_chart_is_as_high_as_the_traffic():
    chart = [line for line in lines(promoted()) if " % │" in line]
    assert [line.count("█") for line in chart] == sorted(line.count("█") for line in chart)
    assert chart[0].endswith("█")
    assert chart[-1].count("▃") in range(18, 24), "10 % of the traffic for a quarter of the time"


def test_marks_of_decisions_stand_under_their_times():
    [marks] = [line for line in lines(rolled_back()) if line.startswith("  decision")]
    [axis] = [line for line in lines(rolled_back()) if line.strip().startswith("0  ")]
    assert abs(marks.index("3") - axis.index("15m")) <= 8
    assert marks.index("1-2") < marks.index("3") < marks.index("4-5")


def test_a_sparkline_has_its_length():
    assert sparkline(story(PLAN, promoted()), 20) == "▁▁▁▁▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄█"
    assert sparkline(story(PLAN, promoted()), 8, ASCII) == "_======#"


def test_letters_go_on_after_z():
    assert [letter(number) for number in (0, 25, 26, 27, 701, 702)] == ["a", "z", "aa", "ab", "zz", "aaa"]
