"""The reference page of all fields, in Markdown."""

from __future__ import annotations

import json
from typing import Any

from lifespec_schema.spec.base import SpecModel
from lifespec_schema.spec.lifecycle import ModelLifecycle
from lifespec_schema.spec.model_version import ModelVersion
from lifespec_schema.spec.project import LifespecProject

from .leaves import Field, fields

_DOCUMENTS: tuple[tuple[type[SpecModel], str], ...] = (
    (ModelLifecycle, "`specs/<name>/lifecycle.yaml`"),
    (LifespecProject, "`lifespec.yaml`, at the root of the repository"),
    (ModelVersion, "`specs/<name>/model.yaml`"),
)
_INTRODUCTION = """# Fields

Every field of the three documents that people write. `*` stands for the items of a list and the values of a mapping.
A field in **bold** must be written wherever the mapping around it is. Each type is written like this:

| type | as written | means |
| --- | --- | --- |
| duration | `90s`, `30m`, `1h30m`, `14d`, `2w` | a length of time |
| ratio | `5%` or `0.05` | a share between 0 and 1 |
| weight | `10%` | a share of traffic, in whole per cent |
| threshold | `0.86`, `5%`, `120ms` | a bound in its metric's unit: `lifespec metrics` lists the units |
| quantity | `500m`, `2`, `8Gi` | an amount as Kubernetes writes it |
| scalar | `basic`, `3`, `true` | a value of a column: text, number or truth value |
"""


def reference_page() -> str:
    """The text of `docs/reference/fields.md`."""
    parts = [_INTRODUCTION]
    for model, place in _DOCUMENTS:
        parts.append(f"## {model.__name__}\n\n{model.__doc__} It stands in {place}.\n")
        parts += _tables(fields(model))
    return "\n".join(parts)


def _tables(listed: list[Field]) -> list[str]:
    """One table for each mapping, under its path."""
    by_parent: dict[str, list[Field]] = {}
    for field in listed:
        if field.form != "canonical":
            by_parent.setdefault(field.path.rpartition(".")[0], []).append(field)
    descriptions = {field.path: field.description for field in listed}
    return [_table(parent, descriptions, children) for parent, children in by_parent.items() if parent]


def _table(parent: str, descriptions: dict[str, str], children: list[Field]) -> str:
    lines = [f"### `{parent}`", ""]
    described = descriptions.get(parent.removesuffix(".*").removesuffix(".*"))
    if described:
        lines += [described, ""]
    lines += ["| field | type | default | meaning |", "| --- | --- | --- | --- |", *map(_row, children), ""]
    return "\n".join(lines)


def _row(field: Field) -> str:
    name = f"`{field.path.rpartition('.')[2]}`"
    default = "" if field.default is None else _code(field.default)
    cells = [f"**{name}**" if field.required else name, _type(field), default, _meaning(field)]
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _type(field: Field) -> str:
    return ", ".join(map(_code, field.choices)) if field.choices else field.type


def _meaning(field: Field) -> str:
    if not field.only_with:
        return field.description
    tag = field.only_with[0].partition(": ")[0]
    values = ", ".join(_code(each.partition(": ")[2]) for each in field.only_with)
    return f"{field.description} Only with `{tag}` {values}."


def _code(value: Any) -> str:
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"
