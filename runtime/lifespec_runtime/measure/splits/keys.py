"""What rows are told apart by: 64-bit hashes of their keys, the same on every machine."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lifespec_runtime.measure.profile import hashing, order
from lifespec_runtime.measure.profile.column import ORDERED
from lifespec_runtime.measure.profile.view import View
from lifespec_runtime.measure.reading.arrow import Array, pc, to_numpy
from lifespec_runtime.measure.rows import Rows

HASHED = ("string", *ORDERED)
"""Types whose values can be equal; objects and lists are not looked into."""


def of_column(kind: str, values: Array) -> hashing.Hashes:
    """The hash of each value; all missing ones have the same."""
    view = View(kind, values)
    if not values.null_count:
        return view.hashes
    found = np.full(len(values), hashing.NOTHING, np.uint64)
    found[to_numpy(pc.is_valid(values))] = view.hashes
    return found


def of_columns(rows: Rows, references: Sequence[str]) -> hashing.Hashes:
    """The hash of each row's values of these columns, in this order."""
    kinds = {column.reference: column.logical_type for column in rows.used.columns}
    found = np.zeros(rows.table.num_rows, np.uint64)
    for reference in references:
        if kinds[reference] in HASHED:
            found = hashing.together(found, of_column(kinds[reference], rows.column(reference)))
    return found


def of_rows(rows: Rows) -> hashing.Hashes:
    """The hash of each row's key; of all of its values where the contract has no key."""
    key = [column.reference for column in rows.used.key]
    return of_columns(rows, key or sorted(rows.table.column_names))


def drawn(hashes: hashing.Hashes, seed: int, purpose: str) -> hashing.Hashes:
    """Other hashes for each seed and purpose, so that what is drawn for one says nothing about another."""
    text = f"lifespec {purpose} {seed}".encode()
    salt = np.frombuffer(hashlib.sha256(text).digest()[:8], "<u8").astype(np.uint64)
    return hashing.together(np.broadcast_to(salt, hashes.shape).copy(), hashes)


def shares(hashes: hashing.Hashes) -> NDArray[np.float64]:
    """Hashes as numbers from 0 to below 1, evenly spread."""
    return (hashes >> np.uint64(11)).astype(np.float64) / 2.0**53


def ordered(first: NDArray[np.generic], rows: Rows, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """The chosen rows, by their place in `first`, in an order that does not depend on the one they came in.

    Rows of one place are told apart by all of their values; those that are equal in all may change places.
    """
    content = of_columns(rows, sorted(rows.table.column_names))
    return chosen[np.lexsort((content[chosen], first[chosen]))]


def in_order(kind: str, values: Array) -> NDArray[np.int64]:
    """Values as integers in the same order; missing ones come before all others."""
    found = np.full(len(values), np.iinfo(np.int64).min, np.int64)
    view = View(kind, values)
    if kind == "string":
        _, found_ranks = np.unique(np.asarray(view.present.to_pylist(), dtype=object), return_inverse=True)
        ranks = found_ranks.astype(np.int64)
    else:
        ranks = view.integers if kind != "number" else order.of_numbers(view.numbers)
    found[to_numpy(pc.is_valid(values))] = ranks
    return found
