"""Durations, ratios, weights, thresholds and Kubernetes quantities."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from .form import Info, is_canonical, number, refuse, shown, text
from .written import duration as as_written

_SECONDS = {
    "w": Decimal(604800),
    "d": Decimal(86400),
    "h": Decimal(3600),
    "m": Decimal(60),
    "s": Decimal(1),
    "ms": Decimal("0.001"),
}
"""Units of time, the largest first: the order in which a duration has them, each at most once."""
_COUNT = r"[0-9]+(\.[0-9]+)?"
DURATION_PATTERN = "".join(f"({_COUNT}{unit})?" for unit in _SECONDS)
"""What a duration looks like; the pattern matches nothing too, so whoever uses it asks for two characters or more."""
RATIO_PATTERN = r"[0-9]+(\.[0-9]+)?%"
QUANTITY_PATTERN = r"[0-9]+(\.[0-9]+)?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?"

_DURATION = re.compile(DURATION_PATTERN, re.ASCII)
_DURATION_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d|w)", re.ASCII)
_RATIO = re.compile(RATIO_PATTERN, re.ASCII)
_QUANTITY = re.compile(QUANTITY_PATTERN, re.ASCII)
_SCALE = {"m": Decimal("0.001")} | {
    unit: Decimal(1000**power) for power, unit in enumerate(("", "k", "M", "G", "T", "P"))
}
_BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50}
_DURATION_HELP = "write a number with a unit: `90s`, `30m`, `1h30m`, `14d`, `2w`"
SHORTEST = 0.001
_LONGEST = 100 * 365 * 86400


def plain(value: Decimal) -> int | float:
    """A decimal as the JSON number people would write."""
    return int(value) if value == value.to_integral_value() else float(value)


@lru_cache(maxsize=1024)
def seconds(written: str) -> int | float | None:
    """The seconds that a duration such as `1h30m` stands for; None when the text is no duration."""
    return _sum(written) if 2 <= len(written) <= 40 and _DURATION.fullmatch(written) else None


def _sum(parts: str) -> int | float:
    return plain(sum((Decimal(count) * _SECONDS[unit] for count, unit in _DURATION_PART.findall(parts)), Decimal(0)))


def duration(value: object, info: Info) -> int | float:
    """A positive length of time, in seconds."""
    if is_canonical(info):
        length = number(value, "bad-duration", "a number of seconds")
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        raise refuse(
            "bad-duration",
            f"{shown(value)} is a duration without a unit",
            f"did you mean `{value}s`, `{value}m`, `{value}h` or `{value}d`?",
        )
    else:
        written = text(value, "bad-duration", "a duration", "15m", 40)
        parsed = seconds(written)
        if parsed is None:
            raise refuse("bad-duration", *_no_duration(written))
        length = parsed
    if not SHORTEST <= length <= _LONGEST:
        raise refuse(
            "bad-duration", f"{shown(value)} is not a length of time between 1 ms and 100 years", _DURATION_HELP
        )
    return length


def _no_duration(written: str) -> tuple[str, str]:
    """What is wrong with a text that is no duration, and what to write."""
    if not re.fullmatch(f"({_DURATION_PART.pattern})+", written, re.ASCII):
        return f"{shown(written)} is not a duration", _DURATION_HELP
    total = _sum(written)
    hint = f"did you mean `{as_written(total)}`? " if SHORTEST <= total <= _LONGEST else ""
    return (
        f"{shown(written)} is not a duration: its units repeat, or a smaller one stands before a larger one",
        f"{hint}write each unit once, the largest first: `1d12h`, `1h30m`",
    )


@lru_cache(maxsize=1024)
def percent(written: str) -> Decimal | None:
    """The number before the `%` of a text such as `5%`; None when the text is no percentage."""
    return Decimal(written[:-1]) if len(written) <= 40 and _RATIO.fullmatch(written) else None


def ratio(value: object, info: Info) -> int | float:
    """A share between 0 and 1: `5%` or `0.05`."""
    if isinstance(value, str) and not is_canonical(info):
        share = percent(value)
        if share is None:
            raise refuse("bad-ratio", f"{shown(value)} is not a ratio", "write `5%` or `0.05`")
        parsed = plain(share / 100)
    else:
        parsed = number(value, "bad-ratio", "a ratio")
    if not 0 <= parsed <= 1:
        hint = f"did you mean `{shown(value)}%`? " if isinstance(value, (int, float)) and 1 < value <= 100 else ""
        raise refuse(
            "bad-ratio", f"{shown(value)} is not a ratio: it lies outside 0 to 1", f"{hint}write `5%` or `0.05`"
        )
    return parsed


def positive_ratio(value: object, info: Info) -> int | float:
    """A share above 0 and at most 1."""
    parsed = ratio(value, info)
    if parsed == 0:
        raise refuse("bad-ratio", "0 is no share here: it must be above 0", "write `5%` or `0.05`")
    return parsed


def confidence(value: object, info: Info) -> int | float:
    """A one-sided confidence, above one half and below 1: at one half it says nothing, and nobody is ever sure."""
    parsed = ratio(value, info)
    if not 0.5 < parsed < 1:
        meant = plain(100 - Decimal(str(parsed)) * 100)
        hint = f"did you mean `{meant}%`?" if 0 < parsed <= 0.2 else "write `95%`"
        raise refuse("bad-ratio", f"{shown(value)} is no confidence: it must be above 50 % and below 100 %", hint)
    return parsed


def weight(value: object, info: Info) -> int:
    """A share of traffic in whole per cent: `10%`; canonical: the integer 10."""
    if is_canonical(info):
        parsed = Decimal(number(value, "bad-weight", "a whole number of per cent"))
    else:
        share = percent(value) if isinstance(value, str) else None
        if share is None:
            hint = f"did you mean `{value}%`? " if isinstance(value, int) and not isinstance(value, bool) else ""
            raise refuse("bad-weight", f"{shown(value)} is not a weight", f"{hint}write whole per cent: `10%`")
        parsed = share
    if parsed != parsed.to_integral_value() or not 1 <= parsed <= 100:
        raise refuse("bad-weight", f"{shown(value)} is not a whole per cent between 1% and 100%", "write `10%`")
    return int(parsed)


def threshold(value: object, info: Info) -> str | int | float:
    """A bound in its metric's unit: a number, `5%` or `120ms`. The metric decides which of them is meant, later."""
    if is_canonical(info) or not isinstance(value, str):
        return number(value, "bad-threshold", "a threshold")
    if percent(value) is None and seconds(value) is None:
        raise refuse(
            "bad-threshold",
            f"{shown(value)} is no threshold",
            "write a number, a ratio (`5%`) or a duration (`120ms`), as the metric asks",
        )
    return value


