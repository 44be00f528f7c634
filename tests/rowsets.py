"""Rows of small specs for tests: tables written to files, read as every command reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lifecycles import plan_of, small
from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.contracts.check import Location
from lifespec_runtime.measure.rows import Rows, read_rows

CUSTOMERS: list[dict[str, Any]] = [
    {"name": "customer_id", "logicalType": "string", "primaryKey": True},
    {"name": "tenure", "logicalType": "integer"},
    {"name": "plan", "logicalType": "string"},
    {"name": "day", "logicalType": "date"},
    {"name": "churned", "logicalType": "boolean", "availableAfter": "30d"},
]


def customers_plan(splits: dict[str, Any] | None = None, **changes: Any) -> Plan:
    """The plan of the small spec with a date and these splits."""
    source = {"name": "customers", "uri": "s3://lake/customers/", "schema": CUSTOMERS}
    source |= changes.pop("source", {})
    data: dict[str, Any] = {"sources": [source], "labels": {"column": "churned", "delay": {"p95": "30d"}}}
    data |= {"splits": splits} if splits else {}
    return plan_of(small(**{"data": data, **changes}))


def customers(count: int, **columns: Any) -> pa.Table:
    """So many customers; `columns` replaces some of their columns."""
    from datetime import date, timedelta

    made: dict[str, Any] = {
        "customer_id": [f"c{place}" for place in range(count)],
        "tenure": [place * 7 % 60 for place in range(count)],
        "plan": [("basic", "plus", "pro")[place % 3] for place in range(count)],
        "day": [date(2025, 1, 1) + timedelta(days=place % 90) for place in range(count)],
        "churned": [place % 4 == 0 for place in range(count)],
    }
    return pa.table({**made, **columns})


def rows_of(plan: Plan, folder: Path, **tables: pa.Table) -> Rows:
    """The rows of a plan whose sources are these tables."""
    places = {}
    for name, table in tables.items():
        file = folder / f"{name}.parquet"
        pq.write_table(table, file)
        places[name] = Location(str(file), "parquet", copy=True)
    return read_rows(plan, places)
