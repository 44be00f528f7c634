"""What the pictures of a simulation say: times, shares and phases in words, and words in lines."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import Final
from unicodedata import category, east_asian_width

from lifespec_compiler.engine.values import Phase, Position
from lifespec_compiler.plan import Plan

_SIZES: Final = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))
_PHASES: Final[dict[Phase, str]] = {
    "Offline": "offline",
    "Shadow": "shadow",
    "Canary": "canary",
    "Promoting": "promoting",
    "Held": "held",
    "RollingBack": "rolling back",
    "Training": "training",
    "Evaluating": "evaluating",
    "Nominated": "nominating",
}


def elapsed(seconds: float) -> str:
    """A length of time in its two largest units: `1d 4h`, `32m`, `45s`."""
    rest = round(abs(seconds))
    if rest >= 100 * 86400:
        rest = round(rest / 86400) * 86400
    elif rest >= 2 * 86400:
        rest = round(rest / 3600) * 3600
    elif rest >= 3600:
        rest = round(rest / 60) * 60
    parts = []
    for size, unit in _SIZES:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    return ("-" if seconds < 0 and parts else "") + (" ".join(parts[:2]) or "0m")


def moment(at: float) -> str:
    """A time in UTC to the minute."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"


def plural(number: float, one: str, many: str = "") -> str:
    """`1 request`, `2 requests`."""
    return f"{number:,.0f} {one if number == 1 else many or one + 's'}"


def percent(share: float, fine: float = 0.0) -> str:
    """A share in per cent, with two meaningful digits where it is small; so that nothing as large as `fine` is lost."""
    value = 100 * share
    if not math.isfinite(value):
        return "unknown"
    if fine:
        return f"{value:.{places(100 * fine)}f} %"
    if value == 0 or abs(value) >= 10:
        return f"{value:.1f}".rstrip("0").rstrip(".") + " %"
    return f"{value:.2g} %" if "e" not in f"{value:.2g}" else f"{value:.1e} %"


def places(fine: float) -> int:
    """How many digits after the point tell apart what differs by `fine`; at most 6."""
    return min(6, max(0, math.ceil(-math.log10(fine)))) if 0 < fine < math.inf else 0


def short(digest: str) -> str:
    """As much of a digest as people compare."""
    _, _, digits = digest.rpartition(":")
    return digits[:12]


def phase_words(plan: Plan, position: Position) -> str:
    """Where a rollout or a training stands; a step with its name and its share."""
    if position.phase == "Canary":
        live = [stage for stage in plan.stages if stage.weight]
        step = position.step or 0
        name = live[step].name if step < len(live) else ""
        return f"{name or f'step {step + 1}'}, {position.weight} %"
    return _PHASES.get(position.phase, position.phase.lower())


def cells(text: str) -> int:
    """How many columns of a terminal a text takes: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(0 if category(c) in {"Mn", "Me"} else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def fitted(text: str, columns: int, ellipsis: str) -> str:
    """The text, cut where it takes more than `columns`."""
    if cells(text) <= columns:
        return text
    while text and cells(text + ellipsis) > columns:
        text = text[:-1]
    return text + ellipsis


def wrapped(text: str, columns: int) -> list[str]:
    """The text in lines of at most `columns`; at least one line. No line ends within `(n 100,000)`."""
    lines, line = [], ""
    for word in re.split(r"(?<!\(n)\s+", text.strip()):
        rest = word
        if line and cells(f"{line} {rest}") > columns:
            lines.append(line)
            line = ""
        while cells(rest) > columns:
            part = _first(rest, columns)
            lines.append(part)
            rest = rest[len(part) :]
        line = f"{line} {rest}" if line else rest
    return [*lines, line]


def _first(word: str, columns: int) -> str:
    """As much of a word as fits, at least one character."""
    part = word[:columns]
    while len(part) > 1 and cells(part) > columns:
        part = part[:-1]
    return part
