"""What editors show beside what is allowed: titles, the meaning of each choice, and the catalog's metrics to choose."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from lifespec_schema.catalog import FAMILIES, METRICS, Metric

from .annotated import PREFIX, Schema
from .choices import CHOICES
from .examples import EXAMPLES

_TIERS: Final[Mapping[str, str]] = {
    "OfflineGate.metric": "offline",
    "Select.metric": "offline",
    "GaussianNoise.metric": "offline",
    "MissingValues.metric": "offline",
    "CategoryNoise.metric": "offline",
    "LiveGate.metric": "shadow",
    "Guard.metric": "online",
    "ConceptMonitor.metric": "concept",
}
"""The fields that name any metric of a tier, the team's own included."""


def helped(schema: Schema) -> Schema:
    """The document's schema with help; it allows what it allowed before."""
    definitions = schema.get("$defs", {})
    rest = {key: value for key, value in schema.items() if key != "$defs"}
    kind = schema["properties"]["kind"]["const"]
    known = {name: _titled(name, _helped(body, name, definitions)) for name, body in definitions.items()}
    return {**_titled(kind, _helped(rest, kind, definitions)), **({"$defs": known} if known else {})}


def _titled(name: str, schema: Schema) -> Schema:
    """With the definition's name in words, which editors show above the description."""
    return {"title": re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name), **schema}


def _helped(schema: Any, place: str, definitions: Schema) -> Any:
    """`place` is the definition, and the property where there is one: `Guard.metric`."""
    if isinstance(schema, list):
        return [_helped(item, place, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    node: Schema = {}
    for key, value in schema.items():
        if key == "properties":
            around = place.partition(".")[0]
            node[key] = {name: _helped(item, f"{around}.{name}", definitions) for name, item in value.items()}
        else:
            node[key] = _helped(value, place, definitions)
    if "oneOf" in schema:
        node["properties"] = {
            tag: {
                **said,
                "enumDescriptions": [_branch(schema["oneOf"], tag, choice, definitions) for choice in said["enum"]],
            }
            for tag, said in schema["properties"].items()
        }
    elif isinstance(schema.get("enum"), list) and (choices := _said(CHOICES, place)):
        node["enumDescriptions"] = [choices[choice] for choice in schema["enum"]]
    if "examples" in schema and (example := _said(EXAMPLES, place)):
        node["examples"] = [example]
    metrics = _metrics(place)
    return _with_metrics(node, metrics) if metrics and "pattern" in schema else node


def _branch(branches: list[Schema], tag: str, choice: str, definitions: Schema) -> str:
    """What it means to choose one branch of a union."""
    for name in (branch["$ref"].removeprefix(PREFIX) for branch in branches):
        field = definitions[name]["properties"][tag]
        if field.get("const") == choice:
            return str(definitions[name]["description"])
        if choice in field.get("enum", ()):
            return str(_said(CHOICES, f"{name}.{tag}")[choice])
    raise ValueError(f"no branch is chosen by {tag}: {choice}")


def _said(table: Mapping[str, Any], place: str) -> Any:
    return table.get(place) or table.get(place.partition(".")[2])


def _metrics(place: str) -> list[Metric]:
    if place == "FairnessCheck.metric":
        return list(FAMILIES["fairness"])
    if place == "ParameterisedMetric.base":
        return [metric for metric in METRICS.values() if metric.parameters]
    tier = _TIERS.get(place)
    fairness = {metric.id for metric in FAMILIES["fairness"]}
    return [metric for metric in METRICS.values() if tier in metric.tiers and metric.id not in fairness]


def _with_metrics(node: Schema, metrics: list[Metric]) -> Schema:
    """The name of a metric, those of the catalog first."""
    beside: Schema = {key: node.pop(key) for key in ("description", "default") if key in node}
    node.pop("examples", None)
    names = {
        "enum": [metric.id for metric in metrics],
        "enumDescriptions": [f"{metric.title}: {metric.meaning}" for metric in metrics],
    }
    return {**beside, "anyOf": [names, node]}
