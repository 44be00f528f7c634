"""Our tables of the standard's fields held against its JSON Schemas, in both directions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from lifespec_schema.odcs.nodes import Node
from lifespec_schema.odcs.standard import DIMENSIONS, NODES, WORDS

Json = dict[str, Any]
Official = Callable[[str], Json]
VERSIONS = ("3.1.0", "3.2.0")

NAMES = {
    "#/$defs/AnyNonCollectionType": "scalar",
    "#/$defs/AnyType": "any",
    "#/$defs/AuthoritativeDefinitions": "[AuthoritativeDefinition]",
    "#/$defs/Context": "string|Context",
    "#/$defs/CustomProperties": "[CustomProperty]",
    "#/$defs/CustomProperty": "CustomProperty",
    "#/$defs/DataQualityChecks": "[Quality]",
    "#/$defs/EnumValue": "EnumValue",
    "#/$defs/FullyQualifiedReference": "string",
    "#/$defs/Port": "port",
    "#/$defs/Pricing": "Price",
    "#/$defs/RelationshipPropertyLevel": "PropertyRelationship",
    "#/$defs/RelationshipSchemaLevel": "ObjectRelationship",
    "#/$defs/Role": "Role",
    "#/$defs/SchemaItemProperty": "ItemProperty",
    "#/$defs/SchemaObject": "SchemaObject",
    "#/$defs/SchemaProperty": "SchemaProperty",
    "#/$defs/Server": "Server",
    "#/$defs/ServiceLevelAgreementProperty": "ServiceLevel",
    "#/$defs/ShorthandReference": "string",
    "#/$defs/StableId": "string",
    "#/$defs/Support": "[Support]",
    "#/$defs/Synonyms": "[Synonym]",
    "#/$defs/Tags": "[string]",
    "#/$defs/Team": "Team",
    "#/$defs/TeamMember": "TeamMember",
}
"""What our tables call a type of the standard's schema."""

DEFINITIONS = {
    "CustomProperty": "CustomProperty",
    "EnumValue": "EnumValue",
    "Price": "Pricing",
    "Quality": "DataQuality",
    "Role": "Role",
    "Server": "Server",
    "ServiceLevel": "ServiceLevelAgreementProperty",
    "Support": "SupportItem",
    "Synonym": "Synonym",
    "Team": "Team",
    "TeamMember": "TeamMember",
    "SqlRule": "DataQualitySql",
    "LibraryRule": "DataQualityLibrary",
    "CustomRule": "DataQualityCustom",
}
NEW = {"Context", "ContextConstraint", "EnumValue", "Map", "MapColumn", "Synonym", "VectorColumn", "VectorOptions"}
NEW |= {"VerifiedStatement"}


def _official_nodes(schema: Json) -> dict[str, Json]:
    """The standard's schema of each of our nodes: its properties and what it requires."""
    definitions = schema["$defs"]
    # Which versions are read is our choice; see the tests of findings.
    root = {key: value for key, value in schema["properties"].items() if key != "apiVersion"}
    root["apiVersion"] = {"type": "string"}
    found: dict[str, Json] = {
        "Contract": schema | {"properties": root},
        "Description": schema["properties"]["description"],
    }
    found |= {ours: definitions[theirs] for ours, theirs in DEFINITIONS.items() if theirs in definitions}
    found["AuthoritativeDefinition"] = definitions["AuthoritativeDefinitions"]["items"]
    for rule in ("SqlRule", "LibraryRule"):
        operators = {
            key: value
            for one in definitions["DataQualityOperators"]["oneOf"]
            for key, value in one["properties"].items()
        }
        found[rule] = found[rule] | {"properties": found[rule]["properties"] | operators}
    element = definitions["SchemaElement"]["properties"]
    base = definitions["SchemaBaseProperty"]
    found["SchemaObject"] = definitions["SchemaObject"] | {
        "properties": element | definitions["SchemaObject"]["properties"]
    }
    # The options are judged by the logical type alone: the base names them only as some object.
    column = {key: value for key, value in (element | base["properties"]).items() if key != "logicalTypeOptions"}
    found["SchemaProperty"] = {"properties": column, "required": definitions["SchemaProperty"]["required"]}
    found["ItemProperty"] = {"properties": column | definitions["SchemaItemProperty"]["properties"]}
    found |= _columns(base["allOf"][1:])
    relationship = definitions["RelationshipBase"]["properties"]
    found["ObjectRelationship"] = {"properties": relationship, "required": ["from", "to"]}
    found["PropertyRelationship"] = {
        "properties": {key: value for key, value in relationship.items() if key != "from"},
        "required": ["to"],
    }
    for condition in definitions["Server"]["allOf"]:
        node = NODES["Server"].variants[condition["if"]["properties"]["type"]["const"]]
        theirs = definitions["ServerSource"][condition["then"]["$ref"].rpartition("/")[2]]
        assert found.setdefault(node, theirs)["properties"].keys() == theirs["properties"].keys()
    if "Context" in definitions:
        context = definitions["Context"]["oneOf"][1]
        found["Context"] = context
        found["VerifiedStatement"] = context["properties"]["verifiedStatements"]["items"]
        found["ContextConstraint"] = context["properties"]["constraints"]["items"]
    return found


