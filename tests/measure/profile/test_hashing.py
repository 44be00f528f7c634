"""The hash of a text is defined word by word; however many are hashed at once, it comes to that."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifespec_runtime.measure.profile.hashing import _BLOCK, of_texts

ALL = 2**64 - 1


def mixed(value):
    value = (value + 0x9E3779B97F4A7C15) & ALL
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & ALL
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & ALL
    return value ^ (value >> 31)


def defined(text):
    raw = text.encode()
    found = mixed(len(raw))
    for start in range(0, len(raw), 8):
        word = int.from_bytes(raw[start : start + 8], "little")
        turned = ((found << 7) | (found >> 57)) & ALL
        found = mixed(turned ^ (word * 0xBF58476D1CE4E5B9 & ALL))
    return found


@given(
    st.lists(st.text(max_size=30), max_size=20), st.sampled_from([pa.string(), pa.large_string()]), st.integers(0, 5)
)
def test_texts_of_any_lengths(texts, kind, skipped):
    given_texts = pa.array(texts, kind).slice(skipped)
    assert of_texts(given_texts).tolist() == [defined(text) for text in texts[skipped:]]


@pytest.mark.parametrize("length", [0, 1, 7, 8, 9, 16, 30])
@pytest.mark.parametrize("odd", ["", "é", "x" * 8, "x" * 41])
def test_texts_of_one_length_and_one_of_another(length, odd):
    texts = [f"{number:0{length}}"[-length:] if length else "" for number in range(_BLOCK + 3)]
    assert of_texts(pa.array(texts)).tolist() == [defined(text) for text in texts]
    texts[_BLOCK + 1] = odd
    assert of_texts(pa.array(texts)).tolist() == [defined(text) for text in texts]
