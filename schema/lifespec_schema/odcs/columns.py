"""Schema properties as columns of a source."""

from __future__ import annotations

from lifespec_schema.findings import Path

from .custom import ours
from .draft import Draft, JsonObject, items
from .quality import rules
from .report import Report
from .standard import NODES

_COPIED = ("name", "logicalType", "primaryKey", "required", "unique")
_LONGEST_DESCRIPTION = 1024


class Columns:
    """What the properties of a schema object give its source."""

    def __init__(self) -> None:
        self.columns: list[Draft] = []
        self.rules: list[Draft] = []


def columns(schema: JsonObject, path: Path, report: Report) -> Columns:
    """Read the top-level properties of a schema object. Nested ones stay closed values to lifespec."""
    found = Columns()
    names: set[str] = set()
    for index, item in items(schema, "properties"):
        at = (*path, "properties", index)
        name = item.get("name")
        if not isinstance(name, str):
            continue
        if name in names:
            report.add("contract-duplicate-name", (*at, "name"), f"two properties are called `{name}`", "rename one")
            continue
        names.add(name)
        found.columns.append(_column(item, at, report))
        found.rules.extend(rules(item, at, name, report))
    return found


def _column(item: JsonObject, path: Path, report: Report) -> Draft:
    draft = Draft(path)
    for key in _COPIED:
        if key in item:
            draft.put(key, item[key], (*path, key))
    describe(item, path, draft)
    if isinstance(classification := item.get("classification"), str):
        draft.put("classification", classification.lower(), (*path, "classification"))
    _enum(item, path, draft)
    draft.put_draft("logicalTypeOptions", _options(item, path))
    for name, (value, origin) in ours(item, path, "property", report).items():
        if name in draft.value:
            report.add("contract-duplicate-name", origin, f"`{name}` is given twice", "keep the property's own field")
        else:
            draft.put(name, value, origin)
    return draft


def describe(item: JsonObject, path: Path, draft: Draft) -> None:
    """Copy the description, cut to the length that the language allows."""
    description = item.get("description")
    if isinstance(description, str) and description:
        cut = (
            description if len(description) <= _LONGEST_DESCRIPTION else description[: _LONGEST_DESCRIPTION - 3] + "..."
        )
        draft.put("description", cut, (*path, "description"))


def _enum(item: JsonObject, path: Path, draft: Draft) -> None:
    values = [(index, entry["value"]) for index, entry in items(item, "enum") if "value" in entry]
    if values:
        draft.put("enum", [value for _, value in values], (*path, "enum"))
        for position, (index, _) in enumerate(values):
            draft.paths["enum", position] = (*path, "enum", index, "value")


def _options(item: JsonObject, path: Path) -> Draft:
    draft = Draft((*path, "logicalTypeOptions"))
    options, logical = item.get("logicalTypeOptions"), item.get("logicalType")
    node = NODES.get(f"{logical.title()}Options" if isinstance(logical, str) else "")
    if logical == "time":
        node = NODES["TimestampOptions"]
    if node is not None and isinstance(options, dict):
        for key, value in options.items():
            if key in node.used:
                draft.put(key, value, (*path, "logicalTypeOptions", key))
    return draft
