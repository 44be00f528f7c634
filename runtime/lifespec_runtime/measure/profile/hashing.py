"""64-bit hashes of values, the same on every machine: for counting what is distinct and what occurs twice.

Two different values have the same hash once in 2^64: among 10^8 values, one pair in 3,700 such data sets.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lifespec_runtime.measure.reading.arrow import parts_of

Bytes = NDArray[np.uint8]
Hashes = NDArray[np.uint64]

_STEP: Final = np.uint64(0x9E3779B97F4A7C15)
_FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
_SECOND: Final = np.uint64(0x94D049BB133111EB)
NOTHING: Final = np.uint64(0x2545F4914F6CDD1D)
"""The hash of a missing value, within a row of several."""
_WORD: Final = 8
_BLOCK: Final = 1 << 13
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
    offsets, data = parts_of(texts)
    padded = np.concatenate([data[offsets[0] : offsets[-1]], np.zeros(_WORD, np.uint8)])
    found = np.empty(count, np.uint64)
    spare, word = np.empty((2, min(count, _BLOCK)), np.uint64)
    for start in range(0, count, _BLOCK):
        block = found[start : start + _BLOCK]
        places = offsets[start : start + len(block) + 1].astype(np.int64)
        places -= offsets[0]
        _hash_block(padded, places, block, spare[: len(block)], word[: len(block)])
    return found


def _hash_block(padded: Bytes, ends: NDArray[np.int64], found: Hashes, spare: Hashes, word: Hashes) -> None:
    """Writes the hashes of texts, of which each ends where the next begins; what `spare` and `word` hold is lost."""
    starts = ends[:-1]
    lengths = ends[1:] - starts
    found[:] = lengths.view(np.uint64)
    _mix(found, spare)
    least = int(lengths.min())
    if least == int(lengths.max()):
        for at in range(0, least, _WORD):
            step = least if len(found) > 1 else _WORD
            np.copyto(word, np.ndarray((len(found),), "<u8", padded, int(starts[0]) + at, (step,)))
            if least - at < _WORD:
                word &= _MASKS[least - at]
            _add(word, found, spare)
        return
    words = np.ndarray((len(padded) - _WORD + 1,), "<u8", padded, strides=(1,))
    common = least - least % _WORD
    for at in range(0, common, _WORD):  # words that all of them have
        word[:] = words[at:][starts]
        _add(word, found, spare)
    starts, rest = starts + common, lengths - common
    places: Any = slice(None)  # of the texts that have another word
    while True:
        if not rest.all():
            more = np.flatnonzero(rest)
            if not len(more):
                return
            starts, rest = starts[more], rest[more]
            places = more if isinstance(places, slice) else places[more]
        last = words[starts]
        last &= _MASKS[np.minimum(rest, _WORD)]
        known = found[places]
        _add(last, known, spare[: len(last)])
        found[places] = known
        starts, rest = starts + _WORD, np.maximum(rest - _WORD, 0)


def _add(word: Hashes, known: Hashes, spare: Hashes) -> None:
    """Takes a further word of each text into its hash; what `word` and `spare` hold is lost."""
    np.right_shift(known, _FIFTY_SEVEN, out=spare)
    known <<= _SEVEN
    known |= spare
    word *= _FIRST
    known ^= word
    _mix(known, spare)
