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
    arguments = rule.get("arguments", {})
    count = {
        "rowCount": lambda: len(values),
        "nullValues": lambda: values.isna().sum(),
        "missingValues": lambda: values.isna().sum() + values.isin(arguments["missingValues"]).sum(),
        "duplicateValues": lambda: values.duplicated().sum(),
        "invalidValues": lambda: len(values.dropna()) - valid(values.dropna(), arguments).sum(),
    }
    rows = count[rule["metric"]]()
    return float(rows / len(values) * 100 if rule.get("unit") == "percent" else rows)


def valid(values: Any, arguments: dict[str, Any]) -> Any:
    return (
        values.isin(arguments["validValues"])
        if "validValues" in arguments
        else values.str.fullmatch(arguments["pattern"])
    )


def holds(rule: dict[str, Any], values: Any) -> bool:
    operators = {
        "mustBe": lambda count, bound: count == bound,
        "mustNotBe": lambda count, bound: count != bound,
        "mustBeLessThan": lambda count, bound: count < bound,
        "mustBeLessOrEqualTo": lambda count, bound: count <= bound,
        "mustBeGreaterThan": lambda count, bound: count > bound,
        "mustBeBetween": lambda count, bound: bound[0] < count < bound[1],
        "mustNotBeBetween": lambda count, bound: not bound[0] < count < bound[1],
        "mustBeGreaterOrEqualTo": lambda count, bound: count >= bound,
    }
    (operator,) = (key for key in rule if key.startswith("must"))
    return operators[operator](counted(rule, values), rule[operator])


def test_every_quality_rule_of_the_contract_holds(example, tables_of):
    tables = tables_of(example)
    rules = [(name, rule, tables[name]) for name, item in example.objects.items() for rule in item.get("quality", [])]
    for name, column, values in columns(example, tables):
        rules += [(name, rule, values) for rule in column.get("quality", [])]
    rules += list(rules_of_the_spec(example, tables))

    assert rules
    assert [f"{name}: {rule}" for name, rule, values in rules if not holds(rule, values)] == []


def rules_of_the_spec(example: Any, tables: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], Any]]:
    for source in example.spec["data"].get("sources", []):
        for rule in source.get("quality", []):
            table = tables[source["name"]]
            arguments = {key: rule[key] for key in ("missingValues", "validValues", "pattern") if key in rule}
            bound = {
                key: percent(value) if "%" in str(value) else value for key, value in rule.items() if "must" in key
            }
            unit = "percent" if any("%" in str(value) for value in rule.values()) else "rows"
            values = table[rule["column"]] if "column" in rule else table
            yield source["name"], {"metric": rule["metric"], "arguments": arguments, "unit": unit, **bound}, values


def test_an_enum_lists_the_values_that_occur(example, tables_of):
    for name, column, values in columns(example, tables_of(example)):
        if "enum" in column:
            assert {entry["value"] for entry in column["enum"]} == set(values.dropna()), name


def test_a_list_of_valid_values_lists_no_value_that_never_occurs(example, tables_of):
    for name, column, values in columns(example, tables_of(example)):
        for rule in column.get("quality", []):
            if "validValues" in rule.get("arguments", {}):
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

    assert ("baseRate" in labels) is (example.spec["objective"]["problem"] == "binaryClassification")
    if "baseRate" in labels:
        assert percent(labels["baseRate"]) == pytest.approx(positive.mean() * 100, abs=0.05)
    assert percent(labels.get("share", "100%")) == pytest.approx(values.notna().mean() * 100, abs=0.1)


def known_late(column: dict[str, Any]) -> bool:
    return any(item["property"] == "availableAfter" for item in column.get("customProperties", []))


def test_no_feature_is_made_of_a_column_that_is_known_only_after_the_prediction(example):
    leaking = {
        column["name"] for item in example.objects.values() for column in item["properties"] if known_late(column)
    }
    used = {feature if isinstance(feature, str) else feature["column"] for feature in example.spec["features"]}

    assert example.spec["data"]["labels"]["column"].rpartition(".")[2] in leaking
    assert not leaking & {column.rpartition(".")[2] for column in used}


