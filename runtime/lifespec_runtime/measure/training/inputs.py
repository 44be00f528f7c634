"""What a trainer reads: the rows to learn from and to choose by. The test split is not among them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lifespec_compiler.judging.contract.rules import concealed
from lifespec_compiler.plan import Plan
from lifespec_compiler.training import names
from lifespec_runtime.measure.models import features
from lifespec_runtime.measure.profile import summary
from lifespec_runtime.measure.reading.arrow import integers, pc, submodule
from lifespec_runtime.measure.reading.columns import Chunk, Column
from lifespec_runtime.measure.rows import Rows
from lifespec_runtime.measure.splits import Split

from .outliers import treated

Places = NDArray[np.int64]
TRAIN, VALIDATION = "train.parquet", "validation.parquet"


def write_inputs(plan: Plan, rows: Rows, train: Places, validation: Places, folder: Path) -> None:
    """Writes `train.parquet` and `validation.parquet`: features by name, the label, query or time where there is one.

    What the contract says of outliers is done in train only, with bounds from train only.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write = submodule("parquet").write_table
    learnt, validated = _table(plan, *treated(plan, rows, train)), _table(plan, rows, validation)
    for name, table in ((TRAIN, learnt), (VALIDATION, validated)):
        with (folder / name).open("wb") as file:  # pyarrow opens no path that is not UTF-8
            write(table, file)


def write_description(plan: Plan, rows: Rows, divided: Split, folder: Path) -> None:
    """Writes `profile.json`, the profile of the training split, and `snapshot.json`: what was read, and how divided."""
    _write(folder / "profile.json", summary.as_json(_profile(plan, rows, divided.train), _concealed(plan)))
    _write(folder / "snapshot.json", _snapshot(plan, rows, divided))


def _table(plan: Plan, rows: Rows, places: Places) -> Any:
    used, called = rows.used, names(plan)
    table = features(plan, rows, places)
    beside = [(called.label, used.label), (called.query, used.query), (called.time, used.time)]
    for name, column in beside:
        if name is not None and column is not None:
            table = table.append_column(name, rows.column(column.reference).take(integers(places)))
    return table


def _profile(plan: Plan, rows: Rows, places: Places) -> summary.Profile:
    """The profile of the features by their names, and of the other columns by `source.column`."""
    seen = {feature.name: feature.column for feature in plan.features if feature.column}
    others = {column.reference: column for column in rows.used.columns if column not in seen.values()}
    columns = [Column(name, column.logical_type) for name, column in {**seen, **others}.items()]
    chosen = rows.table.take(integers(places))
    values = {name: chosen.column(column.reference).combine_chunks() for name, column in {**seen, **others}.items()}
    chunk = Chunk("", 1, len(places), values, {}, frozenset())
    return summary.with_chunk(summary.nothing(columns), chunk, summary.views(chunk, columns))


def _concealed(plan: Plan) -> frozenset[str]:
    hidden = {f"{source.name}.{name}" for source in plan.spec.data.sources for name in concealed(source)}
    features_hidden = {
        feature.name for feature in plan.features if feature.column and feature.column.reference in hidden
    }
    return frozenset(hidden | features_hidden)


def _snapshot(plan: Plan, rows: Rows, divided: Split) -> dict[str, Any]:
    digests = {one.source: one.digest for one in rows.inputs}
    return {
        "version": 1,
        "lifecycle": plan.name,
        "namespace": plan.namespace,
        "snapshot": rows.digest,
        "sources": [
            {"name": source.name, "digest": digests[source.name], **_taken(source, rows)}
            for source in plan.spec.data.sources
            if source.name in digests
        ],
        "rows": {
            "train": len(divided.train),
            "validation": len(divided.validation),
            "test": len(divided.test),
            "unlabelled": divided.unlabelled,
            "unplaced": divided.unplaced,
        },
    }


def _taken(source: Any, rows: Rows) -> dict[str, Any]:
    """What makes reading the source again give the same rows."""
    if source.snapshot is None or source.snapshot.by != "partition":
        return {"by": source.snapshot.by if source.snapshot else "files"}
    reference = f"{source.name}.{source.snapshot.column}"
    last: Any = pc.max(rows.table.column(reference)).as_py() if reference in rows.table.column_names else None
    upto = last.isoformat() if hasattr(last, "isoformat") else last
    return {"by": "partition", "column": source.snapshot.column, "upTo": upto}


def _write(path: Path, value: Any) -> None:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