def quality_bound(value: object, info: Info) -> str | int | float:
    """A bound of a data-quality rule: a number of rows or, as `1%`, a share of them."""
    if is_canonical(info) or not isinstance(value, str):
        return number(value, "bad-threshold", "a bound")
    if percent(value) is None:
        raise refuse(
            "bad-threshold", f"{shown(value)} is no bound", "write a number of rows or a percentage such as `1%`"
        )
    return value


def amount(quantity: str) -> float:
    """A Kubernetes quantity as a plain number: cores, bytes or devices."""
    suffix = next((unit for unit in _BINARY if quantity.endswith(unit)), None)
    if suffix:
        return float(Decimal(quantity[: -len(suffix)]) * _BINARY[suffix])
    unit = quantity[-1] if quantity[-1].isalpha() else ""
    return float(Decimal(quantity[: len(quantity) - len(unit)]) * _SCALE[unit])


def kubernetes_quantity(value: object, info: Info) -> str:
    """An amount of a resource as Kubernetes writes it: `500m`, `4`, `8Gi`."""
    whole = isinstance(value, int) and not isinstance(value, bool) and not is_canonical(info)
    written = str(value) if whole else value
    if not isinstance(written, str) or len(written) > 20 or not _QUANTITY.fullmatch(written) or amount(written) == 0:
        hint = ""
        if isinstance(value, str) and re.fullmatch(r"[0-9.]+ ?[KMGT]i?[bB]", value):
            hint = f"did you mean `{value.rstrip('bB').replace(' ', '')}`? "
        raise refuse(
            "bad-quantity", f"{shown(value)} is not a Kubernetes quantity", f"{hint}write `500m`, `2` or `8Gi`"
        )
    return written
