"""How sources meet: written in the spec or told by a contract, directly or by way of others."""

from __future__ import annotations

from typing import Any

import pytest

from lifecycles import default_project, plan_of, plans_of, small
from lifespec_compiler.plan import Bundle, environments, plan
from lifespec_schema.findings import Severity
from lifespec_schema.loader import Document

FLIGHTS = {"name": "flights", "schema": [{"name": "id", "logicalType": "string", "primaryKey": True}]}
FLIGHTS["schema"] += [{"name": name, "logicalType": "string"} for name in ("origin", "plane")]
FLIGHTS["schema"].append({"name": "late", "logicalType": "boolean"})
PLANES = {"name": "planes", "schema": [{"name": "tail", "logicalType": "string", "primaryKey": True}]}
PLANES["schema"] += [{"name": name, "logicalType": "string"} for name in ("maker", "kind")]
MAKERS = {"name": "makers", "schema": [{"name": "maker", "logicalType": "string", "primaryKey": True}]}
MAKERS["schema"].append({"name": "country", "logicalType": "string"})


def spec(*sources: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A spec over sources; the model sees a column of each but the first."""
    data = {"sources": list(sources), "labels": {"column": "flights.late"}}
    columns = {"planes": "kind", "makers": "country"}
    used = [columns[source["name"]] for source in sources if source["name"] in columns]
    return small(data=data, features=[*used, "origin"], **changes)


def joined(source: dict[str, Any], to: str, columns: Any) -> dict[str, Any]:
    return {**source, "join": {"to": to, "columns": columns}}


TO_FLIGHTS = joined(PLANES, "flights", {"plane": "tail"})
TO_PLANES = joined(MAKERS, "planes", ["maker"])


def test_a_join_is_bound_to_its_columns():
    (join,) = plan_of(spec(FLIGHTS, TO_FLIGHTS)).joins
    assert (join.source, join.to) == ("planes", "flights")
    assert [(left.reference, right.reference) for left, right in join.columns] == [("flights.plane", "planes.tail")]
    assert join.path == ("spec", "data", "sources", 1, "join")


def test_a_list_of_columns_is_short_for_equal_names():
    made = plan_of(spec(FLIGHTS, TO_FLIGHTS, TO_PLANES))
    assert made.canonical["spec"]["data"]["sources"][2]["join"] == {"to": "planes", "columns": {"maker": "maker"}}


@pytest.mark.parametrize("sources", [(FLIGHTS, TO_FLIGHTS, TO_PLANES), (TO_PLANES, TO_FLIGHTS, FLIGHTS)])
def test_a_source_may_be_joined_by_way_of_another_one_in_any_order(sources):
    assert [join.source for join in plan_of(spec(*sources)).joins] == ["planes", "makers"]


def problems(document: dict[str, Any]) -> list[tuple[str, Any, str]]:
    _, findings = plans_of(document)
    return [(found.rule, found.place.path, found.help) for found in findings if found.severity is Severity.ERROR]


def test_sources_that_are_joined_only_to_each_other_are_not_joined():
    around = joined(PLANES, "makers", {"maker": "tail"})
    assert [(rule, path) for rule, path, _ in problems(spec(FLIGHTS, around, TO_PLANES))] == [
        ("unjoined-source", ("spec", "features", 0, "column")),
        ("unjoined-source", ("spec", "features", 1, "column")),
    ]


def test_the_help_proposes_a_key_that_both_sources_have():
    planes = {**PLANES, "schema": [{"name": "plane", "logicalType": "string", "unique": True}, *PLANES["schema"][1:]]}
    (found,) = problems(spec(FLIGHTS, planes))
    assert found[2] == "in the source `planes` write `join: {to: flights, columns: [plane]}`"


def test_a_source_that_is_not_used_needs_no_join():
    assert (
        plan_of({**(document := spec(FLIGHTS, PLANES)), "spec": {**document["spec"], "features": ["origin"]}}).joins
        == ()
    )


@pytest.mark.parametrize(
    "section",
    [
        {"objective": {"problem": "ranking", "query": "planes.tail"}},
        {"evaluation": {"offline": {"gates": [{"metric": "rocAuc", "min": 0.8, "slices": ["planes.maker"]}]}}},
    ],
    ids=["the query", "a slice"],
)
def test_what_is_used_besides_features_needs_a_join_too(section):
    document = spec(FLIGHTS, PLANES, **section)
    document["spec"]["features"] = ["origin"]
    ((rule, path, _),) = problems(document)
    assert (rule, path[1]) == ("unjoined-source", next(iter(section)))


def of_contract(sources: list[dict[str, Any]] | None = None, label: str = "flights.late", **relations: Any) -> Any:
    """The plan of a spec over a contract whose objects have relationships, and the findings."""
    objects = [
        {"name": source["name"], "properties": source["schema"], "relationships": relations.get(source["name"], [])}
        for source in (FLIGHTS, PLANES, MAKERS)
    ]
    contract: dict[str, Any] = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "c",
        "version": "1.0.0",
        "status": "active",
    }
    contract["servers"] = [{"server": "lake", "type": "s3", "location": "s3://lake/{model}/", "format": "parquet"}]
    contract["schema"] = objects
    written = {"contractRef": "c.odcs.yaml", "sources": sources or [], "labels": {"column": label}}
    if sources and all("contractRef" in source for source in sources):
        del written["contractRef"]
    document = small(data=written, features=["origin" if label == "flights.late" else MAKER])
    files = {"c.odcs.yaml": (Document("c.odcs.yaml", 0, contract, 1),)}
    project = default_project()
    made, findings = plan(Bundle(Document("lifecycle.yaml", 0, document, 1), files), project, environments(project)[0])
    return made, [found for found in findings if "server" not in found.rule]


MAKER = {"name": "maker", "column": "planes.maker"}
KEY = {"from": "flights.plane", "to": "planes.tail"}


def test_a_relationship_of_a_contract_joins_its_target():
    made, findings = of_contract(flights=[KEY], planes=[{"from": ["planes.maker"], "to": ["makers.maker"]}])
    assert findings == []
    assert [(join.source, join.to, [b.name for _, b in join.columns]) for join in made.joins] == [
        ("planes", "flights", ["tail"]),
        ("makers", "planes", ["maker"]),
    ]
    assert made.origins.place(("spec", "data", "sources", 1, "join")).path == ("schema", 0, "relationships", 0)


def test_what_the_source_says_goes_before_the_contract():
    own = {"name": "planes", "join": {"to": "flights", "columns": {"origin": "tail"}}}
    made, findings = of_contract([own], flights=[KEY])
    assert findings == []
    assert [[a.name for a, _ in join.columns] for join in made.joins] == [["origin"]]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({"label": "planes.kind", "flights": [KEY]}, "it holds the label"),
        (
            {
                "sources": [{"name": name, "contractRef": "c.odcs.yaml"} for name in ("flights", "makers")],
                "planes": [{"from": "planes.maker", "to": "makers.maker"}],
            },
            "`planes` is no source here",
        ),
    ],
    ids=["the target has the label", "the other table is not used"],
)
def test_a_relationship_that_joins_nothing_here_is_noted(arguments, why):
    made, (note,) = of_contract(**arguments)
    assert (note.rule, note.severity) == ("contract-field-not-used", Severity.INFO)
    assert why in note.help
    assert note.place.path[-2] == "relationships"
    assert made.joins == ()