def _columns(conditions: list[Json]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for condition in conditions:
        tests = condition["if"].get("anyOf", [condition["if"]])
        for test in tests:
            node = NODES["SchemaProperty"].variants[test["properties"]["logicalType"]["const"]]
            then = condition["then"]
            options = {"logicalTypeOptions": {"type": "object"}}
            found[node] = {"properties": options | then["properties"], "required": then.get("required", [])}
            for name, value in then["properties"].items():
                ours = (NODES[node].used | NODES[node].unused)[name].removeprefix("3.2:")  # type: ignore[operator]
                if ours in NODES and "$ref" not in value:
                    found[ours] = value
    return found


def _type_of(schema: Json, inline: Mapping[int, str]) -> str:
    """A type of the standard's schema in the words of our tables."""
    if id(schema) in inline:
        return inline[id(schema)]
    if "$ref" in schema:
        return NAMES[schema["$ref"]]
    if "enum" in schema:
        return "="
    alternatives = schema.get("oneOf") or schema.get("anyOf")
    if alternatives:
        types = [_type_of(item, inline) for item in alternatives]
        if types == ["string", "number", "integer", "boolean", "null"]:
            return "scalar"
        return "|".join(dict.fromkeys(types))
    match schema.get("type"):
        case None:
            return "string" if "$ref" in str(schema) else "any"
        case "array":
            item = _type_of(schema["items"], inline)
            return "pair" if schema.get("maxItems") == 2 else f"[{item}]"
        case "integer":
            return {None: "integer", 0: "natural", 1: "positive"}[schema.get("minimum")]
        case plain:
            return str(plain)


def _ours(node: Node, *, newer: bool) -> dict[str, str]:
    fields = {**node.used, **node.described, **node.unused}
    assert len(fields) == len(node.used) + len(node.described) + len(node.unused), "a field stands in two tables"
    kept = {name: kind.removeprefix("3.2:") for name, kind in fields.items() if newer or not kind.startswith("3.2:")}
    return {name: "integer" if kind == "port" and not newer else kind for name, kind in kept.items()}


def _required(node: Node, *, newer: bool) -> set[str]:
    return {name.partition("<")[0] for name in node.required if not (newer and "<" in name)}


@pytest.mark.parametrize("version", VERSIONS)
def test_every_field_of_the_standard_is_in_our_tables_and_the_other_way_round(version: str, official: Official):
    theirs = _official_nodes(official(version))
    inline = {id(schema): name for name, schema in theirs.items()}
    newer = version == "3.2.0"
    for name, schema in theirs.items():
        fields = {field: _type_of(value, inline) for field, value in schema["properties"].items()}
        ours = {field: "=" if kind.startswith("=") else kind for field, kind in _ours(NODES[name], newer=newer).items()}
        assert ours == fields, name
        assert _required(NODES[name], newer=newer) == set(schema.get("required", ())), name


@pytest.mark.parametrize("version", VERSIONS)
def test_every_node_of_our_tables_is_one_of_the_standard(version: str, official: Official):
    theirs = set(_official_nodes(official(version)))
    ours = {"BooleanColumn", "NoOptions", "TextRule", "UntypedColumn"}  # cases that the standard leaves without words
    later = {node for server in WORDS["ServerType"] if server.startswith("3.2:") for node in [_server_node(server)]}
    missing = set(NODES) - theirs - ours
    assert missing == (set() if version == "3.2.0" else NEW | later - {_server_node("zen")})


def _server_node(server: str) -> str:
    return NODES["Server"].variants[server.removeprefix("3.2:")]


@pytest.mark.parametrize("version", VERSIONS)
def test_words_are_those_of_the_standard(version: str, official: Official):
    schema = official(version)
    newer = version == "3.2.0"
    found = 0
    for name, theirs in _official_nodes(schema).items():
        for field, kind in _ours(NODES[name], newer=newer).items():
            if kind.startswith("="):
                words = WORDS[kind[1:]]
                ours = {word.removeprefix("3.2:") for word in words if newer or not word.startswith("3.2:")}
                assert ours - set(DIMENSIONS) == set(theirs["properties"][field]["enum"]), (name, field)
                found += 1
    assert found >= 10


def test_types_of_our_tables_are_all_known():
    from lifespec_schema.odcs.check import _NAMES

    for node in NODES.values():
        for kind in {**node.used, **node.described, **node.unused}.values():
            for alternative in kind.removeprefix("3.2:").split("|"):
                plain = alternative.removeprefix("[").removesuffix("]")
                assert plain in NODES or plain in _NAMES or plain == "any" or WORDS[plain.removeprefix("=")]
        for variant in (*node.variants.values(), node.untagged):
            assert variant is None or variant in NODES
