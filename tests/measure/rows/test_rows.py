from __future__ import annotations

import pyarrow as pa
import pytest

from lifecycles import plan_of, small
from lifespec_runtime.measure.contracts.check import Location
from lifespec_runtime.measure.rows import FlawedDataError, read_rows
from rowsets import customers, customers_plan, rows_of

ORDERS = {
    "name": "orders",
    "uri": "s3://lake/orders/",
    "schema": [
        {"name": "order_id", "logicalType": "integer", "primaryKey": True},
        {"name": "shop", "logicalType": "string"},
        {"name": "hour", "logicalType": "integer"},
        {"name": "idle", "logicalType": "integer"},
        {"name": "late", "logicalType": "boolean", "availableAfter": "1h"},
    ],
}
WEATHER = {
    "name": "weather",
    "uri": "s3://lake/weather/",
    "join": {"to": "orders", "columns": {"shop": "place", "hour": "hour"}},
    "schema": [
        {"name": "place", "logicalType": "string", "primaryKey": True},
        {"name": "hour", "logicalType": "integer", "primaryKey": True},
        {"name": "rain", "logicalType": "number"},
    ],
}


@pytest.fixture
def joined_plan():
    data = {"sources": [ORDERS, WEATHER], "labels": {"column": "late", "delay": {"p95": "1h"}}}
    return plan_of(small(data=data, features=["orders.hour", {"name": "rain", "column": "weather.rain"}]))


def orders(**columns):
    made = {
        "order_id": [1, 2, 3, 4],
        "shop": ["b", "a", None, "a"],
        "hour": [7, 7, 7, 9],
        "idle": [0, 0, 0, 0],
        "late": [True, False, True, None],
    }
    return pa.table({**made, **columns})


def weather(places=("a", "b", None), hours=(7, 7, 7), rain=(0.5, 2.0, 9.0)):
    return pa.table({"place": list(places), "hour": list(hours), "rain": list(rain)})


def codes(error):
    return sorted({flaw.code for flaw in error.value.flaws})


def test_each_row_gets_the_row_that_is_equal_to_it_in_its_own_order(joined_plan, tmp_path):
    rows = rows_of(joined_plan, tmp_path, orders=orders(), weather=weather())
    assert rows.column("orders.hour").to_pylist() == [7, 7, 7, 9]
    assert rows.column("weather.rain").to_pylist() == [2.0, 0.5, None, None]
    assert rows.column("orders.late").to_pylist() == [True, False, True, None]


def test_only_what_the_spec_uses_is_read(joined_plan, tmp_path):
    rows = rows_of(joined_plan, tmp_path, orders=orders(idle=["x", "y", "z", "z"]), weather=weather())
    assert sorted(rows.table.column_names) == ["orders.hour", "orders.late", "orders.order_id", "weather.rain"]
    assert rows.used.label.reference == "orders.late"
    assert [column.reference for column in rows.used.key] == ["orders.order_id"]


def test_two_rows_for_one_are_an_error(joined_plan, tmp_path):
    with pytest.raises(FlawedDataError) as error:
        rows_of(joined_plan, tmp_path, orders=orders(), weather=weather(("a", "a"), (7, 7), (0.5, 2.0)))
    assert codes(error) == ["data-ambiguous-join"]
    assert error.value.flaws[0].file.endswith("weather.parquet")


def test_a_value_of_a_wrong_type_gives_no_rows(tmp_path):
    with pytest.raises(FlawedDataError) as error:
        rows_of(customers_plan(), tmp_path, customers=customers(4, tenure=["1", "2", "x", "4"]))
    (flaw,) = error.value.flaws
    assert (flaw.code, flaw.column) == ("data-wrong-type", "tenure")


def test_a_column_that_is_gone_gives_no_rows(tmp_path):
    with pytest.raises(FlawedDataError) as error:
        rows_of(customers_plan(), tmp_path, customers=customers(4).drop_columns(["plan"]))
    assert codes(error) == ["data-missing-column"]


def test_no_row_gives_no_rows(tmp_path):
    with pytest.raises(FlawedDataError) as error:
        rows_of(customers_plan(), tmp_path, customers=customers(0))
    assert "data-empty" in codes(error)


def test_all_sources_are_told_of_at_once(joined_plan, tmp_path):
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 no more")
    places = {
        "orders": Location(str(tmp_path / "broken.parquet"), "parquet", copy=True),
        "weather": Location(str(tmp_path / "gone.parquet"), "parquet", copy=True),
    }
    with pytest.raises(FlawedDataError) as error:
        read_rows(joined_plan, places)
    assert codes(error) == ["data-corrupt", "data-no-such-file"]


def test_the_digest_is_of_what_was_read_wherever_it_lay(joined_plan, tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    here = rows_of(joined_plan, tmp_path / "one", orders=orders(), weather=weather())
    there = rows_of(joined_plan, tmp_path / "two", orders=orders(), weather=weather())
    other = rows_of(joined_plan, tmp_path / "two", orders=orders(), weather=weather(rain=(0.5, 2.0, 8.0)))
    assert here.digest == there.digest != other.digest
    assert [one.source for one in here.inputs] == ["orders", "weather"]


def test_what_slices_attributes_and_splits_need_is_there(tmp_path):
    gates = [{"metric": "recall", "min": 0.1, "slices": [["plan", "tenure"]]}]
    splits = {"strategy": "temporal", "column": "day", "train": "70%", "validation": "15%", "test": "15%"}
    plan = customers_plan(splits, features=["tenure"], evaluation={"offline": {"gates": gates}})
    rows = rows_of(plan, tmp_path, customers=customers(9))
    assert {"customers.plan", "customers.day"} <= set(rows.table.column_names)
    assert rows.used.time is not None
    assert rows.used.time.name == "day"
