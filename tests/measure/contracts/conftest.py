from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lifecycles import plan_of, small
from lifespec_runtime.measure.contracts.check import DataReport, Location, check
from lifespec_runtime.measure.contracts.results import Result

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def checked(tmp_path: Path) -> Callable[..., DataReport]:
    """`checked(columns, schema)` checks a table against a source with this schema, and more of the spec.

    `source` holds more of the source, other keywords more of `spec`. `now` and `judge_copies` say how ages are judged.
    """

    def run(
        columns: dict[str, Any] | pa.Table,
        schema: list[dict[str, Any]],
        *,
        source: dict[str, Any] | None = None,
        now: datetime = NOW,
        judge_copies: bool = True,
        **sections: Any,
    ) -> DataReport:
        table: Any = columns if isinstance(columns, pa.Table) else pa.table(columns)
        if "label" not in table.column_names:
            values = [index % 2 == 0 for index in range(len(table))]
            table = table.append_column("label", pa.array(values, pa.bool_()))
        file = tmp_path / "rows.parquet"
        pq.write_table(table, file)
        names = [column["name"] for column in schema]
        label = {"name": "label", "logicalType": "boolean"}
        document = small(
            **{
                "data": {
                    "sources": [
                        {"name": "rows", "uri": "s3://lake/rows/", "schema": [*schema, label], **(source or {})}
                    ],
                    "labels": {"column": "label"},
                },
                "features": names[:1],
                "monitoring": None,
                "retraining": None,
                **sections,
            }
        )
        plan = plan_of(document)
        location = Location(str(file), "parquet", copy=True)
        return check(plan, {"rows": location}, now, judge_copies=judge_copies)

    return run


@pytest.fixture
def rule() -> Callable[[DataReport, str], Result]:
    """`rule(report, name)` is the result of a rule, or of a line of the scorecard."""

    def find(report: DataReport, name: str) -> Result:
        found = [result for result in (*report.sources[0].results, *report.readiness) if result.name == name]
        assert len(found) == 1, [result.name for result in (*report.sources[0].results, *report.readiness)]
        return found[0]

    return find
