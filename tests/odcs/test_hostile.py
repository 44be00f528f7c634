"""Contracts are other people's files: whatever JSON they hold, reading them ends with findings, never with a crash."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lifespec_schema.findings import Finding
from lifespec_schema.odcs import contract_sources
from lifespec_schema.odcs.standard import NODES

KEYS = sorted({key for node in NODES.values() for fields in (node.used, node.described, node.unused) for key in fields})
WORDS = [
    "library",
    "sql",
    "rowCount",
    "s3",
    "local",
    "custom",
    "string",
    "date",
    "object",
    "map",
    "freshness",
    "d",
    "{model}",
]
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from([*WORDS, *KEYS])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=30,
)
ITEMS = st.lists(st.dictionaries(st.sampled_from(KEYS), JSON, max_size=8), max_size=3)
CONTRACTS = st.fixed_dictionaries(
    {"apiVersion": st.sampled_from(["v3.1.0", "v3.2.0"])},
    optional={
        "schema": ITEMS | JSON,
        "servers": ITEMS | JSON,
        "slaProperties": ITEMS | JSON,
        "customProperties": ITEMS | JSON,
    },
)


def _exists(contract: Any, path: tuple[str | int, ...]) -> bool:
    try:
        for part in path:
            contract = contract[part]
    except (LookupError, TypeError):
        return False
    return True


def _read(contract: Any, environment: str | None = None) -> list[Finding]:
    before = copy.deepcopy(contract)
    sources, findings = contract_sources(contract, file="c.odcs.yaml", environment=environment)
    assert repr(contract) == repr(before)
    for source in sources:
        assert source.value["name"] == source.name
        assert source.paths[()][:1] == ("schema",)
        assert all(_exists(source.value, path) for path in source.paths)
        assert all(_exists(contract, origin) for origin in source.paths.values())
    for finding in findings:
        assert len(finding.message) < 400
        assert "\n" not in finding.message
        if finding.rule != "contract-missing-field":
            assert finding.place.path == ("apiVersion",) or _exists(contract, finding.place.path)
        else:
            assert _exists(contract, finding.place.path[:-1])
    return findings


@given(contract=JSON)
def test_any_json_is_read(contract: Any):
    assert _read(contract) != []


@settings(max_examples=300)
@given(contract=CONTRACTS, environment=st.none() | st.text(max_size=5))
def test_anything_that_looks_like_a_contract_is_read(contract: Any, environment: str | None):
    _read(contract, environment)


def test_deep_nesting_is_refused_once():
    column: dict[str, Any] = {"name": "x", "logicalType": "string"}
    for _ in range(400):
        column = {"name": "x", "logicalType": "object", "properties": [column]}
    findings = _read_deep(column)
    assert [finding.rule for finding in findings].count("contract-too-deep") == 1


def _read_deep(column: dict[str, Any]) -> list[Finding]:
    contract = {"apiVersion": "v3.1.0", "kind": "DataContract", "id": "x", "version": "1", "status": "active"}
    return contract_sources(contract | {"schema": [{"name": "t", "properties": [column]}]}, file="c.odcs.yaml")[1]


def test_huge_values_do_not_fill_messages():
    contract = {"apiVersion": "x" * 100_000}
    (finding,) = _read(contract)
    assert len(finding.message) < 200
    assert len(json.dumps(finding.help)) < 200
