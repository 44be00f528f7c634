"""What a contract becomes: sources in the language's own authoring form, and where each part comes from."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from lifespec_schema.findings import Path, Severity
from lifespec_schema.odcs import ContractSource, contract_sources

Json = dict[str, Any]


def _read(contract: Json, environment: str | None = None, *, located: bool = True) -> list[ContractSource]:
    sources, findings = contract_sources(contract, file="c.odcs.yaml", environment=environment, located=located)
    assert [finding for finding in findings if finding.severity is not Severity.INFO] == []
    return sources


def test_a_contract_becomes_a_source(contract: Json):
    (source,) = _read(contract, "production")
    assert source.name == "customers"
    assert source.value == {
        "name": "customers",
        "uri": "s3://lake/c/",
        "format": "parquet",
        "description": "One row a customer.",
        "schema": [
            {"name": "customer_id", "logicalType": "string", "primaryKey": True, "classification": "pii"},
            {
                "name": "tenure",
                "logicalType": "integer",
                "required": True,
                "logicalTypeOptions": {"minimum": 0, "maximum": 600},
            },
            {"name": "churned", "logicalType": "boolean", "availableAfter": "30d"},
        ],
        "quality": [
            {"metric": "rowCount", "mustBeGreaterThan": 50000, "dimension": "coverage"},
            {"metric": "nullValues", "column": "tenure", "mustBeLessThan": 1, "unit": "percent", "severity": "error"},
        ],
        "snapshot": {"by": "partition", "column": "as_of"},
        "outliers": [{"column": "tenure", "method": "iqr"}],
        "freshness": "24h",
        "retention": "730d",
    }


def test_the_contract_itself_is_not_changed(contract: Json):
    before = copy.deepcopy(contract)
    _read(contract)
    assert contract == before


@pytest.mark.parametrize(
    ("path", "origin"),
    [
        ((), ("schema", 0)),
        (("uri",), ("servers", 0, "location")),
        (("format",), ("servers", 0, "format")),
        (("schema", 1), ("schema", 0, "properties", 1)),
        (("schema", 1, "logicalType"), ("schema", 0, "properties", 1, "logicalType")),
        (
            ("schema", 1, "logicalTypeOptions", "maximum"),
            ("schema", 0, "properties", 1, "logicalTypeOptions", "maximum"),
        ),
        (("schema", 2, "availableAfter"), ("schema", 0, "properties", 2, "customProperties", 0, "value")),
        (("quality", 0, "mustBeGreaterThan"), ("schema", 0, "quality", 0, "mustBeGreaterThan")),
        (("quality", 1, "column"), ("schema", 0, "properties", 1, "name")),
        (("quality", 1, "unit"), ("schema", 0, "properties", 1, "quality", 0, "unit")),
        (("outliers", 0, "method"), ("schema", 0, "customProperties", 1, "value", 0, "method")),
        (("freshness",), ("slaProperties", 0, "value")),
        (("schema", 2, "classification"), ("schema", 0, "properties", 2, "classification")),
        (("volume",), ("schema", 0, "volume")),
    ],
    ids=str,
)
def test_findings_about_a_source_point_into_the_contract(contract: Json, path: Path, origin: Path):
    (source,) = _read(contract)
    assert source.origin(path) == origin


def test_every_part_that_comes_from_the_contract_has_its_value(contract: Json):
    (source,) = _read(contract)
    converted = {("freshness",), ("retention",), ("schema", 0, "classification")}
    for path, origin in source.paths.items():
        ours, theirs = _at(source.value, path), _at(contract, origin)
        if path not in converted and not isinstance(ours, dict):
            assert ours == theirs, path


def _at(value: Any, path: Path) -> Any:
    for part in path:
        value = value[part]
    return value


@pytest.mark.parametrize(
    ("environment", "uri"),
    [
        ("production", "s3://lake/c/"),
        ("staging", "file://./data/c.csv"),
        ("elsewhere", "s3://lake/c/"),
        (None, "s3://lake/c/"),
    ],
)
def test_the_server_is_that_of_the_environment_else_the_first(contract: Json, environment: str | None, uri: str):
    assert _read(contract, environment)[0].value["uri"] == uri


def test_reading_another_environments_data_is_told(contract: Json):
    _, findings = contract_sources(contract, file="c.odcs.yaml", environment="elsewhere")
    assert [(finding.rule, finding.place.path) for finding in findings] == [
        ("contract-server-fallback", ("servers", 0))
    ]


def test_a_source_with_a_uri_of_its_own_asks_for_no_server(contract: Json):
    contract["servers"] = [{"server": "db", "type": "postgres", "host": "h", "port": 1, "database": "d", "schema": "s"}]
    (source,) = _read(contract, "production", located=False)
    assert not {"uri", "format"} & set(source.value)


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        ({"type": "s3", "location": "s3://b/{model}/*.parquet"}, {"uri": "s3://b/customers/*.parquet"}),
        ({"type": "s3", "location": "s3://b/c", "format": "CSV"}, {"uri": "s3://b/c", "format": "csv"}),
        (
            {"type": "azure", "location": "abfss://c@a.dfs.core.windows.net/d", "format": "delta"},
            {"uri": "abfss://c@a.dfs.core.windows.net/d", "format": "delta"},
        ),
        ({"type": "local", "path": "/data/c.csv", "format": "csv"}, {"uri": "file:///data/c.csv", "format": "csv"}),
        ({"type": "local", "path": ".data/c.csv", "format": "csv"}, {"uri": "file://./.data/c.csv", "format": "csv"}),
        ({"type": "sftp", "location": "sftp://h/c"}, {"uri": "sftp://h/c"}),
        ({"type": "custom", "path": "gs://b/c"}, {"uri": "gs://b/c"}),
        (
            {"type": "glue", "account": "1", "database": "d", "location": "s3://b/c", "format": "parquet"},
            {"uri": "s3://b/c", "format": "parquet"},
        ),
        (
            {
                "type": "s3",
                "location": "s3://b/c",
                "customProperties": [{"property": "secretRef", "value": "lake-reader"}],
            },
            {"uri": "s3://b/c", "secretRef": "lake-reader"},
        ),
    ],
    ids=str,
)
def test_servers_with_files_become_uri_and_format(contract: Json, server: Json, expected: Json):
    contract["servers"] = [{"server": "only", **server}]
    value = _read(contract)[0].value
    assert {key: value[key] for key in ("uri", "format", "secretRef") if key in value} == expected


def test_each_schema_object_becomes_a_source(contract: Json):
    contract["schema"].append({"name": "visits", "properties": [{"name": "at", "logicalType": "timestamp"}]})
    contract["servers"][0]["location"] = "s3://lake/{model}/"
    contract["slaProperties"] = [
        {"property": "latency", "value": 1, "unit": "day", "element": "customers"},
        {"property": "Freshness", "value": "PT90M", "element": "visits"},
        {"property": "re", "value": 3, "unit": "years"},
    ]
    customers, visits = _read(contract)
    assert [customers.value["uri"], visits.value["uri"]] == ["s3://lake/customers/", "s3://lake/visits/"]
    assert [customers.value["freshness"], visits.value["freshness"]] == ["1d", "90m"]
    assert [customers.value["retention"], visits.value["retention"]] == ["1095d", "1095d"]
    assert visits.origin(("schema", 0, "name")) == ("schema", 1, "properties", 0, "name")


@pytest.mark.parametrize(
    ("value", "unit", "duration"),
    [
        (24, "h", "24h"),
        (1.5, "hours", "1.5h"),
        ("90", "min", "90m"),
        (30, "s", "30s"),
        (4, "d", "4d"),
        (2, "weeks", "2w"),
        (7, "Y", "2555d"),
        ("P1DT12H", None, "1d12h"),
        ("P1Y", None, "365d"),
        ("PT30M", None, "30m"),
        (1.0, "d", "1d"),
    ],
)
def test_lengths_of_time(contract: Json, value: Any, unit: str | None, duration: str):
    from lifespec_schema.values import quantities

    contract["slaProperties"] = [{"property": "freshness", "value": value, "unit": unit}]
    if unit is None:
        del contract["slaProperties"][0]["unit"]
    assert _read(contract)[0].value["freshness"] == duration
    assert quantities.seconds(duration)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"metric": "duplicateValues", "mustBe": 0}, {"metric": "duplicateValues", "column": "tenure", "mustBe": 0}),
        (
            {"type": "library", "metric": "missingValues", "arguments": {"missingValues": [None, "", -1]}, "mustBe": 0},
            {"metric": "missingValues", "column": "tenure", "missingValues": ["", -1], "mustBe": 0},
        ),
        (
            {
                "metric": "invalidValues",
                "arguments": {"validValues": [1, 2], "pattern": "[0-9]+"},
                "mustBeLessOrEqualTo": 5,
                "unit": "Percentage",
                "severity": "Critical",
                "dimension": "cf",
            },
            {
                "metric": "invalidValues",
                "column": "tenure",
                "validValues": [1, 2],
                "pattern": "[0-9]+",
                "mustBeLessOrEqualTo": 5,
                "unit": "percent",
                "severity": "error",
                "dimension": "conformity",
            },
        ),
        (
            {"metric": "nullValues", "mustNotBeBetween": [3, 9], "name": "x", "businessImpact": "y", "tags": ["z"]},
            {"metric": "nullValues", "column": "tenure", "mustNotBeBetween": [3, 9]},
        ),
        ({"type": "text", "description": "Months, never years."}, None),
    ],
    ids=str,
)
def test_library_rules_of_a_property(contract: Json, rule: Json, expected: Json | None):
    contract["schema"][0]["properties"][1]["quality"] = [rule]
    assert _read(contract)[0].value["quality"][1:] == ([expected] if expected else [])


def test_duplicates_of_one_named_property_are_a_rule_on_it(contract: Json):
    contract["schema"][0]["quality"] = [
        {"metric": "duplicateValues", "mustBe": 0, "arguments": {"properties": ["tenure"]}},
        {"metric": "duplicateValues", "mustBe": 0},
    ]
    rules = _read(contract)[0].value["quality"]
    assert rules[:2] == [
        {"metric": "duplicateValues", "column": "tenure", "mustBe": 0},
        {"metric": "duplicateValues", "mustBe": 0},
    ]


def test_enums_of_3_2_0_become_the_list_of_their_values(contract: Json):
    contract["apiVersion"] = "v3.2.0"
    contract["schema"][0]["properties"][1]["enum"] = [{"value": 1, "label": "One"}, {"value": 2}]
    (source,) = _read(contract)
    assert source.value["schema"][1]["enum"] == [1, 2]
    assert source.origin(("schema", 1, "enum", 1)) == ("schema", 0, "properties", 1, "enum", 1, "value")


def test_custom_properties_stand_in_for_what_the_standard_lacks(contract: Json):
    contract["schema"][0]["customProperties"] += [
        {"property": "volume", "value": {"minRows": 5}},
        {"property": "regulations", "value": ["GDPR"]},
        {"property": "somebodyElses", "value": 1},
    ]
    contract["schema"][0]["properties"][1]["customProperties"] = [{"property": "enum", "value": [1, 2]}]
    value = _read(contract)[0].value
    assert value["volume"] == {"minRows": 5}
    assert value["regulations"] == ["GDPR"]
    assert value["schema"][1]["enum"] == [1, 2]
    assert "somebodyElses" not in value


def test_long_descriptions_are_cut(contract: Json):
    contract["schema"][0]["description"] = "x" * 5000
    assert len(_read(contract)[0].value["description"]) == 1024


def test_the_default_element_of_service_levels_is_honoured(contract: Json):
    contract["slaDefaultElement"] = "customers"
    contract["schema"].append({"name": "visits", "properties": []})
    contract["servers"][0]["location"] = "s3://lake/{model}/"
    customers, visits = _read(contract)
    assert "freshness" in customers.value
    assert "freshness" not in visits.value


def test_a_valid_source_is_accepted_by_the_languages_own_model(contract: Json):
    from lifespec_schema.spec.sources import Source

    source = Source.model_validate(_read(contract, "production")[0].value)
    assert source.freshness == 86400
    assert source.quality[1].unit == "percent"
    assert source.schema_[2].available_after == 30 * 86400
