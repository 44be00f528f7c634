"""Cron schedules of five fields, as the API server of Kubernetes reads them.

Only what every reader of cron takes for the same moments is accepted: what Kubernetes refuses is refused, and so is
what other dialects read in another way. Nothing but the fields is judged; no time zone, no calendar.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from .form import shown

_VALUE = "([0-9]{1,2}|[A-Za-z]{3})"
_ITEM = rf"(\*|{_VALUE}(-{_VALUE})?)(/[0-9]{{1,2}})?"
_FIELD = rf"{_ITEM}(,{_ITEM})*"
CRON_PATTERN = rf"{_FIELD}( {_FIELD}){{4}}"


class BadScheduleError(Exception):
    """A schedule means nothing, or not the same everywhere; the message says why."""


class _Field(NamedTuple):
    name: str
    least: int
    most: int
    words: str = ""

    def number(self, written: str) -> int:
        """The value that a number or a name of the field stands for."""
        words = self.words.split()
        if written.isdecimal():
            value = int(written)
        elif written.upper() in words:
            value = words.index(written.upper()) + self.least
        else:
            raise BadScheduleError(f"`{written}` is no {self.name}")
        if not self.least <= value <= self.most:
            sunday = "; Sunday is 0" if value == 7 and self.most == 6 else ""
            raise BadScheduleError(f"`{written}` is no {self.name}: they go from {self.least} to {self.most}{sunday}")
        return value


_FIELDS: Final = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"),
    _Field("weekday", 0, 6, "SUN MON TUE WED THU FRI SAT"),
)


def judge(schedule: str) -> None:
    """Raises BadScheduleError unless the schedule is one, and the same one for everybody."""
    written = schedule.split(" ")
    if len(written) != len(_FIELDS):
        raise BadScheduleError(f"it has {len(written)} fields, each after one space, and not {len(_FIELDS)}")
    for field, text in zip(_FIELDS, written, strict=True):
        for item in text.split(","):
            if not re.fullmatch(_ITEM, item, re.ASCII):
                raise BadScheduleError(f"{shown(item)} is no {field.name}, and no range or step of them")
            _judge_item(field, item)
    _judge_days(written[2], written[4])


def _judge_item(field: _Field, item: str) -> None:
    values, slash, steps = item.partition("/")
    start, dash, end = values.partition("-")
    first = field.least if start == "*" else field.number(start)
    last = field.number(end) if dash else field.most if slash or start == "*" else first
    if last < first:
        raise BadScheduleError(f"`{values}` ends before it starts")
    if not slash:
        return
    if not 1 <= int(steps) <= last - first:
        raise BadScheduleError(f"the step of `{item}` leads from {first} to nowhere: the last {field.name} is {last}")
    if field.most == 6 and not dash and start != "*" and (7 - first) % int(steps) == 0:
        raise BadScheduleError(f"`{item}` is also Sunday where weekdays end at 7; write `{first}-6/{steps}`")


def _judge_days(day: str, weekday: str) -> None:
    """Refuses what cron dialects combine differently: days and weekdays add up, unless one of them is a star."""
    for text in (day, weekday):
        if "*" in text and "," in text:
            raise BadScheduleError(f"`{text}` lists a star among other days")
    for one, other in ((day, weekday), (weekday, day)):
        if one.startswith("*/") and not one.endswith(("/1", "/01")) and other not in ("*", "*/1", "*/01"):
            raise BadScheduleError(
                f"`{one}` beside `{other}` is either both or one of them, depending on who reads it; list the days"
            )
