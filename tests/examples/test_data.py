"""The data that the examples bring is what their contracts say, and the figures in their specs are its figures."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest


def columns(example: Any, tables: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Each column as its full name, what the contract says of it, and its values."""
    for name, item in example.objects.items():
        for column in item["properties"]:
            yield f"{name}.{column['name']}", column, tables[name][column["name"]]


def test_the_tables_and_their_columns_are_the_contract_s_in_its_order(example, tables_of):
    tables = tables_of(example)

    assert {name: list(table.columns) for name, table in tables.items()} == {
        name: [column["name"] for column in item["properties"]] for name, item in example.objects.items()
    }


def has_type(values: Any, logical: str, types: Any) -> bool:
    if logical in ("integer", "number", "boolean"):
        checks = {"integer": types.is_integer_dtype, "number": types.is_float_dtype, "boolean": types.is_bool_dtype}
        return checks[logical](values.dtype)
    if logical == "timestamp":
        return str(getattr(values.dtype, "tz", None)) == "UTC"
    return {type(value) for value in values.dropna()} == {{"string": str, "date": dt.date}[logical]}


def test_every_column_has_the_contract_s_logical_type(example, tables_of, pandas):
    wrong = [
        f"{name}: {values.dtype} is no {column['logicalType']}"
        for name, column, values in columns(example, tables_of(example))
        if not has_type(values, column["logicalType"], pandas.api.types)
    ]

    assert wrong == []


def test_a_column_is_required_exactly_where_no_value_is_missing(example, tables_of):
    found = list(columns(example, tables_of(example)))

    assert {name for name, column, _ in found if column.get("required")} == {
        name for name, _, values in found if not values.isna().any()
    }


def test_every_value_lies_within_the_contract_s_bounds(example, tables_of):
    outside = []
    for name, column, values in columns(example, tables_of(example)):
        options, known = column.get("logicalTypeOptions", {}), values.dropna()
        if "pattern" in options:
            pattern = re.compile(options["pattern"])
            outside += [f"{name}: {value}" for value in known if not pattern.fullmatch(value)]
        measured = known.str.len() if "minLength" in options or "maxLength" in options else known
        for key in ("minimum", "minLength"):
            if key in options and measured.min() < options[key]:
                outside.append(f"{name}: {measured.min()} is below {options[key]}")
        for key in ("maximum", "maxLength"):
            if key in options and measured.max() > options[key]:
                outside.append(f"{name}: {measured.max()} is above {options[key]}")

    assert outside == []


def test_keys_are_unique(example, tables_of):
    tables = tables_of(example)
    for name, item in example.objects.items():
        key = [column["name"] for column in item["properties"] if column.get("primaryKey")]

        assert key, f"{name} has no key"
        assert not tables[name].duplicated(key).any(), f"{name}: {key}"
    for name, column, values in columns(example, tables):
        assert values.is_unique or not column.get("unique"), name


def counted(rule: dict[str, Any], values: Any) -> float:
    count = {
        "rowCount": lambda: len(values),
        "nullValues": lambda: values.isna().sum(),
        "duplicateValues": lambda: values.duplicated().sum(),
        "invalidValues": lambda: len(values.dropna()) - values.isin(rule["arguments"]["validValues"]).sum(),
    }
    rows = count[rule["metric"]]()
    return float(rows / len(values) * 100 if rule.get("unit") == "percent" else rows)


def holds(rule: dict[str, Any], values: Any) -> bool:
    operators = {
        "mustBe": lambda count, bound: count == bound,
        "mustBeLessThan": lambda count, bound: count < bound,
        "mustBeGreaterOrEqualTo": lambda count, bound: count >= bound,
    }
    (operator,) = (key for key in rule if key.startswith("must"))
    return operators[operator](counted(rule, values), rule[operator])


def test_every_quality_rule_of_the_contract_holds(example, tables_of):
    tables = tables_of(example)
    rules = [(name, rule, tables[name]) for name, item in example.objects.items() for rule in item.get("quality", [])]
    for name, column, values in columns(example, tables):
        rules += [(name, rule, values) for rule in column.get("quality", [])]

    assert rules
    assert [f"{name}: {rule}" for name, rule, values in rules if not holds(rule, values)] == []


def test_a_list_of_valid_values_lists_no_value_that_never_occurs(example, tables_of):
    for name, column, values in columns(example, tables_of(example)):
        for rule in column.get("quality", []):
            if rule["metric"] == "invalidValues":
                assert set(rule["arguments"]["validValues"]) == set(values.dropna()), name


def test_the_files_are_written_where_and_as_the_contract_says_with_the_same_bytes_each_time(
    example, tables_of, pandas, tmp_path
):
    tables, server = tables_of(example), example.laptop
    where = example.script.FOLDER.relative_to(example.folder)
    files = example.script.write(tables, tmp_path / "first")
    again = example.script.write(tables, tmp_path / "second")

    assert [str(where / file.name) for file in files] == [server["path"].replace("{model}", name) for name in tables]
    assert [file.read_bytes() for file in files] == [file.read_bytes() for file in again]
    for file, table in zip(files, tables.values(), strict=True):
        read = {"csv": pandas.read_csv, "parquet": pandas.read_parquet}[server["format"]](file)
        assert list(read.columns) == list(table.columns)
        for name in table:
            assert read[name].isna().tolist() == table[name].isna().tolist(), name
            assert read[name].dropna().tolist() == table[name].dropna().tolist(), name


