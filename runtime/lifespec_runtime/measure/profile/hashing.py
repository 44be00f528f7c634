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
_BLOCK: Final = 1 << 14
"""Values that are hashed at a time: as many as the processor's cache holds."""
_MASKS: Final = np.array([(1 << 8 * length) - 1 for length in range(_WORD + 1)], np.uint64)
"""By the bytes of a last word: the bits that are the text's."""
_SEVEN, _TWENTY_SEVEN, _THIRTY, _THIRTY_ONE, _FIFTY_SEVEN = map(np.uint64, (7, 27, 30, 31, 57))


def of_integers(values: NDArray[np.int64]) -> Hashes:
    """The finaliser of SplitMix64, which loses nothing: different integers have different hashes."""
    found = np.array(values, np.int64).view(np.uint64)
    spare = np.empty(min(len(found), _BLOCK), np.uint64)
    for start in range(0, len(found), _BLOCK):
        block = found[start : start + _BLOCK]
        _mix(block, spare[: len(block)])
    return found


def _mix(mixed: Hashes, spare: Hashes) -> None:
    """Replaces integers by their hashes; `spare` is as long, and what it holds is lost."""
    mixed += _STEP
    for bits, factor in ((_THIRTY, _FIRST), (_TWENTY_SEVEN, _SECOND)):
        np.right_shift(mixed, bits, out=spare)
        mixed ^= spare
        mixed *= factor
    np.right_shift(mixed, _THIRTY_ONE, out=spare)
    mixed ^= spare


def together(one: Hashes, other: Hashes) -> Hashes:
    """The hash of two values, in this order."""
    return of_integers(((one << _SEVEN | one >> _FIFTY_SEVEN) ^ other * _FIRST).view(np.int64))


def of_texts(texts: Any) -> Hashes:
    """The hashes of an Arrow array of texts without missing ones, word by word of their UTF-8."""
    count = len(texts)
    if not count:
        return np.zeros(0, np.uint64)
    width = np.int64 if texts.type == "large_string" else np.int32
    _, offsets_buffer, data = texts.buffers()
    offsets = np.frombuffer(offsets_buffer, width)[texts.offset : texts.offset + count + 1]
    used = np.frombuffer(data, np.uint8)[offsets[0] : offsets[-1]] if data is not None else np.zeros(0, np.uint8)
    padded = np.concatenate([used, np.zeros(_WORD, np.uint8)])
    words = np.ndarray((len(padded) - _WORD + 1,), "<u8", padded, strides=(1,))
    found = np.empty(count, np.uint64)
    for start in range(0, count, _BLOCK):
        places = offsets[start : start + _BLOCK + 1].astype(np.int64) - offsets[0]
        _hash_block(words, places[:-1], np.diff(places), found[start : start + _BLOCK])
    return found


def _hash_block(words: Hashes, starts: NDArray[np.int64], rest: NDArray[np.int64], found: Hashes) -> None:
    """Writes the hashes of texts of `rest` bytes from `starts` on."""
    found[:] = rest.view(np.uint64)
    _mix(found, np.empty_like(found))
    places: Any = slice(None)  # of the texts that have another word
    while True:
        if not rest.all():
            more = np.flatnonzero(rest)
            if not len(more):
                return
            starts, rest = starts[more], rest[more]
            places = more if isinstance(places, slice) else places[more]
        word = words[starts]
        if rest.min() < _WORD:
            word &= _MASKS[np.minimum(rest, _WORD)]
        known = found[places]
        turned = known << _SEVEN
        turned |= known >> _FIFTY_SEVEN
        word *= _FIRST
        turned ^= word
        _mix(turned, word)
        found[places] = turned
        starts, rest = starts + _WORD, np.maximum(rest - _WORD, 0)
