from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from judges.judge import Judge

Contract = dict[str, Any]


@pytest.fixture(scope="session")
def official(judge: Callable[[str], Judge]) -> Callable[[str], dict[str, Any]]:
    """`official("3.1.0")` is the standard's own JSON Schema of that version."""

    def read(version: str) -> dict[str, Any]:
        schema = json.loads((judge("odcs").path / f"odcs-{version}.schema.json").read_bytes())
        assert isinstance(schema, dict)
        return schema

    return read


@pytest.fixture
def contract() -> Contract:
    """A valid contract of 3.1.0 with most of what becomes a source."""
    return {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "customers",
        "version": "1.0.0",
        "status": "active",
        "name": "Customers",
        "tags": ["growth"],
        "description": {"purpose": "To know who may leave."},
        "team": {"name": "growth", "members": [{"username": "growth-data"}]},
        "servers": [
            {
                "server": "lake",
                "type": "s3",
                "environment": "production",
                "location": "s3://lake/c/",
                "format": "parquet",
            },
            {"server": "sample", "type": "local", "environment": "staging", "path": "./data/c.csv", "format": "csv"},
        ],
        "schema": [
            {
                "name": "customers",
                "description": "One row a customer.",
                "properties": [
                    {"name": "customer_id", "logicalType": "string", "primaryKey": True, "classification": "PII"},
                    {
                        "name": "tenure",
                        "logicalType": "integer",
                        "required": True,
                        "logicalTypeOptions": {"minimum": 0, "maximum": 600},
                        "quality": [
                            {"metric": "nullValues", "mustBeLessThan": 1, "unit": "percent", "severity": "error"},
                        ],
                    },
                    {
                        "name": "churned",
                        "logicalType": "boolean",
                        "customProperties": [{"property": "availableAfter", "value": "30d"}],
                    },
                ],
                "quality": [{"metric": "rowCount", "mustBeGreaterThan": 50000, "dimension": "coverage"}],
                "customProperties": [
                    {"property": "snapshot", "value": {"by": "partition", "column": "as_of"}},
                    {"property": "outliers", "value": [{"column": "tenure", "method": "iqr"}]},
                ],
            }
        ],
        "slaProperties": [
            {"property": "freshness", "value": 24, "unit": "h"},
            {"property": "retention", "value": 2, "unit": "y"},
        ],
    }