def label(example: Any, tables: dict[str, Any]) -> Any:
    written = example.spec["data"]["labels"]["column"]
    (found,) = (values for name, _, values in columns(example, tables) if written in (name, name.split(".")[1]))
    return found


def percent(written: str) -> float:
    return float(written.removesuffix("%"))


def test_the_base_rate_and_the_share_of_labels_in_the_spec_are_those_of_the_data(example, tables_of):
    labels, values = example.spec["data"]["labels"], label(example, tables_of(example))
    positive = values.dropna() == example.spec["objective"].get("positiveLabel", True)

    assert percent(labels["baseRate"]) == pytest.approx(positive.mean() * 100, abs=0.05)
    assert percent(labels.get("share", "100%")) == pytest.approx(values.notna().mean() * 100, abs=0.05)


def known_late(column: dict[str, Any]) -> bool:
    return any(item["property"] == "availableAfter" for item in column.get("customProperties", []))


def test_no_feature_is_made_of_a_column_that_is_known_only_after_the_prediction(example):
    leaking = {
        column["name"] for item in example.objects.values() for column in item["properties"] if known_late(column)
    }
    used = {feature if isinstance(feature, str) else feature["column"] for feature in example.spec["features"]}

    assert example.spec["data"]["labels"]["column"].rpartition(".")[2] in leaking
    assert not leaking & {column.rpartition(".")[2] for column in used}


def test_the_readiness_that_the_spec_asks_for_is_met(late_flights, tables_of):
    tables = tables_of(late_flights)
    readiness, values = late_flights.spec["data"]["readiness"], label(late_flights, tables)
    missing = [tables[name][column].isna().mean() for name, column in features(late_flights)]

    assert values.notna().sum() >= readiness["minLabeledRows"]
    assert values.dropna().mean() * 100 >= percent(readiness["minPositiveShare"])
    assert max(missing) * 100 <= percent(readiness["maxMissingShare"])


def features(example: Any) -> list[tuple[str, str]]:
    return [tuple(feature["column"].split(".")) for feature in example.spec["features"]]


def test_the_label_delay_in_the_spec_covers_its_share_of_the_flights(late_flights, tables_of):
    flights = tables_of(late_flights)["flights"]
    hours = 2 + (flights["dep_delay"] + flights["air_time"] + 35).dropna().astype(float) / 60
    delay = late_flights.spec["data"]["labels"]["delay"]

    assert delay == {"p50": "5h", "p95": "8h30m"}
    assert hours.quantile(0.5) == pytest.approx(5, abs=0.25)
    assert hours.quantile(0.95) == pytest.approx(8.5, abs=0.25)


def test_the_recent_delay_of_a_flight_uses_only_what_was_known_two_hours_before_its_departure(
    late_flights, tables_of, pandas
):
    flights = tables_of(late_flights)["flights"]
    hour = pandas.Timedelta(hours=1)
    scheduled = flights["time_hour"] + pandas.to_timedelta(flights["minute"], unit="min")
    for _, flight in flights.sample(40, random_state=0).iterrows():
        moment = flight["time_hour"] - 2 * hour
        before = flights[
            (flights["origin"] == flight["origin"]) & (scheduled >= moment - 3 * hour) & (scheduled < moment)
        ]
        delays = []
        for index, other in before.iterrows():
            left = (
                None
                if pandas.isna(other["dep_delay"])
                else scheduled[index] + pandas.Timedelta(minutes=other["dep_delay"])
            )
            seen = moment if left is None or left > moment else left
            delays.append(max((seen - scheduled[index]) / pandas.Timedelta(minutes=1), 0))
        if delays:
            assert flight["recent_delay"] == pytest.approx(sum(delays) / len(delays), abs=0.006), flight["flight_id"]
        else:
            assert pandas.isna(flight["recent_delay"]), flight["flight_id"]


def test_the_weather_that_a_flight_is_joined_with_was_observed_before_its_prediction(late_flights, tables_of, pandas):
    flights, weather = tables_of(late_flights)["flights"], tables_of(late_flights)["weather"]
    (join,) = late_flights.objects["flights"]["relationships"]
    left, right = ([name.rpartition(".")[2] for name in join[side]] for side in ("from", "to"))
    joined = flights.merge(weather, left_on=left, right_on=right, how="left", indicator=True)
    observed = flights["weather_hour"] + pandas.Timedelta(hours=1)

    assert len(joined) == len(flights)
    assert (joined["_merge"] == "both").mean() > 0.99
    assert (observed <= flights["time_hour"] - pandas.Timedelta(hours=2)).all()
