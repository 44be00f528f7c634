"""Schedules: whatever the language accepts, Kubernetes accepts, and it means the same moments."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice

import pytest
from cronsim import CronSim
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from lifespec_schema.values import calendar

START = datetime(2026, 1, 1)  # noqa: DTZ001 - the schedule's own clock
RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
WORDS = ((), (), (), ("JAN", "feb", "Dec"), ("SUN", "mon", "Sat"))


class Authoring:
    context = None


def accepted(schedule):
    try:
        calendar.cron(schedule, Authoring())
    except PydanticCustomError:
        return False
    return True


def fields(index):
    """Drawn fields, most of them sound."""
    least, most = RANGES[index]
    value = st.integers(least, most).map(str)
    if WORDS[index]:
        value |= st.sampled_from(WORDS[index])
    step = st.integers(0, most + 3).map(lambda count: f"/{count}")
    spans = st.tuples(value, value).map("-".join)
    items = st.one_of(st.just("*"), value, spans, st.tuples(st.one_of(st.just("*"), value, spans), step).map("".join))
    return st.one_of(st.just("*"), items, st.lists(items, min_size=2, max_size=3).map(",".join))


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(schedules=st.lists(st.tuples(*map(fields, range(5))).map(" ".join), min_size=20, max_size=20))
def test_what_we_accept_kubernetes_accepts_and_fires_when_we_say(schedules, judge):
    answers = judge("robfig-cron").run(text="".join(f"{schedule}\n" for schedule in schedules)).stdout.splitlines()
    for schedule, answer in zip(schedules, answers, strict=True):
        if accepted(schedule):
            assert answer, f"{schedule} is refused by Kubernetes"
            theirs = [int(second) for second in answer.split()[:-1]]
            ours = islice(CronSim(schedule, START - timedelta(minutes=1)), len(theirs))
            assert [(moment - START).total_seconds() for moment in ours] == theirs, schedule


@pytest.mark.parametrize(
    "schedule",
    [
        "0 3 * * 1",
        "*/15 * * * *",
        "5/15 * * * *",
        "0,30 8-18/2 * * MON-FRI",
        "00 03 1,15 * *",
        "30 2 1 3-5 *",
        "0 0 1 jan *",
        "0 0 */2 * *",
        "0 0 1 * 1",
        "0 0 * * */2",
        "0 0 29 2 *",
        "* * * * *",
    ],
)
def test_what_people_write_is_accepted_by_both(schedule, judge):
    assert accepted(schedule)
    assert judge("robfig-cron").run(text=f"{schedule}\n").stdout.strip()


@pytest.mark.parametrize(
    ("schedule", "why"),
    [
        ("0 3 * *", "4 fields"),
        ("0 3 L * *", "'L' is no day of the month"),
        ("0 3 LW * *", "'LW' is no day of the month"),
        ("0 3 ? * *", "'?' is no day of the month"),
        ("0 3 * * 5L", "'5L' is no weekday"),
        ("0 3 * * 1#2", "'1#2' is no weekday"),
        ("0 3 * * 7", "Sunday is 0"),
        ("MON 3 * * *", "`MON` is no minute"),
        ("0 3 * * FRI-MON", "ends before it starts"),
        ("*/99999999999999999999 * * * *", "'*/99999999999999999999' is no minute"),
        ("*/60 * * * *", "leads from 0 to nowhere"),
        ("*/90 * * * *", "leads from 0 to nowhere"),
        ("0 10-12/5 * * *", "leads from 10 to nowhere"),
        ("0 0 * * 1/3", "write `1-6/3`"),
        ("0 0 */2 * 1", "list the days"),
        ("0 0 1-7 * */2", "list the days"),
        ("0 0 *,5 * 1", "lists a star"),
        ("0 3 30 2 *", "no such month has such a day"),
    ],
)
def test_what_is_refused_says_why(schedule, why):
    with pytest.raises(PydanticCustomError) as error:
        calendar.cron(schedule, Authoring())
    assert why in error.value.message()


def test_the_names_of_time_zones_are_those_of_the_database():
    from importlib.resources import files
    from zoneinfo import ZoneInfo

    zones = files("tzdata").joinpath("zones").read_text("ascii").split()
    for zone in zones:
        assert calendar.time_zone(zone, Authoring()) == zone
        assert ZoneInfo(zone).key == zone


@pytest.mark.parametrize("zone", ["no", "null", "Local", "local", "europe/vienna", "Europe", "Mars/Olympus", "UTC+2"])
def test_what_only_looks_like_a_time_zone_is_refused(zone):
    with pytest.raises(PydanticCustomError) as error:
        calendar.time_zone(zone, Authoring())
    assert error.value.type == "bad-time-zone"
