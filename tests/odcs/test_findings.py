"""What is wrong with a contract, or has no effect, is said at its place; nothing is dropped."""

from __future__ import annotations

from typing import Any

import pytest

from lifespec_schema.findings import Finding, Path, Severity, show_path
from lifespec_schema.odcs import contract_sources

Json = dict[str, Any]

PROPERTY: Path = ("schema", 0, "properties", 1)
S3 = {"server": "only", "type": "s3", "location": "s3://b/c"}


def _findings(contract: object, environment: str | None = None) -> list[Finding]:
    return contract_sources(contract, file="c.odcs.yaml", document=2, environment=environment)[1]


def _set(contract: Json, path: Path, value: Any) -> None:
    target: Any = contract
    for part in path[:-1]:
        target = target[part]
    target[path[-1]] = value


CASES: list[tuple[str, Path, Any, str, Path, str]] = [
    # what it shows, where it is put, the value, the rule, the place, part of message and help
    ("an unknown field of the contract", ("schemas",), [], "contract-unknown-field", ("schemas",), "`schema`"),
    (
        "an unknown nested field",
        (*PROPERTY, "requried"),
        True,
        "contract-unknown-field",
        (*PROPERTY, "requried"),
        "`required`",
    ),
    (
        "an unknown field deep in a part that is not used",
        (*PROPERTY, "relationships"),
        [{"to": "t.a", "cardinality": "1:n"}],
        "contract-unknown-field",
        (*PROPERTY, "relationships", 0, "cardinality"),
        "customProperties",
    ),
    (
        "a field of another server type",
        ("servers", 0, "host"),
        "h",
        "contract-unknown-field",
        ("servers", 0, "host"),
        "a server of type s3",
    ),
    (
        "an option of another logical type",
        (*PROPERTY, "logicalTypeOptions", "maxLength"),
        3,
        "contract-unknown-field",
        (*PROPERTY, "logicalTypeOptions", "maxLength"),
        "the options of an integer",
    ),
    (
        "a field that is new in 3.2.0",
        (*PROPERTY, "enum"),
        [{"value": 1}],
        "contract-unknown-field",
        (*PROPERTY, "enum"),
        "v3.2.0",
    ),
    (
        "a word that is new in 3.2.0",
        (*PROPERTY, "logicalType"),
        "vector",
        "contract-bad-value",
        (*PROPERTY, "logicalType"),
        "v3.2.0",
    ),
    (
        "an argument that the metric does not have",
        (*PROPERTY, "quality", 0, "arguments"),
        {"validValue": [1]},
        "contract-unknown-field",
        (*PROPERTY, "quality", 0, "arguments", "validValue"),
        "not an argument of `nullValues`",
    ),
    ("a number for a text", ("version",), 1.0, "contract-wrong-type", ("version",), "in quotes"),
    ("a mapping for a list", ("servers",), {}, "contract-wrong-type", ("servers",), "a list is wanted"),
    (
        "a text for a truth value",
        (*PROPERTY, "required"),
        "true",
        "contract-wrong-type",
        (*PROPERTY, "required"),
        "`true`",
    ),
    (
        "a misspelt word",
        (*PROPERTY, "logicalType"),
        "interger",
        "contract-bad-value",
        (*PROPERTY, "logicalType"),
        "`integer`",
    ),
    ("another kind", ("kind",), "Dataset", "contract-bad-value", ("kind",), "DataContract"),
    ("no name", ("schema", 0, "name"), None, "contract-wrong-type", ("schema", 0, "name"), "nothing where a text"),
    ("an old version", ("apiVersion",), "v3.0.2", "contract-version", ("apiVersion",), "v3.1.0 and v3.2.0"),
    (
        "a version without its v",
        ("apiVersion",),
        "3.1.0",
        "contract-version",
        ("apiVersion",),
        "write `apiVersion: v3.1.0`",
    ),
    ("no schema object", ("schema",), [], "contract-missing-field", ("schema",), "no schema object"),
    (
        "two operators",
        (*PROPERTY, "quality", 0, "mustBe"),
        0,
        "contract-bad-value",
        (*PROPERTY, "quality", 0),
        "mustBe and mustBeLessThan",
    ),
    (
        "a text to compare with",
        ("schema", 0, "quality", 0),
        {"metric": "rowCount", "mustBe": "many"},
        "contract-bad-value",
        ("schema", 0, "quality", 0, "mustBe"),
        "'many' is not a number",
    ),
    (
        "a rule without an operator",
        ("schema", 0, "quality", 0),
        {"metric": "rowCount"},
        "contract-bad-value",
        ("schema", 0, "quality", 0),
        "compares with nothing",
    ),
    (
        "an unknown unit",
        (*PROPERTY, "quality", 0, "unit"),
        "per mille",
        "contract-bad-value",
        (*PROPERTY, "quality", 0, "unit"),
        "rows or percent",
    ),
    (
        "a count of rows on a property",
        (*PROPERTY, "quality", 0, "metric"),
        "rowCount",
        "contract-bad-value",
        (*PROPERTY, "quality", 0, "metric"),
        "schema object",
    ),
    (
        "a count of values on a schema object",
        ("schema", 0, "quality", 0, "metric"),
        "nullValues",
        "contract-bad-value",
        ("schema", 0, "quality", 0, "metric"),
        "a property",
    ),
    (
        "a service level without a unit",
        ("slaProperties", 0),
        {"property": "freshness", "value": 24},
        "contract-bad-value",
        ("slaProperties", 0, "value"),
        "24 with unit None",
    ),
    (
        "a service level in months, which have no length",
        ("slaProperties", 0, "unit"),
        "months",
        "contract-bad-value",
        ("slaProperties", 0, "value"),
        "not a length of time",
    ),
    (
        "a service level of nothing",
        ("slaProperties", 0, "element"),
        "orders.day",
        "contract-bad-value",
        ("slaProperties", 0, "element"),
        "one of customers",
    ),
    (
        "two values of one service level",
        ("slaProperties", 1),
        {"property": "latency", "value": 2, "unit": "d"},
        "contract-duplicate-name",
        ("slaProperties", 1, "value"),
        "24h and 2d",
    ),
    (
        "two properties of one name",
        (*PROPERTY, "name"),
        "customer_id",
        "contract-duplicate-name",
        (*PROPERTY, "name"),
        "two properties",
    ),
    (
        "a database",
        ("servers", 0),
        {"server": "db", "type": "postgres", "host": "h", "port": 1, "database": "d", "schema": "s"},
        "contract-server-not-readable",
        ("servers", 0, "type"),
        "`postgres` does not say where they lie",
    ),
    (
        "a custom server without a location",
        ("servers", 0),
        {"server": "x", "type": "custom"},
        "contract-server-not-readable",
        ("servers", 0, "type"),
        "`custom`",
    ),
    (
        "an unknown server type",
        ("servers", 0, "type"),
        "gcs",
        "contract-bad-value",
        ("servers", 0, "type"),
        "s3",
    ),
]


