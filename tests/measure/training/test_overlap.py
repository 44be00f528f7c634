"""Rows of the test split that the training split has too, under another key."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lifespec_runtime.measure.splits import split
from lifespec_runtime.measure.training.overlap import overlap
from rowsets import customers, customers_plan, rows_of

RANDOM = {"strategy": "random", "train": "60%", "validation": "20%", "test": "20%"}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.one_of(st.none(), st.integers(0, 12)), st.booleans()), min_size=60, max_size=150))
def test_it_counts_what_comparing_every_pair_of_rows_counts(tmp_path, values):
    plan = customers_plan(RANDOM, features=["tenure"])
    table = customers(len(values), tenure=[tenure for tenure, _ in values], churned=[churned for _, churned in values])
    rows = rows_of(plan, tmp_path, customers=table)
    divided = split(plan, rows)
    known = list(zip(*(rows.column(f"customers.{name}").to_pylist() for name in ("tenure", "churned")), strict=True))
    learnt = {known[place] for place in divided.train}
    assert overlap(plan, rows, divided) == sum(known[place] in learnt for place in divided.test)
