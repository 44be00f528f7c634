from __future__ import annotations

import hashlib
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lifespec_runtime.measure.rows import FlawedDataError
from lifespec_runtime.measure.splits import folds, split
from rowsets import customers, customers_plan, rows_of

RANDOM = {"strategy": "random", "train": "70%", "validation": "15%", "test": "15%"}
STRATIFIED = {"strategy": "stratified", "column": "churned", "train": "60%", "validation": "20%", "test": "20%"}
GROUP = {"strategy": "group", "column": "tenure", "train": "60%", "validation": "20%", "test": "20%"}
TEMPORAL = {"strategy": "temporal", "column": "day", "train": "70%", "validation": "15%", "test": "15%"}
ALL = (RANDOM, STRATIFIED, GROUP, TEMPORAL)
properties = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def ids(rows, places):
    return rows.column("customers.customer_id").take(pa.array(places)).to_pylist()


def parts(plan, rows):
    divided = split(plan, rows)
    return [ids(rows, places) for places in (divided.train, divided.validation, divided.test)]


@st.composite
def tables(draw):
    """Customers, some without a label, a day or a tenure, in any order."""
    count = draw(st.integers(30, 200))
    seed = draw(st.integers(0, 2**32))
    chance = np.random.default_rng(seed)
    few = lambda values: [None if chance.random() < 0.1 else value for value in values]  # noqa: E731 - said twice
    return customers(
        count,
        tenure=few(chance.integers(0, 30, count).tolist()),
        day=few([date(2025, 1, 1) + timedelta(days=int(days)) for days in chance.integers(0, 40, count)]),
        churned=few((chance.random(count) < 0.4).tolist()),
    ).take(pa.array(chance.permutation(count)))


@pytest.mark.parametrize("splits", ALL, ids=lambda splits: splits["strategy"])
@properties
@given(tables(), st.integers(0, 5))
def test_no_row_is_in_two_splits_and_the_order_of_the_rows_changes_nothing(tmp_path, splits, table, seed):
    plan = customers_plan({**splits, "seed": seed})
    rows = rows_of(plan, tmp_path, customers=table)
    try:
        divided = split(plan, rows)
    except FlawedDataError as error:
        assert error.flaws[0].code == "data-empty-split"  # noqa: PT017 - too few groups, by chance
        return
    everywhere = np.concatenate(divided[:3])
    assert len(np.unique(everywhere)) == len(everywhere)
    assert len(everywhere) + divided.unlabelled + divided.unplaced == rows.table.num_rows
    assert divided.unlabelled == rows.column("customers.churned").null_count
    shuffled = rows_of(plan, tmp_path, customers=table.take(pa.array(np.random.default_rng(7).permutation(len(table)))))
    assert parts(plan, shuffled) == parts(plan, rows)


@properties
@given(tables())
def test_a_group_is_never_in_two_splits(tmp_path, table):
    plan = customers_plan(GROUP)
    rows = rows_of(plan, tmp_path, customers=table)
    try:
        divided = split(plan, rows)
    except FlawedDataError:
        return
    groups = [set(rows.column("customers.tenure").take(pa.array(part)).to_pylist()) for part in divided[:3]]
    assert not groups[0] & groups[1]
    assert not groups[0] & groups[2]
    assert not groups[1] & groups[2]
    assert None not in set.union(*groups)


@properties
@given(tables())
def test_what_is_learnt_from_is_older_than_what_is_judged_on(tmp_path, table):
    plan = customers_plan(TEMPORAL)
    rows = rows_of(plan, tmp_path, customers=table)
    divided = split(plan, rows)
    train, validation, test = (rows.column("customers.day").take(pa.array(part)).to_pylist() for part in divided[:3])
    assert max(train) < min(validation)
    assert max(validation) < min(test)
    assert train == sorted(train)


@properties
@given(tables())
def test_every_stratum_has_its_share_of_each_split(tmp_path, table):
    plan = customers_plan(STRATIFIED)
    rows = rows_of(plan, tmp_path, customers=table)
    divided = split(plan, rows)
    label = rows.column("customers.churned")
    for value in (True, False):
        total = label.to_pylist().count(value)
        found = [label.take(pa.array(part)).to_pylist().count(value) for part in divided[:3]]
        for count, share in zip(found, (0.6, 0.2, 0.2), strict=True):
            assert abs(count - share * total) <= 1


@pytest.mark.parametrize("splits", [RANDOM, GROUP], ids=["random", "group"])
def test_more_rows_move_no_row(splits, tmp_path):
    plan = customers_plan(splits)
    few, many = (customers(count, tenure=list(range(count))) for count in (400, 4000))
    before = parts(plan, rows_of(plan, tmp_path, customers=few))
    after = parts(plan, rows_of(plan, tmp_path, customers=many))
    for old, new in zip(before, after, strict=True):
        assert set(old) <= set(new)