@pytest.mark.parametrize(
    ("at", "value", "expected"), [(*case[1:3], case[3:]) for case in CASES], ids=[case[0] for case in CASES]
)
def test_what_is_wrong_is_an_error_at_its_place(contract: Json, at: Path, value: Any, expected: tuple[str, Path, str]):
    rule, place, words = expected
    _set(contract, at, value)
    errors = [finding for finding in _findings(contract) if finding.severity is Severity.ERROR]
    assert [(finding.rule, show_path(finding.place.path)) for finding in errors] == [(rule, show_path(place))]
    assert words in f"{errors[0].message} {errors[0].help}"
    assert (errors[0].place.file, errors[0].place.document) == ("c.odcs.yaml", 2)
    assert errors[0].place.on_key == (rule == "contract-unknown-field")


@pytest.mark.parametrize("field", ["id", "version", "status", "kind"])
def test_required_fields(contract: Json, field: str):
    del contract[field]
    (error,) = _findings(contract)
    assert (error.rule, error.place.path) == ("contract-missing-field", (field,))


def test_a_status_is_no_longer_required_in_3_2_0(contract: Json):
    del contract["status"]
    assert _findings(contract | {"apiVersion": "v3.2.0"}) == []


@pytest.mark.parametrize("value", [None, [], "text", 3, True], ids=repr)
def test_what_is_no_mapping_is_no_contract(value: object):
    (error,) = _findings(value)
    assert (error.rule, error.place.path) == ("contract-wrong-type", ())


def test_a_valid_contract_has_no_findings(contract: Json):
    assert _findings(contract, "production") == []


