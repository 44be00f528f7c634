"""64-bit hashes of values, the same on every machine: for counting what is distinct and what occurs twice.

Two different values have the same hash once in 2^64: among 10^8 values, one pair in 3,700 such data sets.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]

_STEP: Final = np.uint64(0x9E3779B97F4A7C15)
_FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
_SECOND: Final = np.uint64(0x94D049BB133111EB)
NOTHING: Final = np.uint64(0x2545F4914F6CDD1D)
"""The hash of a missing value, within a row of several."""
_WORD: Final = 8


def of_integers(values: NDArray[np.int64]) -> Hashes:
    """The finaliser of SplitMix64, which loses nothing: different integers have different hashes."""
    mixed = values.astype(np.int64, copy=False).view(np.uint64) + _STEP
    mixed ^= mixed >> np.uint64(30)
    mixed *= _FIRST
    mixed ^= mixed >> np.uint64(27)
    mixed *= _SECOND
    mixed ^= mixed >> np.uint64(31)
    return mixed


def together(one: Hashes, other: Hashes) -> Hashes:
    """The hash of two values, in this order."""
    return of_integers(((one << np.uint64(7) | one >> np.uint64(57)) ^ other * _FIRST).view(np.int64))


def of_texts(texts: Any) -> Hashes:
    """The hashes of an Arrow array of texts without missing ones, word by word of their UTF-8."""
    count = len(texts)
    if not count:
        return np.zeros(0, np.uint64)
    width = np.int64 if texts.type == "large_string" else np.int32
    _, offsets_buffer, data = texts.buffers()
    offsets = np.frombuffer(offsets_buffer, width)[texts.offset : texts.offset + count + 1].astype(np.int64)
    lengths = np.diff(offsets)
    used = np.frombuffer(data, np.uint8)[offsets[0] : offsets[-1]] if data is not None else np.zeros(0, np.uint8)
    padded = np.concatenate([used, np.zeros(_WORD, np.uint8)])
    words = np.ndarray((len(padded) - _WORD + 1,), "<u8", padded, strides=(1,))
    found = of_integers(lengths)
    starts, rest, places = offsets[:-1] - offsets[0], lengths, np.arange(count)
    while True:
        more = rest > 0
        if not more.all():
            starts, rest, places = starts[more], rest[more], places[more]
        if not len(places):
            return found
        word = words[starts].astype(np.uint64)
        short = rest < _WORD
        if short.any():
            word[short] &= (np.uint64(1) << (rest[short].astype(np.uint64) * np.uint64(8))) - np.uint64(1)
        found[places] = together(found[places], word)
        starts, rest = starts + _WORD, rest - _WORD
