"""A data contract for a table, in the Open Data Contract Standard."""

from __future__ import annotations

from typing import Any

from lifespec_compiler.emit.yaml import to_yaml

from .answers import Answers, Roles
from .table import Column, Table

LABEL_DELAY = "30d"
HEADER = (
    "What the data is promised to be like, in the Open Data Contract Standard: https://bitol.io",
    "Drafted by lifespec: check the types, and say what each column means.",
)


def contract_text(answers: Answers, table: Table, roles: Roles) -> str:
    """The contract as YAML."""
    form = "csv" if answers.data else "parquet"
    properties = [_property(column, roles, answers.problem) for column in table.columns]
    contract = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": f"{answers.name}-{table.name}".replace("_", "-"),
        "name": table.name,
        "version": "1.0.0",
        "status": "draft",
        "description": {"purpose": f"What the model {answers.name} learns from."},
        "team": {"name": answers.team},
        "servers": [
            {
                "server": "production",
                "environment": "production",
                "type": "s3",
                "location": f"s3://lake/{answers.namespace}/{{model}}.{form}",
                "format": form,
            }
        ],
        "schema": [
            {"name": table.name, "logicalType": "object", "physicalType": "file", "properties": properties},
        ],
    }
    return to_yaml(contract, HEADER)


def _property(column: Column, roles: Roles, problem: str) -> dict[str, Any]:
    drafted: dict[str, Any] = {"name": column.name, "logicalType": column.type}
    if column.required:
        drafted["required"] = True
    if column.name == roles.row_id:
        drafted |= {"primaryKey": True, "unique": True, "quality": [{"metric": "duplicateValues", "mustBe": 0}]}
    if column.name == roles.label:
        drafted["description"] = "The label."
        drafted["customProperties"] = [{"property": "availableAfter", "value": LABEL_DELAY}]
        if problem == "binaryClassification" and column.values and column.type == "string":
            known = {"metric": "invalidValues", "arguments": {"validValues": list(column.values)}, "mustBe": 0}
            drafted["quality"] = [known]
    return drafted