@pytest.mark.parametrize(
    ("at", "value", "what", "place"),
    [
        ((*PROPERTY, "encryptedName"), "t_enc", "schema[].properties[].encryptedName", (*PROPERTY, "encryptedName")),
        ((*PROPERTY, "physicalName"), "TNR", "schema[].properties[].physicalName", (*PROPERTY, "physicalName")),
        (
            ("servers", 0, "endpointUrl"),
            "https://minio.example.com",
            "servers[].endpointUrl",
            ("servers", 0, "endpointUrl"),
        ),
        (("slaProperties", 0, "schedule"), "0 3 * * *", "slaProperties[].schedule", ("slaProperties", 0, "schedule")),
        (
            ("slaProperties", 0),
            {"property": "generalAvailability", "value": "2026-01-01"},
            "slaProperties[property=generalAvailability]",
            ("slaProperties", 0, "property"),
        ),
        (
            ("slaProperties", 0, "element"),
            "customers.as_of",
            "slaProperties[].element",
            ("slaProperties", 0, "element"),
        ),
        (
            ("schema", 0, "quality", 0),
            {"type": "sql", "query": "SELECT 1", "mustBe": 1},
            "quality[type=sql]",
            ("schema", 0, "quality", 0),
        ),
        (
            ("schema", 0, "quality", 0),
            {"metric": "duplicateValues", "mustBe": 0, "arguments": {"properties": ["customer_id", "tenure"]}},
            "quality[metric=duplicateValues] of several properties",
            ("schema", 0, "quality", 0),
        ),
        (
            (*PROPERTY, "logicalTypeOptions", "multipleOf"),
            5,
            "schema[].properties[].logicalTypeOptions.multipleOf",
            (*PROPERTY, "logicalTypeOptions", "multipleOf"),
        ),
        (("description", "limits"), "A year.", "description.limits", ("description", "limits")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_has_no_effect_is_told(contract: Json, at: Path, value: Any, what: str, place: Path):
    _set(contract, at, value)
    (note,) = _findings(contract)
    assert (note.rule, note.severity, note.place.path) == ("contract-field-not-used", Severity.INFO, place)
    assert note.message == f"`{what}` has no effect in lifespec"


def test_one_note_for_each_field_says_how_often(contract: Json):
    for column in contract["schema"][0]["properties"]:
        column["partitioned"] = True
    (note,) = _findings(contract)
    assert note.message == "`schema[].properties[].partitioned` has no effect in lifespec (3 times)"
    assert note.place.path == ("schema", 0, "properties", 0, "partitioned")


def test_nested_properties_are_one_note(contract: Json):
    contract["schema"][0]["properties"].append(
        {"name": "o", "logicalType": "object", "properties": [{"name": "p", "partitioned": True, "encryptedName": "q"}]}
    )
    (note,) = _findings(contract)
    assert note.place.path == ("schema", 0, "properties", 3, "properties")


@pytest.mark.parametrize(
    ("at", "value"),
    [
        ((*PROPERTY, "partitioned"), False),
        ((*PROPERTY, "primaryKeyPosition"), -1),
        ((*PROPERTY, "physicalName"), "tenure"),
        ((*PROPERTY, "transformLogic"), "a + b"),
        ((*PROPERTY, "customProperties"), [{"property": "pii-reviewed", "value": True}]),
        (("servers", 0), {**S3, "format": "json", "delimiter": "new_line"}),
        (("servers", 1, "format"), "csv"),
        (("support",), [{"channel": "#data"}]),
        (("dataProduct",), "churn"),
    ],
    ids=lambda value: show_path(value) if isinstance(value, tuple) else "",
)
def test_what_asks_for_nothing_is_silent(contract: Json, at: Path, value: Any):
    _set(contract, at, value)
    assert _findings(contract) == []


def test_fields_of_a_server_that_is_not_read_are_silent(contract: Json):
    contract["servers"].append({"server": "other", "type": "sftp", "location": "sftp://h/c", "delimiter": "array"})
    assert _findings(contract, "production") == []


@pytest.mark.parametrize(
    ("at", "name", "words"),
    [
        ((*PROPERTY, "customProperties"), "available_after", "did you mean `availableAfter`?"),
        ((*PROPERTY, "customProperties"), "snapshot", "it belongs on a schema object"),
        (("schema", 0, "customProperties"), "availableAfter", "it belongs on a schema property"),
        (("customProperties",), "Outliers", "did you mean `outliers`?"),
        (("servers", 0, "customProperties"), "secretref", "did you mean `secretRef`?"),
    ],
)
def test_our_own_properties_out_of_place_are_a_warning(contract: Json, at: Path, name: str, words: str):
    _set(contract, at, [{"property": name, "value": "30d"}])
    (warning,) = _findings(contract)
    assert (warning.rule, warning.severity) == ("contract-misplaced-property", Severity.WARNING)
    assert warning.place.path == (*at, 0, "property")
    assert words in warning.help


def test_two_objects_at_one_place_are_a_warning(contract: Json):
    contract["schema"].append({"name": "visits", "properties": []})
    (warning,) = _findings(contract)
    assert (warning.rule, warning.severity) == ("contract-shared-location", Severity.WARNING)
    assert warning.place.path == ("servers", 0, "location")


def test_a_rule_that_is_wrong_is_left_out(contract: Json):
    contract["schema"][0]["quality"][0]["unit"] = "dozens"
    sources, _ = contract_sources(contract, file="c.odcs.yaml")
    assert [rule["metric"] for rule in sources[0].value["quality"]] == ["nullValues"]
