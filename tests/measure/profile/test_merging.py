"""Whatever the parts and their order, merging them gives the profile of the whole."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifespec_runtime.measure.profile import summary
from lifespec_runtime.measure.profile.column import column_profile, empty
from lifespec_runtime.measure.profile.view import View
from lifespec_runtime.measure.reading.columns import Column

numbers = st.one_of(
    st.floats(-1e300, 1e300, allow_nan=False),
    st.sampled_from([0.0, -0.0, 1.0, float("inf"), float("-inf"), 5e-324]),
    st.integers(-5, 5).map(float),
)
VALUES = {
    "number": numbers,
    "integer": st.one_of(st.integers(-(2**63), 2**63 - 1), st.integers(-20, 20)),
    "string": st.text(st.characters(codec="utf-8"), max_size=70),
    "boolean": st.booleans(),
    "timestamp": st.integers(-(2**60), 2**60),
    "date": st.integers(-(2**31), 2**31 - 1),
}


def arrow(kind, values):
    return pa.array(values, Column("x", kind).arrow)


def profile_of(kind, values):
    return column_profile(View(kind, arrow(kind, values)))


def as_one(profile):
    return summary.Profile(profile.rows, {"x": profile})


class Case(NamedTuple):
    kind: str
    whole: list[Any]
    parts: list[list[Any]]

    def __repr__(self):
        return f"{self.kind}: {[len(part) for part in self.parts]}, {self.whole[:12]}"


@st.composite
def splits(draw):
    kind = draw(st.sampled_from(sorted(VALUES)))
    size = draw(st.sampled_from([5, 60]))
    pool = draw(st.lists(st.one_of(st.none(), VALUES[kind]), min_size=1, max_size=size))
    if draw(st.booleans()):  # enough different ones that sketches take over
        pool += [_spread(kind, index) for index in range(draw(st.sampled_from([1000, 1030, 2500])))]
    cuts = sorted(draw(st.lists(st.integers(0, len(pool)), max_size=5)))
    parts = [pool[start:end] for start, end in zip([0, *cuts], [*cuts, len(pool)], strict=True)]
    return Case(kind, pool, draw(st.permutations(parts)))


def _spread(kind, index):
    if kind == "boolean":
        return index % 2 == 0
    if kind == "string":
        return f"value {index * 2654435761 % 2**32}"
    number = index * 2654435761 % 2**30
    return number / 1024 - 1e5 if kind == "number" else number


@settings(deadline=None, max_examples=150)
@given(splits())
def test_any_parts_in_any_order_give_the_profile_of_the_whole(case):
    kind, whole, parts = case
    merged = empty(kind)
    for part in parts:
        merged = merged.merge(profile_of(kind, part))
    expected = empty(kind).merge(profile_of(kind, whole))
    assert summary.same(as_one(merged), as_one(expected))
    grouped = empty(kind)
    for part in reversed(parts):
        grouped = profile_of(kind, part).merge(grouped)
    assert summary.same(as_one(grouped), as_one(expected))


@settings(deadline=None, max_examples=60)
@given(splits())
def test_a_profile_comes_back_from_json_as_it_was(case):
    kind, whole, _ = case
    profile = as_one(profile_of(kind, whole))
    text = json.dumps(summary.as_json(profile), allow_nan=False)
    assert summary.same(summary.from_json(json.loads(text)), profile, tolerance=0)


@pytest.mark.parametrize("kind", sorted(VALUES))
def test_a_histogram_that_is_known_to_be_cut_gives_the_same(kind):
    if kind in ("string", "boolean"):
        return
    values = [_spread(kind, index) for index in range(3000)]
    whole = profile_of(kind, values)
    first = profile_of(kind, values[:2000])
    assert first.histogram is not None
    second = column_profile(View(kind, arrow(kind, values[2000:])), first.histogram.cut)
    assert summary.same(as_one(first.merge(second)), as_one(whole))


def test_profiles_of_different_columns_do_not_merge():
    one = summary.nothing([Column("x", "string")])
    with pytest.raises(ValueError, match="different columns"):
        one.merge(summary.nothing([Column("y", "string")]))
    with pytest.raises(ValueError, match="no common profile"):
        one.merge(summary.nothing([Column("x", "number")]))


def test_a_profile_of_another_version_is_refused():
    with pytest.raises(ValueError, match="version 2"):
        summary.from_json({"version": 2, "rows": 0, "columns": {}})


def test_nothing_of_a_concealed_column_but_counts_is_stored():
    profile = as_one(profile_of("string", ["a secret", None, "a secret"]))
    text = json.dumps(summary.as_json(profile, frozenset({"x"})))
    assert "secret" not in text
    assert summary.as_json(profile, frozenset({"x"}))["columns"]["x"] == {
        "type": "string",
        "rows": 3,
        "missing": 1,
        "wrong": 0,
        "distinct": {"count": 1, "exact": True},
        "concealed": True,
    }
