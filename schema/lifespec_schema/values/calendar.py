"""Schedules, time zones, days and spans of days."""

from __future__ import annotations

import re
from datetime import date
from functools import cache, lru_cache

from .form import Info, did_you_mean, refuse, shown, text

DAY_PATTERN = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
DAYS_PATTERN = rf"{DAY_PATTERN}/{DAY_PATTERN}"
TIME_ZONE_PATTERN = r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*"


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if re.fullmatch(DAY_PATTERN, written, re.ASCII) else None
    except ValueError:
        return None


def day(value: object, info: Info) -> str:  # noqa: ARG001 - every validator has this signature
    """A day in UTC, ISO 8601."""
    written = text(value, "bad-date", "a day", '"2026-12-01"', 10)
    if _day(written) is None:
        raise refuse("bad-date", f"{shown(value)} is not a day of the calendar", 'write `"2026-12-01"`')
    return written


def days(value: object, info: Info) -> str:  # noqa: ARG001
    """A span of days in UTC, both included: `2026-12-20/2027-01-03`."""
    written = text(value, "bad-date", "a span of days", '"2026-12-20/2027-01-03"', 21)
    first, _, last = written.partition("/")
    start, end = _day(first), _day(last)
    if start is None or end is None:
        raise refuse("bad-date", f"{shown(value)} is not a span of days", 'write `"2026-12-20/2027-01-03"`')
    if end < start:
        raise refuse("bad-date", f"{shown(value)} ends before it starts", f'did you mean `"{last}/{first}"`?')
    return written


def cron(value: object, info: Info) -> str:  # noqa: ARG001
    """A schedule of five cron fields, as Kubernetes reads it; its time zone stands beside it."""
    written = text(value, "bad-cron", "a cron schedule", "0 3 * * 1", 100)
    help_text = "minute hour day month weekday: `0 3 * * 1`"
    fault = _cron_fault(written)
    if fault:
        raise refuse("bad-cron", f"{shown(written)} {fault}", help_text)
    return written


@lru_cache(maxsize=256)  # every document is read in two forms, and teams train at the same few times
def _cron_fault(written: str) -> str:
    """What is wrong with a schedule; empty where nothing is."""
    from .cron import BadScheduleError, judge  # most specs have no schedule

    try:
        judge(written)
    except BadScheduleError as error:
        return f"is not a cron schedule: {error}"
    from datetime import datetime

    from cronsim import CronSim, CronSimError

    try:
        CronSim(written, datetime(2026, 1, 1))  # noqa: DTZ001 - only the fields are judged, not a time
    except CronSimError:
        return "never fires: no such month has such a day"
    return ""


def time_zone(value: object, info: Info) -> str:  # noqa: ARG001
    """An IANA time zone."""
    written = text(value, "bad-time-zone", "a time zone", "Europe/Vienna", 64)
    if written != "UTC" and written not in _zones():
        hint = did_you_mean(written, _zones())
        raise refuse(
            "bad-time-zone", f"{shown(value)} is not an IANA time zone", f"{hint}for example `UTC` or `Europe/Vienna`"
        )
    return written


@cache
def _zones() -> frozenset[str]:
    """Every name of the IANA database, from the package that holds it: what machines have of it differs."""
    from pkgutil import get_data

    zones = get_data("tzdata", "zones")
    if zones is None:
        raise ModuleNotFoundError("the package tzdata is not installed", name="tzdata")
    return frozenset(zones.decode("ascii").split())