def test_the_readiness_that_the_spec_asks_for_is_met(example, tables_of):
    tables = tables_of(example)
    readiness, values = example.spec["data"].get("readiness"), label(example, tables)
    if readiness is None:
        assert example.folder.name == "minimal"
        return
    missing = [values.isna().mean() for values in features(example, tables)]

    assert values.notna().sum() >= readiness["minLabeledRows"]
    if "minPositiveShare" in readiness:
        assert values.dropna().mean() * 100 >= percent(readiness["minPositiveShare"])
    assert max(missing) * 100 <= percent(readiness["maxMissingShare"])
    assert all(table.duplicated().mean() * 100 <= percent(readiness["maxDuplicateShare"]) for table in tables.values())


def features(example: Any, tables: dict[str, Any]) -> list[Any]:
    """The values of each feature's column."""
    by_name = {name: values for name, _, values in columns(example, tables)}
    written = [feature if isinstance(feature, str) else feature["column"] for feature in example.spec["features"]]
    return [
        next(values for name, values in by_name.items() if reference in (name, name.split(".")[1]))
        for reference in written
    ]


def test_the_label_delay_of_a_hotel_rate_covers_its_share_of_the_stays(example_named, tables_of):
    hotel = example_named("hotel-rates")
    stays = tables_of(hotel)["stays"]
    days = stays["lead_time"] + stays["weekend_nights"] + stays["week_nights"]

    assert hotel.spec["data"]["labels"]["delay"] == {
        "p50": f"{days.quantile(0.5):.0f}d",
        "p95": f"{days.quantile(0.95):.0f}d",
    }


def test_what_is_known_of_a_film_is_as_of_the_day_before_its_session(example_named, tables_of, pandas):
    ratings = tables_of(example_named("film-ranking"))["ratings"]
    for _, row in ratings.sample(40, random_state=0).iterrows():
        before = ratings[(ratings["film_id"] == row["film_id"]) & (ratings["session_date"] < row["session_date"])]
        assert row["film_ratings"] == len(before)
        if len(before):
            assert row["film_mean"] == pytest.approx(before["rating"].mean(), abs=0.0006)
        else:
            assert pandas.isna(row["film_mean"])


def test_every_film_that_is_rated_is_joined(example_named, tables_of):
    example = example_named("film-ranking")
    tables = tables_of(example)
    (join,) = [source["join"] for source in example.spec["data"]["sources"] if "join" in source]
    joined = tables[join["to"]].merge(tables["films"], on=join["columns"], how="left", indicator=True)

    assert len(joined) == len(tables["ratings"])
    assert (joined["_merge"] == "both").all()


def test_the_counts_that_a_forecast_sees_are_those_of_two_weeks_before(example_named, tables_of):
    days = tables_of(example_named("train-ridership"))["days"]

    assert (days["clark_lake_before"].iloc[14:].to_numpy() == days["ridership"].iloc[:-14].to_numpy()).all()


def test_rain_of_tomorrow_is_the_rain_of_the_next_day(example_named, tables_of):
    days = tables_of(example_named("rain-tomorrow"))["days"]
    rain = days["precipitation"].iloc[1:].to_numpy()
    told = days["tomorrow"].iloc[:-1].to_numpy()

    assert ((rain == 0) == (told == "dry")).all()
    assert ((rain >= 5) == (told == "heavy")).all()


def test_the_figures_of_unequal_treatment_in_the_contract_are_those_of_the_data(example_named, tables_of):
    example = example_named("mortgage-decisions")
    applications = tables_of(example)["applications"]
    denied = 1 - applications.groupby("african_american")["approved"].mean()

    limitations = example.contracts[0]["description"]["limitations"]
    assert f"{denied['yes']:.1%} of African Americans" in limitations
    assert f"{denied['no']:.1%} of the others" in limitations
    inputs = {feature["column"] for feature in example.spec["features"]}
    assert inputs.isdisjoint({"african_american", "single"})


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
