"""Whatever the chunks and the parts, what a pass finds is what one pass over one chunk finds."""

from __future__ import annotations

from functools import reduce
from typing import Any, NamedTuple

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecycles import plan_of, small
from lifespec_compiler.judging.contract.rules import rules
from lifespec_runtime.measure.contracts import scan
from lifespec_runtime.measure.contracts.association import Label
from lifespec_runtime.measure.contracts.check import columns_of
from lifespec_runtime.measure.contracts.occurrences import Occurrences
from lifespec_runtime.measure.profile import summary
from lifespec_runtime.measure.reading.columns import Chunk

SOURCE = {
    "name": "rows",
    "uri": "s3://lake/rows/",
    "schema": [
        {"name": "id", "logicalType": "string", "primaryKey": True},
        {"name": "x", "logicalType": "number", "required": True, "logicalTypeOptions": {"minimum": 0}},
        {"name": "text", "logicalType": "string", "enum": ["a", "b"], "logicalTypeOptions": {"pattern": "[a-c]*"}},
        {"name": "day", "logicalType": "date", "unique": True},
        {"name": "label", "logicalType": "string"},
    ],
    "quality": [{"name": "equal", "metric": "duplicateValues", "mustBe": 0}],
}


def wanted_of(label):
    data = {"sources": [SOURCE], "labels": {"column": "label"}}
    objective = {"problem": "multiclassClassification"}
    sections: dict[str, Any] = {"monitoring": None, "retraining": None, "features": ["x", "text"]}
    plan = plan_of(small(data=data, objective=objective, **sections))
    source = plan.spec.data.sources[0]
    return scan.Wanted(columns_of(source), rules(source, 0), frozenset(), label=label, raters=("text", "label"))


OF_CLASSES = wanted_of(Label("label", ["x", "text", "day"], classes=True))
OF_A_NUMBER = wanted_of(Label("x", ["x"], classes=False))
TYPES = {column.name: column.arrow for column in OF_CLASSES.columns}


class Case(NamedTuple):
    wanted: scan.Wanted
    whole: Chunk
    parts: list[list[Chunk]]
    """Chunks of parts, in order."""

    def __repr__(self):
        return f"{self.whole.rows} rows in {[[chunk.rows for chunk in part] for part in self.parts]}"


@st.composite
def cases(draw):
    few = draw(st.booleans())
    size = draw(st.integers(0, 60))
    names = st.text("abc", max_size=3) if few else st.sampled_from(["a", "b", "c", "ab"])
    labels = st.integers(0, 70).map(str) if draw(st.booleans()) else st.sampled_from(["yes", "no"])
    columns = {
        "id": st.integers(0, 99).map(str),
        "x": st.one_of(st.floats(-1e6, 1e6), st.sampled_from([0.0, -0.0, float("inf")])),
        "text": names,
        "day": st.integers(0, 40),
        "label": labels,
    }
    values = {
        name: draw(st.lists(st.one_of(st.none(), kind), min_size=size, max_size=size)) for name, kind in columns.items()
    }
    if draw(st.booleans()):  # enough of them that sketches take over, and texts are no categories
        more = draw(st.sampled_from([1001, 1500, 2200]))
        size += more
        values = {name: [*known, *(_spread(name, index) for index in range(more))] for name, known in values.items()}
    wrong = draw(st.lists(st.integers(0, max(0, size - 1)), max_size=4))
    for place in wrong if size else ():
        values["x"][place] = None
    whole = _chunk(values, wrong, 0, size)
    cuts = sorted(draw(st.lists(st.integers(0, size), max_size=7)))
    chunks = [_chunk(values, wrong, start, end) for start, end in zip([0, *cuts], [*cuts, size], strict=True)]
    ends = sorted(draw(st.lists(st.integers(0, len(chunks)), max_size=3)))
    parts = [chunks[start:end] for start, end in zip([0, *ends], [*ends, len(chunks)], strict=True)]
    return Case(draw(st.sampled_from([OF_CLASSES, OF_A_NUMBER])), whole, parts)


def _spread(name, index):
    number = index * 2654435761 % 2**30
    return {"x": number / 1024 - 1e5, "day": number % 5000, "label": str(index % 3)}.get(name, f"v{number}")


def _chunk(values, wrong, start, end):
    arrays = {name: pa.array(known[start:end], TYPES[name]) for name, known in values.items()}
    mask = pa.array([place in wrong for place in range(start, end)], pa.bool_())
    return Chunk("rows", start + 1, end - start, arrays, {"x": mask} if any(mask.to_pylist()) else {}, frozenset())


def found(case, parts):
    """What passes over the parts come to, merged in their order."""
    occurrences = {name: Occurrences(in_memory=500) for name in scan.held_together(case.wanted)}
    try:
        portions = [
            scan.scan_portion(part, case.wanted, lambda name, hashes: occurrences[name].add(hashes)) for part in parts
        ]
        merged = reduce(scan.Portion.merge, portions)
        return scan.scanned(merged, case.wanted, {name: seen.repeats() for name, seen in occurrences.items()})
    finally:
        for seen in occurrences.values():
            seen.close()


def compare(one, other, *, samples):
    assert summary.same(one.profile, other.profile)
    assert one.repeated_rows == other.repeated_rows
    if samples:
        assert one.tallies == other.tallies
    assert {name: tally.broken for name, tally in one.tallies.items()} == {
        name: tally.broken for name, tally in other.tallies.items()
    }
    mine, theirs = ({strength.column: strength for strength in each.associations.strengths()} for each in (one, other))
    assert mine.keys() == theirs.keys()
    for name, strength in mine.items():
        assert strength.rows == theirs[name].rows
        assert strength.value == pytest.approx(theirs[name].value, abs=1e-9)
    assert [pair.kappa for pair in one.ratings.agreed()] == [pair.kappa for pair in other.ratings.agreed()]


@settings(deadline=None, max_examples=40)
@given(cases())
def test_any_chunks_in_any_parts_give_what_one_pass_finds(case):
    compare(found(case, [[case.whole]]), found(case, case.parts), samples=True)


@settings(deadline=None, max_examples=15)
@given(cases(), st.data())
def test_the_order_of_the_parts_changes_no_number(case, data):
    shuffled = data.draw(st.permutations(case.parts))
    compare(found(case, [[case.whole]]), found(case, shuffled), samples=False)


@settings(deadline=None, max_examples=15)
@given(cases())
def test_merging_is_associative(case):
    def portions():
        return [scan.scan_portion(part, case.wanted, lambda *_: None) for part in (*case.parts, case.parts[0])]

    from_the_left = reduce(scan.Portion.merge, portions())
    from_the_right = reduce(lambda later, earlier: earlier.merge(later), reversed(portions()))
    one, other = (scan.scanned(each, case.wanted, {}) for each in (from_the_left, from_the_right))
    compare(one, other, samples=True)
