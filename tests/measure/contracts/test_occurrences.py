from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifespec_runtime.measure.contracts.occurrences import Occurrences

hashes = st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 5), max_size=60)


@given(st.lists(hashes, max_size=6), st.sampled_from([0, 3, 1000]))
def test_repeats_are_all_rows_but_the_first_of_each_value(parts, in_memory):
    found = Occurrences(in_memory)
    for part in parts:
        found.add(np.array(part, np.uint64))
    values = [value for part in parts for value in part]
    assert found.repeats() == len(values) - len(set(values))
    found.close()


def test_what_was_written_is_removed(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    found = Occurrences(in_memory=10)
    found.add(np.arange(100, dtype=np.uint64))
    assert list(Path(tmp_path).iterdir())
    assert found.repeats() == 0
    found.close()
    assert not list(Path(tmp_path).iterdir())


@pytest.mark.parametrize("in_memory", [0, 1 << 21])
def test_nothing_repeats_where_nothing_is(in_memory):
    found = Occurrences(in_memory)
    assert found.repeats() == 0
    found.close()


@pytest.mark.parametrize("in_memory", [1000, 1 << 21])
@pytest.mark.parametrize("shift", [0, 32, 44])
def test_values_that_fall_into_one_slot_are_told_apart(in_memory, shift):
    values = np.arange(20_000, dtype=np.uint64) << np.uint64(shift)
    found = Occurrences(in_memory)
    for part in np.array_split(np.concatenate([values, values[::7], values[::7]]), 9):
        found.add(part)
    assert found.repeats() == 2 * len(values[::7])
    found.close()
