from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lifespec_compiler.engine.values import Cause, Interval
from lifespec_runtime.simulation.check_words import interval_words, threshold_words, value_words
from lifespec_runtime.simulation.words import wrapped
from recordings import planned
from simulating import plan_of

MINIMAL, HOTEL, TRAINS = planned(), plan_of("hotel-rates"), plan_of("train-ridership", "staging")
GUARD = "guard-errorRate"


def caused(check, key, value, interval=None, **more):
    reach = Interval(interval[0], interval[1], 0.95, "alwaysValid") if interval else None
    return Cause(check, f"spec.somewhere.{key}", "Pass", value, 100, "as the engine says", interval=reach, **more)


def told(plan, cause):
    return f"{value_words(plan, cause)}{interval_words(plan, cause)}, {threshold_words(plan, cause)}"


@pytest.mark.parametrize(
    ("plan", "cause", "expected"),
    [
        (MINIMAL, caused(GUARD, "max", 0.021), "2.1 %, at most 1 %"),
        (MINIMAL, caused(GUARD, "max", None), "no value, at most 1 %"),
        (MINIMAL, caused("gone", "max", 0.12345678), "0.1235, as the engine says"),
        (
            HOTEL,
            caused("fast-in-shadow", "max", 0.00041, (0.00029, 0.00056)),
            "0.041 % slower than 90ms (0.029 to 0.056 %), at most 1 %",
        ),
        (
            HOTEL,
            caused("no-slower-tail", "maxRelativeRegression", -0.0317, (-0.0328, -0.0305), quantity="difference"),
            "-3.17 points (-3.28 to -3.05 points), no more answers slower than stable's P95 + 25 %",
        ),
        (
            HOTEL,
            caused("acceptance", "maxRelativeRegression", 0.001, (-0.0062, 0.0083), quantity="relativeDifference"),
            "+0.10 % (-0.62 to +0.83 %), at most 3 % worse than stable",
        ),
        (
            HOTEL,
            caused("acceptance", "maxRelativeRegression", -0.00001, (-0.0072, 0.0072), quantity="relativeDifference"),
            "0.00 % (-0.72 to +0.72 %), at most 3 % worse than stable",
        ),
        (
            HOTEL,
            caused("overrides", "minImprovement", -0.004188, (-0.004877, -0.003499), quantity="difference"),
            "-0.00419 (-0.00488 to -0.00350), at least 0.002 better (less) than stable",
        ),
    ],
)
def test_a_check_is_told_in_the_unit_that_people_think_of_it_in(plan, cause, expected):
    assert told(plan, cause) == expected


def test_where_less_is_better_a_comparison_of_reports_says_so_too():
    name = next(check.name for check in TRAINS.checks if check.name.startswith("mae-against"))
    cause = caused(name, "minImprovement", -0.075)._replace(threshold="at least 0.05 better than two-weeks-before")
    assert threshold_words(TRAINS, cause) == "at least 0.05 better (less) than two-weeks-before"


@given(st.one_of(st.floats(0, 1), st.floats(0.0095, 0.0105)))
def test_a_share_beside_its_bound_is_not_told_as_the_bound(value):
    words = value_words(MINIMAL, caused(GUARD, "max", value))
    number = re.fullmatch(r"(\d+(?:\.\d+)?)(e-\d+)? %", words)
    assert number, words
    shown = float(number[1] + (number[2] or "")) / 100
    assert shown == pytest.approx(value, rel=0.05, abs=1e-12)
    assume(abs(value - 0.01) > 1e-8)
    assert (shown > 0.01) == (value > 0.01)
    assert shown != 0.01


@given(st.floats(-1, 1), st.floats(1e-6, 0.5))
def test_of_an_interval_nothing_is_lost_by_rounding(low, wide):
    high = low + wide
    cause = caused("overrides", "minImprovement", (low + high) / 2, (low, high), quantity="difference")
    ends = re.fullmatch(r" \(([-+.\d]+) to ([-+.\d]+)\)", interval_words(HOTEL, cause))
    assert ends
    slack = max(wide / 20, 5e-7) * 1.001
    assert float(ends[1]) == pytest.approx(low, abs=slack)
    assert float(ends[2]) == pytest.approx(high, abs=slack)


def test_no_line_ends_within_the_number_of_samples():
    assert wrapped("errors 2 %: Fail (n 1,120)", 20) == ["errors 2 %: Fail", "(n 1,120)"]
