"""Moments: seconds since 1970 in the engine, timestamps in records."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from math import isfinite
from typing import Final

_START: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - everything here is UTC
END: Final = 253402300800.0
"""The start of the year 10000."""
_BILLION: Final = 10**9
_WRITTEN: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z")


def stamp(at: float) -> str:
    """The timestamp of a moment, exactly.

    Raises ValueError where nine digits of a second, or four of a year, cannot say it.
    """
    nanoseconds = round(Decimal(at) * _BILLION) if isfinite(at) else 0
    if float(Decimal(nanoseconds).scaleb(-9)) != at:
        raise ValueError(f"no timestamp says {at!r} exactly")
    seconds, rest = divmod(nanoseconds, _BILLION)
    try:
        whole = (_START + timedelta(seconds=seconds)).isoformat()
    except OverflowError as error:
        raise ValueError(f"{at!r} is not between the years 1 and 9999") from error
    return f"{whole}.{rest:09d}".rstrip("0").rstrip(".") + "Z" if rest else f"{whole}Z"


def moment(text: str) -> float:
    """The moment of a timestamp, which `stamp` can say again.

    Raises ValueError where it names a day or an hour that there is not, or is nearer to the year 10000 than seconds
    can be told apart from it.
    """
    if not _WRITTEN.fullmatch(text):
        raise ValueError(f"not a time such as 2026-11-01T03:00:00Z: {text}")
    whole, _, fraction = text.removesuffix("Z").partition(".")
    seconds = (datetime.fromisoformat(whole) - _START) // timedelta(seconds=1)
    at = float(Decimal(seconds) + Decimal(f"0.{fraction or 0}"))
    if at >= END:
        raise ValueError(f"not before the year 10000: {text}")
    return at


def shown(at: float) -> str:
    """A moment for people: to the second, in UTC."""
    return (_START + timedelta(seconds=int(at // 1))).isoformat(" ") + "Z"
