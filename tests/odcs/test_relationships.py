"""Foreign keys of a contract as joins; what cannot be one is said."""

from __future__ import annotations

from typing import Any

import pytest

from lifespec_schema.findings import Finding, Severity
from lifespec_schema.odcs import ContractSource, contract_sources

Json = dict[str, Any]


def _read(at_object: list[Json], at_property: list[Json] | None = None) -> tuple[list[ContractSource], list[Finding]]:
    """The sources of two tables with relationships at `flights` and at its column `plane`."""
    flights = [{"name": "origin"}, {"name": "hour"}, {"name": "plane", "relationships": at_property or []}]
    schema = [
        {"name": "flights", "relationships": at_object, "properties": flights},
        {"name": "weather", "properties": [{"name": "origin"}, {"name": "time"}]},
        {"name": "planes", "properties": [{"name": "tail"}]},
    ]
    head = {"apiVersion": "v3.1.0", "kind": "DataContract", "id": "c", "version": "1.0.0", "status": "active"}
    return contract_sources({**head, "schema": schema}, file="c.odcs.yaml", located=False)


WEATHER = {"type": "foreignKey", "from": ["flights.origin", "flights.hour"], "to": ["weather.origin", "weather.time"]}


def _joins(sources: list[ContractSource]) -> Json:
    return {source.name: source.value["join"] for source in sources if "join" in source.value}


def test_the_target_of_a_key_is_joined_to_the_table_that_has_it():
    sources, findings = _read([WEATHER], [{"to": "planes.tail"}])
    assert findings == []
    assert _joins(sources) == {
        "weather": {"to": "flights", "columns": {"origin": "origin", "hour": "time"}},
        "planes": {"to": "flights", "columns": {"plane": "tail"}},
    }
    assert sources[1].origin(("join", "columns")) == ("schema", 0, "relationships", 0)
    assert sources[2].origin(("join",)) == ("schema", 0, "properties", 2, "relationships", 0)


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ({"from": "schema/flights/properties/plane", "to": "planes.tail"}, "table.column"),
        ({"from": "flights.plane", "to": "other.yaml#schema/planes/properties/tail"}, "table.column"),
        ({"from": "planes.tail", "to": "weather.origin"}, "table.column"),
        ({"from": ["flights.origin", "flights.hour"], "to": ["weather.origin", "planes.tail"]}, "table.column"),
        ({"from": "flights.plane", "to": "fleet.tail"}, "of the same contract"),
        ({"from": "flights.plane", "to": "flights.origin"}, "of the same contract"),
    ],
    ids=["by id", "in another file", "of another table", "to two tables", "to no table", "to itself"],
)
def test_a_key_that_joins_nothing_is_noted(key, why):
    sources, (note,) = _read([key])
    assert _joins(sources) == {}
    assert (note.rule, note.severity) == ("contract-field-not-used", Severity.INFO)
    assert note.place.path == ("schema", 0, "relationships", 0)
    assert why in note.help


def test_of_two_keys_to_one_table_neither_is_taken():
    sources, notes = _read([WEATHER, {"from": "flights.plane", "to": "planes.tail"}], [{"to": "planes.tail"}])
    assert list(_joins(sources)) == ["weather"]
    assert len(notes) == 2
    assert all("2 relationships lead to `planes`" in note.help for note in notes)


def test_a_key_with_fewer_columns_on_one_side_is_an_error():
    _, (found,) = _read([{**WEATHER, "to": ["weather.origin"]}])
    assert (found.rule, found.severity) == ("contract-bad-value", Severity.ERROR)
    assert found.place.path == ("schema", 0, "relationships", 0)
