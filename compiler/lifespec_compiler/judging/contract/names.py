"""The names under which reports have what was measured of data: `customers.tenure-minimum`, `readiness.classes`."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from lifespec_compiler.plan import Plan

from .rules import rules
from .scorecard import LINES

SCORECARD: Final = "readiness"
"""In place of a source's name: the lines of the scorecard."""
FRESHNESS: Final = "freshness"
LONGEST: Final = 63

_UNFIT: Final = re.compile("[^A-Za-z0-9_.-]")


def names(plan: Plan) -> Mapping[tuple[str, str], str]:
    """By source and rule, or by `readiness` and line: the name in reports. No two are the same."""
    found: dict[tuple[str, str], str] = {}
    taken: Counter[str] = Counter()
    for part, rule in _all(plan):
        name = _fit(f"{part}.{rule}")
        taken[name] += 1
        found[part, rule] = name if taken[name] == 1 else _hashed(f"{part}.{rule}", f"{part}/{rule}")
    return found


def outlier_names(source: Any) -> list[str]:
    """The name of each outlier rule of a source."""
    return [
        f"{rule.column}-outliers" + (f"-{number + 1}" if number else "") for number, rule in enumerate(source.outliers)
    ]


def _all(plan: Plan) -> Iterator[tuple[str, str]]:
    for index, source in enumerate(plan.spec.data.sources):
        yield from ((source.name, rule.name) for rule in rules(source, index))
        yield from ((source.name, name) for name in (FRESHNESS, *outlier_names(source)))
    yield from ((SCORECARD, line) for line in LINES)


def _fit(name: str) -> str:
    written = _UNFIT.sub("_", name)
    return written if len(written) <= LONGEST and written[-1].isalnum() else _hashed(written, name)


def _hashed(written: str, whole: str) -> str:
    return f"{_UNFIT.sub('_', written)[: LONGEST - 9]}-{hashlib.sha256(whole.encode()).hexdigest()[:8]}"
