"""Slices: which there must be, and from how many rows they are judged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judging.reports import planned, report
from lifecycles import plan_of, small
from lifespec_compiler.judging import judge, no_slice, slice_names, slice_text

RECALL = {"metric": "recall", "min": 0.6, "name": "recall", "slices": ["plan"]}
ALL = {"check": "recall", "value": 0.7}


def outcomes(plan, *measured):
    return {verdict.slice: verdict.outcome for verdict in judge(plan, report(*measured))}


def listed(*values):
    """A plan whose contract lists what `plan` may be."""
    document = small(evaluation={"offline": {"gates": [RECALL]}})
    document["spec"]["data"]["sources"][0]["schema"][2]["enum"] = list(values)
    return plan_of(document)


@pytest.mark.parametrize(
    ("measured", "outcome"),
    [
        pytest.param({"value": 0.6, "rows": 100}, "Pass", id="enough rows"),
        pytest.param({"value": 0.5, "rows": 100}, "Fail", id="too low"),
        pytest.param({"value": 0.9, "rows": 99}, "Inconclusive", id="too few rows, whatever the value"),
        pytest.param({"value": 0.1, "rows": 99}, "Inconclusive", id="too few rows, too low"),
        pytest.param({"value": 0.9, "rows": 100, "samples": 3}, "Pass", id="rows count, not what the value rests on"),
        pytest.param({"value": 0.9, "samples": 99}, "Inconclusive", id="without rows the samples count"),
        pytest.param({"rows": 500, "samples": 0, "reason": "no row is positive"}, "Inconclusive", id="no value"),
        pytest.param({"rows": 0, "samples": 0}, "Fail", id="missing from the data"),
        pytest.param({"samples": 0}, "Fail", id="missing, without rows"),
    ],
)
def test_a_slice_is_judged_by_its_rows(measured, outcome):
    found = outcomes(planned(RECALL), ALL, {"check": "recall", "slice": "plan=basic", **measured})
    assert found == {None: "Pass", "plan=basic": outcome}


def test_the_least_rows_are_those_of_the_gate():
    measured = {"check": "recall", "slice": "plan=basic", "value": 0.7, "rows": 400}
    assert outcomes(planned({**RECALL, "minSliceRows": 500}), ALL, measured)["plan=basic"] == "Inconclusive"
    assert outcomes(planned({**RECALL, "minSliceRows": 400}), ALL, measured)["plan=basic"] == "Pass"


def test_a_slice_is_held_to_the_confidence_too():
    plan = planned({**RECALL, "confidence": "95%"})
    span = {"interval": {"low": 0.65, "high": 0.75, "level": 0.9, "method": "x"}}
    wide = {"interval": {"low": 0.5, "high": 0.9, "level": 0.9, "method": "x"}}
    part = {"check": "recall", "slice": "plan=basic", "value": 0.7, "rows": 200, **wide}
    assert outcomes(plan, {**ALL, **span}, part) == {None: "Pass", "plan=basic": "Inconclusive"}


def test_a_declared_slice_that_was_not_measured_is_an_error():
    assert outcomes(planned(RECALL), ALL) == {None: "Pass", "plan=*": "Error"}


def test_a_declared_slice_without_any_row_fails():
    missing = {"check": "recall", "slice": "plan=*", "samples": 0, "rows": 0}
    assert outcomes(planned(RECALL), ALL, missing) == {None: "Pass", "plan=*": "Fail"}
    assert outcomes(listed("basic", "pro"), ALL, missing) == {None: "Pass", "plan=*": "Fail"}


def test_every_value_that_the_contract_lists_is_a_slice():
    measured = {"check": "recall", "slice": "plan=basic", "value": 0.7, "rows": 200}
    found = outcomes(listed("basic", "pro"), ALL, measured, {**measured, "slice": "plan=new"})
    assert found == {None: "Pass", "plan=basic": "Pass", "plan=new": "Pass", "plan=pro": "Error"}


def test_crossed_slices_are_not_those_of_one_name():
    plan = planned({**RECALL, "slices": [["plan", "tenure"]]})
    crossed = {"check": "recall", "slice": "plan=basic,tenure=3", "value": 0.5, "rows": 200}
    alone = {**crossed, "slice": "plan=basic"}
    assert outcomes(plan, ALL, crossed, alone) == {None: "Pass", "plan=basic,tenure=3": "Fail"}
    assert outcomes(plan, ALL, alone) == {None: "Pass", "plan=*,tenure=*": "Error"}


def test_a_slice_that_nobody_declared_is_not_judged():
    stray = {"check": "recall", "slice": "plan=basic", "value": 0.1, "rows": 200}
    assert outcomes(planned({"metric": "recall", "min": 0.6, "name": "recall"}), ALL, stray) == {None: "Pass"}


def test_differences_are_judged_on_slices_too():
    gate = {"metric": "recall", "against": "stable", "maxRegression": 0.01, "slices": ["plan"], "name": "recall"}
    whole = {"check": "recall", "quantity": "difference", "value": 0.0}
    part = {**whole, "slice": "plan=basic", "value": -0.02, "rows": 200}
    assert outcomes(planned(gate), whole, part) == {None: "Pass", "plan=basic": "Fail"}


values = st.one_of(st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=40))
written = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9_. -]{0,20}[A-Za-z0-9])?", fullmatch=True)


@given(st.lists(st.tuples(written, values), min_size=1, max_size=4))
def test_the_names_of_a_slice_can_be_told_from_its_values(parts):
    names, held = zip(*parts, strict=True)
    assert slice_names(slice_text(names, held)) == names
    assert slice_names(no_slice(names)) == names


@given(st.lists(values, min_size=2, max_size=2), st.lists(values, min_size=2, max_size=2))
def test_two_slices_share_a_text_only_if_their_values_are_spelt_alike(one, other):
    same = [str(value).lower() for value in one] == [str(value).lower() for value in other]
    if slice_text(("a", "b"), one) == slice_text(("a", "b"), other) and not same:
        assert [float(str(value)) for value in one] == [float(str(value)) for value in other]


def test_a_long_slice_is_cut_and_stays_itself():
    one, other = (slice_text(("plan",), ["x" * 2000 + end]) for end in "ab")
    assert len(one) <= 1000
    assert one != other
    assert slice_names(one) == ("plan",)


@given(st.text(max_size=60))
def test_any_text_may_stand_where_a_slice_should(text):
    assert all(isinstance(name, str) for name in slice_names(text))
