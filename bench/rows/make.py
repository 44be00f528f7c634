"""Writes the rows that are checked: `make.py FILE ROWS [--narrow]`, a million at a time, the same ones every time."""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

GROUP = 1_000_000
COUNTRIES = ["AT", "BE", "CH", "DE", "DK", "ES", "FI", "FR", "IE", "IT", "NL", "PL", "PT", "SE"]
PLANS = ["basic", "plus", "pro"]


def narrow(first: int, rows: int) -> dict[str, object]:
    """A key, three values and a label."""
    chance = np.random.default_rng(first)
    numbers = np.arange(first, first + rows)
    return {
        "id": pa.array(numbers * 7919 % 2_147_483_647),  # a prime: no two alike, and in no order
        "age": with_missing(chance, chance.integers(0, 100, rows)),
        "amount": with_missing(chance, chance.gamma(2.0, 40.0, rows)),
        "plan": chosen(chance, PLANS, rows),
        "churned": pa.array(chance.random(rows) < 0.2),
    }


def wide(first: int, rows: int) -> dict[str, object]:
    """Twelve columns; of a thousand rows about one breaks the rule of the e-mail address."""
    chance = np.random.default_rng(first)
    numbers = pa.array(np.arange(first, first + rows))
    digits = pc.utf8_lpad(pc.cast(numbers, pa.string()), 9, "0")
    at = np.where(chance.random(rows) < 0.001, " at ", "@")
    day = np.datetime64("2024-01-01") + chance.integers(0, 900, rows)
    moment = np.datetime64("2026-01-01T00:00:00", "us") + chance.integers(0, 10**13, rows)
    return {
        "id": pc.binary_join_element_wise("customer", digits, "-"),
        "age": with_missing(chance, chance.integers(0, 100, rows), 0.0),
        "amount": with_missing(chance, chance.gamma(2.0, 40.0, rows)),
        "plan": chosen(chance, PLANS, rows),
        "country": chosen(chance, COUNTRIES, rows),
        "email": pc.binary_join_element_wise("user", digits, pa.array(at), "example.com", ""),
        "code": pc.binary_join_element_wise(chosen(chance, COUNTRIES, rows), pc.utf8_slice_codeunits(digits, 4), "-"),
        "score": with_missing(chance, chance.normal(0.0, 1.0, rows)),
        "signup": pa.array(day.astype("datetime64[D]")),
        "updated": pa.array(moment),
        "note": with_missing(chance, chosen(chance, ["called", "wrote", "came by", "left"], rows), 0.3),
        "churned": pa.array(chance.random(rows) < 0.2),
    }


def chosen(chance: np.random.Generator, values: list[str], rows: int) -> pa.Array:
    """One of some texts for each row."""
    return pa.array(values).take(pa.array(chance.integers(0, len(values), rows)))


def with_missing(chance: np.random.Generator, values: object, share: float = 0.05) -> pa.Array:
    """The values, some of them missing."""
    missing = pa.array(chance.random(len(values)) < share)  # type: ignore[arg-type]
    return pc.if_else(missing, None, values if isinstance(values, pa.Array) else pa.array(values))


def write(file: str, rows: int, make: Callable[[int, int], dict[str, object]]) -> None:
    """Writes the rows, so many that memory never holds more than a row group of them."""
    schema = pa.table(make(0, 1)).schema
    with pq.ParquetWriter(file, schema) as writer:
        for first in range(0, rows, GROUP):
            writer.write_table(pa.table(make(first, min(GROUP, rows - first)), schema=schema))


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]), narrow if "--narrow" in sys.argv else wide)
