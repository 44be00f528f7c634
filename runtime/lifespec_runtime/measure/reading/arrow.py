"""Apache Arrow. It ships no types and makes its kernels at import, so that a type checker knows nothing of them."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

pa: Any = import_module("pyarrow")
pc: Any = import_module("pyarrow.compute")

# Arrow's own allocators keep what they had for later; over chunks of many sizes that is more than the data.
pa.set_memory_pool(pa.system_memory_pool())


def submodule(name: str) -> Any:
    """A part of Arrow that only some files need."""
    return import_module(f"pyarrow.{name}")


Array = Any
"""A `pyarrow.Array`."""


# What follows makes arrays and scalars from their buffers: `pyarrow.array` and `pyarrow.scalar` import pandas, to find
# out whether the values are pandas' own, and that takes as long as checking a million rows.


def integers(values: NDArray[np.int64]) -> Array:
    """NumPy's integers as Arrow's."""
    return pa.Array.from_buffers(pa.int64(), len(values), [None, pa.py_buffer(np.ascontiguousarray(values, np.int64))])


def numbers(values: Sequence[float]) -> Array:
    """Numbers as Arrow has them."""
    return pa.Array.from_buffers(pa.float64(), len(values), [None, pa.py_buffer(np.array(values, np.float64))])


def texts(values: Sequence[str]) -> Array:
    """Texts as Arrow has them."""
    parts = [value.encode() for value in values]
    ends = np.cumsum([0, *map(len, parts)]).astype(np.int32)
    return pa.StringArray.from_buffers(len(parts), pa.py_buffer(ends), pa.py_buffer(b"".join(parts)))


def truths(values: Sequence[bool] | NDArray[np.bool_]) -> Array:
    """Truth values as Arrow has them."""
    return pc.cast(integers(np.array(values, np.int64)), pa.bool_())


_FALSE = truths([False])[0]


def to_numpy(values: Array) -> NDArray[Any]:
    """The values of an Arrow array of numbers or truth values that has no missing ones, as NumPy has them."""
    if pa.types.is_boolean(values.type):
        return to_numpy(pc.cast(values, pa.uint8())).view(np.bool_)
    if values.null_count:
        raise ValueError("NumPy has no missing values")
    dtype = np.dtype(_DTYPES[values.type])
    data = values.buffers()[1]
    found = np.frombuffer(data, dtype) if data is not None else np.zeros(0, dtype)
    return found[values.offset : values.offset + len(values)]


def parts_of(texts: Array) -> tuple[NDArray[Any], NDArray[np.uint8]]:
    """Where each text of an Arrow array begins, and the last one ends, among all their bytes; and those bytes."""
    width = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    _, ends, data = texts.buffers()
    if ends is None or not len(texts):
        return np.zeros(1, width), np.zeros(0, np.uint8)
    found = np.frombuffer(ends, width)[texts.offset : texts.offset + len(texts) + 1]
    return found, np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)


def is_ascii(texts: Array) -> bool:
    """Whether texts have none but ASCII characters: such bytes are UTF-8, and each is a character."""
    ends, data = parts_of(texts)
    used = data[ends[0] : ends[-1]]
    return not len(used) or bool(used.max() < 0x80)


def lengths(texts: Array) -> NDArray[np.int32]:
    """The numbers of characters of an Arrow array of texts without missing ones."""
    if is_ascii(texts):
        ends, _ = parts_of(texts)
        return np.asarray(ends[1:] - ends[:-1], np.int32)
    return np.asarray(to_numpy(pc.utf8_length(texts)), np.int32)


_DTYPES: Final = {
    pa.int8(): np.int8,
    pa.int16(): np.int16,
    pa.int32(): np.int32,
    pa.int64(): np.int64,
    pa.uint8(): np.uint8,
    pa.uint64(): np.uint64,
    pa.float64(): np.float64,
}


def nothing(kind: Array) -> Array:
    """The missing value of a type, as a scalar."""
    return pa.nulls(1, kind)[0]


def holds(mask: Array) -> Array:
    """Where a mask holds; where it is missing it does not."""
    return pc.fill_null(mask, _FALSE)


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
    return pc.if_else(mask, nothing(values.type), values)


def positions(mask: Array, limit: int) -> list[int]:
    """The first places at which a mask holds."""
    return [int(place) for place in pc.indices_nonzero(mask)[:limit].to_pylist()]