def test_sizes_are_what_was_asked_for(tmp_path):
    count = 20_000
    table = customers(count, day=[date(2020, 1, 1) + timedelta(days=place // 10) for place in range(count)])
    for splits, tolerance in ((RANDOM, 0.01), (TEMPORAL, 10 / count)):
        plan = customers_plan(splits)
        divided = split(plan, rows_of(plan, tmp_path, customers=table))
        shares = [len(part) / count for part in divided[:3]]
        assert shares == pytest.approx([0.7, 0.15, 0.15], abs=tolerance)


def test_rows_of_one_key_stay_together_whatever_their_stratum(tmp_path):
    twice = pa.concat_tables([customers(300), customers(300, churned=[place % 3 == 0 for place in range(300)])])
    for splits in (RANDOM, STRATIFIED):
        plan = customers_plan(splits)
        train, validation, test = map(set, parts(plan, rows_of(plan, tmp_path, customers=twice)))
        assert not train & validation
        assert not train & test
        assert not validation & test


def test_without_a_key_equal_rows_stay_together(tmp_path):
    schema = [{"name": "tenure", "logicalType": "integer"}, {"name": "plan", "logicalType": "string"}]
    schema += [{"name": "churned", "logicalType": "boolean", "availableAfter": "30d"}]
    plan = customers_plan(RANDOM, source={"schema": schema})
    table = customers(200).select(["tenure", "plan", "churned"])
    rows = rows_of(plan, tmp_path, customers=pa.concat_tables([table, table]))
    divided = split(plan, rows)
    found = [set(map(str, rows.table.take(pa.array(part)).to_pylist())) for part in divided[:3]]
    assert not found[0] & found[1]
    assert not found[0] & found[2]


def test_another_seed_divides_otherwise(tmp_path):
    one, other = customers_plan({**RANDOM, "seed": 1}), customers_plan({**RANDOM, "seed": 2})
    rows = rows_of(one, tmp_path, customers=customers(200))
    assert parts(one, rows) != parts(other, rows)


@pytest.mark.parametrize(
    ("splits", "known"),
    [
        (RANDOM, "9c9d72444d86f722"),
        (STRATIFIED, "79a6d408abfc685b"),
        (GROUP, "c46eb681f158c6aa"),
        (TEMPORAL, "806f4984d5c07f47"),
    ],
    ids=["random", "stratified", "group", "temporal"],
)
def test_every_machine_and_every_version_divides_alike(splits, known, tmp_path):
    plan = customers_plan(splits)
    found = parts(plan, rows_of(plan, tmp_path, customers=customers(500)))
    assert hashlib.sha256(repr(found).encode()).hexdigest()[:16] == known


@pytest.mark.parametrize("splits", ALL, ids=lambda splits: splits["strategy"])
def test_too_few_rows_are_told(splits, tmp_path):
    plan = customers_plan(splits)
    with pytest.raises(FlawedDataError, match="of 1 rows with a label none is in") as error:
        split(plan, rows_of(plan, tmp_path, customers=customers(1)))
    assert error.value.flaws[0].code == "data-empty-split"


@pytest.mark.parametrize("splits", ALL, ids=lambda splits: splits["strategy"])
def test_folds_divide_train_as_the_splits_divide_all(splits, tmp_path):
    plan = customers_plan(splits)
    rows = rows_of(plan, tmp_path, customers=customers(600))
    divided = split(plan, rows)
    made = folds(plan, rows, divided, 4)
    assert len(made) == 4
    train = set(divided.train.tolist())
    for fold in made:
        learnt, judged = set(fold.train.tolist()), set(fold.validation.tolist())
        assert not learnt & judged
        assert learnt | judged <= train
    if splits["strategy"] == "temporal":
        days = rows.column("customers.day").to_pylist()
        assert all(max(days[i] for i in fold.train) < min(days[i] for i in fold.validation) for fold in made)
    else:
        assert sorted(place for fold in made for place in fold.validation.tolist()) == sorted(train)
    if splits["strategy"] == "group":
        tenure = rows.column("customers.tenure").to_pylist()
        for fold in made:
            assert not {tenure[i] for i in fold.train} & {tenure[i] for i in fold.validation}


def test_too_many_folds_are_told(tmp_path):
    plan = customers_plan(TEMPORAL)
    rows = rows_of(plan, tmp_path, customers=customers(8))
    with pytest.raises(FlawedDataError, match="too few for 50 folds"):
        folds(plan, rows, split(plan, rows), 50)
