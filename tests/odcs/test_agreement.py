"""Contracts that are broken at random: we find fault with one exactly where the standard's JSON Schema does."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifespec_schema.findings import Severity
from lifespec_schema.odcs.check import Checker
from lifespec_schema.odcs.report import Report
from lifespec_schema.odcs.standard import OPERATORS

Json = dict[str, Any]
Path = tuple[str | int, ...]

RICH: Json = {
    "apiVersion": "v3.1.0",
    "kind": "DataContract",
    "id": "c",
    "version": "1.0.0",
    "status": "active",
    "description": {"purpose": "p", "authoritativeDefinitions": [{"url": "https://example.com", "type": "glossary"}]},
    "team": {"name": "t", "members": [{"username": "u", "tags": ["x"], "dateIn": "2026-01-01"}]},
    "support": [{"channel": "help", "scope": "issues"}],
    "price": {"priceAmount": 9.5, "priceCurrency": "EUR"},
    "roles": [{"role": "reader", "customProperties": [{"property": "a", "value": [1, {"b": None}]}]}],
    "slaProperties": [{"property": "latency", "value": 4, "unit": "d", "element": "t.a"}],
    "servers": [
        {"server": "a", "type": "s3", "location": "s3://b/c", "format": "json", "delimiter": "new_line"},
        {"server": "b", "type": "postgres", "host": "h", "port": 5432, "database": "d", "schema": "s"},
        {"server": "c", "type": "kafka", "host": "h"},
    ],
    "schema": [
        {
            "name": "t",
            "logicalType": "object",
            "relationships": [{"from": "t.a", "to": "u.a"}],
            "quality": [
                {"metric": "rowCount", "mustBeBetween": [1, 5]},
                {"type": "sql", "query": "SELECT 1", "mustBe": 3},
                {"type": "text", "description": "d"},
                {"type": "custom", "engine": "soda", "implementation": {"a": 1}},
            ],
            "properties": [
                {"name": "a", "logicalType": "string", "logicalTypeOptions": {"minLength": 1, "pattern": "x"}},
                {"name": "b", "logicalType": "integer", "logicalTypeOptions": {"minimum": 0, "format": "i32"}},
                {"name": "c", "logicalType": "date", "logicalTypeOptions": {"minimum": "2020-01-01"}},
                {"name": "d", "logicalType": "boolean", "relationships": [{"to": "u.b"}], "examples": [True]},
                {
                    "name": "e",
                    "logicalType": "array",
                    "items": {"logicalType": "object", "properties": [{"name": "f", "logicalType": "number"}]},
                },
                {
                    "name": "g",
                    "logicalType": "object",
                    "logicalTypeOptions": {"required": ["h"]},
                    "properties": [
                        {"name": "h", "primaryKey": True, "quality": [{"metric": "nullValues", "mustBe": 0}]}
                    ],
                },
            ],
        }
    ],
}
RICHER: Json = copy.deepcopy(RICH) | {
    "apiVersion": "v3.2.0",
    "context": {"instructions": "i", "constraints": [{"constraint": "c"}]},
}
RICHER["schema"][0] |= {"deprecated": False, "synonyms": [{"synonym": "s"}], "context": "shorthand"}
RICHER["schema"][0]["properties"] += [
    {"name": "i", "logicalType": "map", "map": {"key": {"logicalType": "string"}, "value": {"logicalType": "integer"}}},
    {"name": "j", "logicalType": "vector", "logicalTypeOptions": {"dimensions": 3, "elementType": "float16"}},
    {"name": "k", "logicalType": "string", "enum": [{"value": "x", "label": "X"}], "semanticType": "dimension"},
]
RICHER["servers"].append({"server": "d", "type": "exasol", "host": "h", "port": "8563"})
CONTRACTS = {"3.1.0": RICH, "3.2.0": RICHER}

OTHER_VALUES = (None, True, -3, 2.5, "text", [], {}, ["text"], [3, 3], [1, 2], [{}], {"x": 1})


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    yield path
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from _paths(item, (*path, key))


def _at(value: Any, path: Path) -> Any:
    for part in path:
        value = value[part]
    return value


@st.composite
def mutations(draw: st.DrawFn, version: str) -> tuple[Json, str]:
    contract = copy.deepcopy(CONTRACTS[version])
    path = draw(st.sampled_from([path for path in _paths(contract) if path and path[0] != "apiVersion"]))
    parent, last = _at(contract, path[:-1]), path[-1]
    change = draw(st.sampled_from(("remove", "replace", "rename", "borrow")))
    if change == "remove":
        del parent[last]
    elif change == "replace":
        parent[last] = copy.deepcopy(draw(st.sampled_from(OTHER_VALUES)))
    elif change == "rename" and isinstance(last, str):
        parent[last + draw(st.sampled_from(("s", "_", "X")))] = parent.pop(last)
    else:
        donor = draw(st.sampled_from([item for item in _paths(CONTRACTS["3.2.0"]) if item]))
        if isinstance(parent, dict):
            name = donor[-1] if isinstance(donor[-1], str) else "tags"
            parent[name] = copy.deepcopy(_at(CONTRACTS["3.2.0"], donor))
    return contract, f"{change} {path}"


def _our_errors(contract: Json, version: str) -> list[str]:
    report = Report("contract.yaml", 0)
    Checker(report, newer=version == "3.2.0").node("Contract", contract)
    return [finding.message for finding in report.findings() if finding.severity is Severity.ERROR]


def _beyond_us(contract: Any) -> bool:
    """Whether it has what we leave alone on purpose, or judge only where a rule is read: see the tests of findings."""
    if isinstance(contract, list):
        return any(_beyond_us(item) for item in contract)
    if not isinstance(contract, dict):
        return False
    if any(isinstance(rule, dict) and not {"type", "metric"} & set(rule) for rule in _listed(contract, "quality")):
        return True  # The schema lets a rule without a metric pass; the standard's text calls it a library rule.
    rule = "metric" in contract or "query" in contract
    if rule and sum(operator in contract for operator in OPERATORS) != 1:
        return True
    # Formats and patterns of texts, sizes of lists, and which side of a relationship is a list.
    patterned = ("id", "from", "to", "required", "enum")
    if any(key in contract and not _plain(key, contract[key]) for key in patterned):
        return True
    return any(_beyond_us(item) for item in contract.values())


def _listed(contract: Json, key: str) -> list[Any]:
    listed = contract.get(key)
    return listed if isinstance(listed, list) else []


def _plain(key: str, value: Any) -> bool:
    if key == "id":
        return value != "" and isinstance(value, str) and value.isalnum()
    if key in ("from", "to"):
        return isinstance(value, str) and value.count(".") == 1
    return not isinstance(value, list) or (value != [] and len({str(item) for item in value}) == len(value))


@pytest.mark.parametrize("version", CONTRACTS)
def test_the_rich_contract_is_valid(version: str, official: Callable[[str], Json]):
    jsonschema.Draft201909Validator(official(version)).validate(CONTRACTS[version])
    assert _our_errors(CONTRACTS[version], version) == []


@pytest.mark.parametrize("version", CONTRACTS)
@settings(max_examples=60)
@given(data=st.data())
def test_we_find_fault_where_the_standard_does(version: str, data: st.DataObject, official: Callable[[str], Json]):
    contract, change = data.draw(mutations(version))
    if contract.get("apiVersion") != f"v{version}" or _beyond_us(contract):
        return
    valid = jsonschema.Draft201909Validator(official(version)).is_valid(contract)
    assert (_our_errors(contract, version) == []) == valid, change
