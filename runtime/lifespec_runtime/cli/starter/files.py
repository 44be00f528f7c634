"""The files of a start, as texts by their path from the repository's root."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

from .answers import Answers, Roles, positive
from .contract import contract_text
from .table import Column, Table

TEMPLATES: Final = Path(__file__).parents[1] / "templates"
SCHEMAS: Final = ".lifespec"
"""The folder of the JSON Schemas that editors read: with them no editor needs the network, or another version's."""

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_SHORT_FEATURE = re.compile(r"[A-Za-z]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?")
_NOT_A_STRING = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}


def files(answers: Answers, table: Table, roles: Roles, specs: str = "specs") -> dict[str, str]:
    """All files by path; the caller leaves out those that are there already and are shared."""
    folder = f"{specs}/{answers.name}"
    up = "../" * (folder.count("/") + 1)
    values = {
        "MODELINE": f"{up}{SCHEMAS}/model-lifecycle.json",
        "NAME": answers.name,
        "NAMESPACE": answers.namespace,
        "TEAM": _scalar(answers.team),
        "EMAIL": answers.email,
        "REGISTRY": answers.registry,
        "CONTRACT": f"contracts/{table.name}.odcs.yaml",
        "LABEL": _scalar(roles.label),
        "POSITIVE": _positive(table, roles),
        "SPLITS": _splits(answers.problem, roles),
        "GROUP": _scalar(roles.group),
        "FEATURES": _features(roles.features),
    }
    made = {
        f"{folder}/lifecycle.yaml": _filled(f"{answers.problem}.yaml", values),
        f"{folder}/{values['CONTRACT']}": contract_text(answers, table, roles),
        "lifespec.yaml": _filled("lifespec.yaml", {"MODELINE": f"{SCHEMAS}/lifespec-project.json"}),
    }
    return made | editor_schemas()


def editor_schemas() -> dict[str, str]:
    """The JSON Schemas of the documents that people write, as texts by path from the repository's root."""
    from lifespec_schema.export.json_schema import json_schemas  # builds all models

    written = {name: schema for name, schema in json_schemas().items() if not name.startswith("lifecycle-")}
    return {f"{SCHEMAS}/{name}": json.dumps(schema, indent=1) + "\n" for name, schema in written.items()}


def _filled(template: str, values: dict[str, str]) -> str:
    """A template with its marks exchanged in one pass, so that no value is taken for a mark."""
    text = (TEMPLATES / template).read_text(encoding="utf-8")
    return re.sub(r"__([A-Z]+)__", lambda mark: values[mark[1]], text)


def _positive(table: Table, roles: Roles) -> str:
    (label,) = (column for column in table.columns if column.name == roles.label)
    value = positive(label)
    return value if label.type in ("boolean", "integer", "number") else json.dumps(value)


def _splits(problem: str, roles: Roles) -> str:
    shares = "train: 70%, validation: 15%, test: 15%"
    if problem == "ranking":
        return f"{{strategy: group, column: {_scalar(roles.group)}, {shares}}}"
    if roles.time:
        return f"{{strategy: temporal, column: {_scalar(roles.time)}, {shares}}}"
    if problem.endswith("Classification"):
        return f"{{strategy: stratified, column: {_scalar(roles.label)}, {shares}}}"
    return f"{{strategy: random, {shares}}}"


def _features(columns: tuple[Column, ...]) -> str:
    taken: set[str] = set()
    lines = []
    for column in columns:
        if _SHORT_FEATURE.fullmatch(column.name):
            taken.add(column.name)
            lines.append(f"    - {_scalar(column.name)}")
    for column in columns:
        if not _SHORT_FEATURE.fullmatch(column.name):
            name = re.sub(r"[^A-Za-z0-9]+", "_", column.name).strip("_")[:56].strip("_") or "column"
            free = next(each for each in (name, *(f"{name}_{n}" for n in range(2, 1000))) if each not in taken)
            taken.add(free)
            lines.append(f"    - {{name: {_scalar(free)}, column: {_scalar(column.name)}}}")
    return "\n".join(lines)


def _scalar(text: str) -> str:
    """A string as YAML of any version reads it as one, in a list as well as in a mapping."""
    return text if _PLAIN.fullmatch(text) and text.lower() not in _NOT_A_STRING else json.dumps(text)
