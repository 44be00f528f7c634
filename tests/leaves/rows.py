"""Small data for the witnesses, on the edges of what their contracts ask for; all values are made by counting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.contracts.check import Location

ROWS = 400
NOW = datetime(2026, 8, 9, 12, tzinfo=UTC)
START = date(2026, 1, 1)
PLANS = ("basic", "plus", "pro", "basic", "plus", "basic")
BANDS = ("18-25", "26-59", "60+")


def _day(after: int) -> date:
    return START + timedelta(days=after)


def _mixed(place: int, modulus: int) -> int:
    """A number below `modulus` that tells little of the place."""
    return (place * 7919 + place * place * 104729) % 1_000_003 % modulus


def _tenure(place: int) -> int | None:
    if place % 71 == 5:
        return None
    return 601 if place == 8 else 700 + place if place % 97 == 3 else _mixed(place, 49)


COLUMNS: Mapping[str, Callable[[int], Any]] = {
    "customer_id": lambda place: f"c{place if place != 17 else 16:04}",
    "as_of": lambda place: _day(_mixed(place, 220)),
    "valid_until": lambda place: _day(30 + _mixed(place + 5, 400)),
    "tenure_months": _tenure,
    "tenure": _tenure,
    "calls": lambda place: None if place % 9 == 4 else 500 if place == 44 else _mixed(place + 1, 12),
    "account": lambda place: f"a{place if place != 23 else 22}",
    "plan": lambda place: None if place in (50, 51) else "?" if place in (60, 61) else PLANS[_mixed(place, 6)],
    "wish": lambda place: PLANS[_mixed(place + 8, 6)],
    "age_band": lambda place: "?" if place == 33 else "0123456789" if place == 34 else BANDS[_mixed(place + 2, 3)],
    "note": lambda place: None if place % 5 == 0 else ("called", "wrote", "called", "came")[_mixed(place + 3, 4)],
    "churned": lambda place: (_tenure(place) or 0) + _mixed(place + 4, 20) < 24,
    "reviewed": lambda place: _mixed(place + 6, 10) < 4,
}
TICKETS: Mapping[str, Callable[[int], Any]] = {
    "customer": "c{:04}".format,
    "day": COLUMNS["as_of"],
    "plan": lambda place: PLANS[_mixed(place + 9, 6)],
    "minutes": lambda place: float(_mixed(place + 7, 90)),
}
TABLES: Mapping[str, tuple[int, Mapping[str, Callable[[int], Any]]]] = {
    "customers": (ROWS, COLUMNS),
    "tickets": (ROWS - 17, TICKETS),
    "plans": (
        3,
        {
            "title": lambda place: ("basic", "plus", "pro")[place],
            "since": _day,
            "price": lambda place: 9.5 * (place + 1),
        },
    ),
}


def write(folder: Path) -> None:
    """Writes the data of every source, with columns that no contract of a witness has, and a day as text."""
    for name, (rows, columns) in TABLES.items():
        table = pa.table({column: [value(place) for place in range(rows)] for column, value in columns.items()})
        pq.write_table(table, folder / f"{name}.parquet")
    (folder / "days.csv").write_text("day,late\n" + "".join(f"{_day(place)},{place % 2}\n" for place in range(60)))


def locations(plan: Plan, folder: Path) -> dict[str, Location]:
    """Where the sources of a plan lie; one that was given another name reads what it read before."""
    found = {}
    for source in plan.spec.data.sources:
        if source.name == "days":
            found[source.name] = Location(str(folder / "days.csv"), source.format, copy=False)
            continue
        name = next(known for known in TABLES if source.name.startswith(known))
        found[source.name] = Location(str(folder / f"{name}.parquet"), source.format, copy=False)
    return found
