"""Agreement of raters: the numbers of scikit-learn, whatever the chunks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifespec_runtime.measure.contracts.agreement import MOST_CLASSES, Ratings
from lifespec_runtime.measure.estimate import Undefined
from lifespec_runtime.measure.profile.view import View
from measuring import Sample, measure

LABELS = {"string": ["no", "yes", "maybe", None], "boolean": [False, True, None], "integer": [1, 2, 3, 40, None]}
TYPES = {"string": pa.string(), "boolean": pa.bool_(), "integer": pa.int64()}


def rated(kind, *chunks, raters=("ann", "bob")):
    found: Any = Ratings(raters)
    for chunk in chunks:
        found.add(views(kind, chunk, raters))
    return found


def views(kind, rows, raters):
    columns = zip(*rows, strict=True) if rows else [[] for _ in raters]
    return {rater: View(kind, pa.array(list(said), TYPES[kind])) for rater, said in zip(raters, columns, strict=True)}


@settings(max_examples=100)
@given(data=st.data(), kind=st.sampled_from(sorted(LABELS)))
def test_kappa_is_that_of_scikit_learn_with_the_interval_of_the_metric(data, kind):
    cohen_kappa_score = pytest.importorskip("sklearn.metrics").cohen_kappa_score
    label = st.sampled_from(LABELS[kind])
    rows = data.draw(st.lists(st.tuples(label, label), max_size=120))
    cut = data.draw(st.integers(0, len(rows)))
    ((pair, found),) = rated(kind, rows[:cut], rows[cut:]).agreed()
    both = [row for row in rows if None not in row]
    first, second = ([str(row[place]) for row in both] for place in (0, 1))
    assert pair == ("ann", "bob")
    if len({*first, *second}) < 2:
        assert isinstance(found, Undefined)
        return
    assert found.value == pytest.approx(cohen_kappa_score(first, second), abs=1e-12)
    names = sorted({*first, *second})
    codes = np.array([[names.index(one), names.index(other)] for one, other in zip(first, second, strict=True)])
    expected = measure("cohenKappa", Sample(raters=codes))
    assert (found.samples, found.note) == (expected.samples, expected.note)
    assert (found.interval is None) == (expected.interval is None)
    if expected.interval:
        assert found.interval[:2] == pytest.approx(expected.interval[:2], abs=1e-9)
        assert found.interval[2:] == expected.interval[2:]


@given(rows=st.lists(st.tuples(*[st.sampled_from(LABELS["string"])] * 3), max_size=60), cut=st.integers(0, 60))
def test_parts_merge_to_what_all_rows_give(rows, cut):
    raters = ("ann", "bob", "cat")
    whole, first, second = (rated("string", part, raters=raters) for part in (rows, rows[:cut], rows[cut:]))
    first.merge(second)
    assert first.agreed() == whole.agreed()
    assert [pair for pair, _ in whole.agreed()] == [("ann", "bob"), ("ann", "cat"), ("bob", "cat")]


def test_too_many_labels_are_no_classes():
    found = rated("integer", [(number, number) for number in range(MOST_CLASSES + 1)])
    found.merge(rated("integer", [(1, 1)]))
    ((_, kappa),) = found.agreed()
    assert kappa == Undefined("the raters gave more than 1,000 different labels")


def test_a_file_without_a_rater_says_nothing():
    found = rated("boolean", [(True, False), (True, True)])
    found.add({"ann": View("boolean", pa.array([True]))})
    ((_, kappa),) = found.agreed()
    assert kappa.samples == 2
