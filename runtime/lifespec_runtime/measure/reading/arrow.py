"""Apache Arrow. It ships no types and makes its kernels at import, so that a type checker knows nothing of them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

pa: Any = import_module("pyarrow")
pc: Any = import_module("pyarrow.compute")


def submodule(name: str) -> Any:
    """A part of Arrow that only some files need."""
    return import_module(f"pyarrow.{name}")


Array = Any
"""A `pyarrow.Array`."""


def invert(mask: Array) -> Array:
    """Where a mask of truth values does not hold."""
    return pc.invert(mask)


def either(one: Array | None, other: Array | None) -> Array | None:
    """Where one of two masks holds; None stands for a mask that holds nowhere."""
    if one is None or other is None:
        return other if one is None else one
    return pc.or_(one, other)


def count(mask: Array | None) -> int:
    """How often a mask holds."""
    return 0 if mask is None else int(pc.sum(mask).as_py() or 0)


def without(values: Array, mask: Array) -> Array:
    """The values, missing where the mask holds."""
    return pc.if_else(mask, pa.scalar(None, values.type), values)


def positions(mask: Array, limit: int) -> list[int]:
    """The first places at which a mask holds."""
    return [int(place) for place in pc.indices_nonzero(mask)[:limit].to_pylist()]
