"""A model that is a command: it reads a file of features and writes a file of predictions."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lifespec_compiler.plan import Plan
from lifespec_compiler.training import prediction_configuration
from lifespec_runtime.measure.reading.arrow import integers, pa, submodule

from .coding import Coding
from .errors import broken
from .predictions import ROW, Predictions, predictions
from .process import run

LONGEST = 3600.0
"""Seconds that predicting may take."""


class CommandModel:
    """A model folder, and the command that predicts with it."""

    def __init__(
        self, plan: Plan, code: Coding, model: Path, command: Sequence[str], folder: Path, seconds: float = LONGEST
    ) -> None:
        """Ask `command`, run in `folder`, which may take so many seconds each time; `model` is what a trainer wrote."""
        self._plan, self._code, self._model = plan, code, model.absolute()
        self._command, self._folder, self._seconds = list(command), folder, seconds

    def predict(self, table: Any) -> Predictions:
        """The answers for the rows of a table of features."""
        with tempfile.TemporaryDirectory(prefix="lifespec-predict-") as name:
            return self._predict(table, Path(name))

    def _predict(self, table: Any, scratch: Path) -> Predictions:
        asked, answered, config = scratch / "input.parquet", scratch / "output.parquet", scratch / "config.json"
        numbered = table.add_column(0, ROW, integers(np.arange(table.num_rows)))
        submodule("parquet").write_table(numbered, asked)
        told = prediction_configuration(self._plan, model=str(self._model), source=str(asked), output=str(answered))
        config.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        where = " ".join(self._command)
        try:
            ended = run(self._command, {"LIFESPEC_CONFIG": str(config)}, self._folder, self._seconds, scratch / "log")
        except OSError as error:
            raise broken("model-failed", f"it cannot be started: {error.strerror}", where) from error
        if ended.code is None:
            message = f"it was stopped after {self._seconds:g} seconds"
            raise broken("model-timeout", message, where, tail=ended.tail)
        if ended.code:
            raise broken("model-failed", f"it ended with exit code {ended.code}", where, tail=ended.tail)
        return predictions(self._code, _read(answered, table.num_rows, where, ended.tail), table.num_rows, where)


def _read(file: Path, rows: int, where: str, tail: str) -> Any:
    """The answer; nothing of it is decoded before its size is known."""
    if file.is_symlink() or not file.is_file():
        raise broken("model-no-answer", "it wrote no file of predictions", where, tail=tail)
    try:
        opened: Any = submodule("parquet").ParquetFile(file)
        if opened.metadata.num_rows > rows:
            raise broken("model-repeated-row", f"it answered {opened.metadata.num_rows:,} rows of {rows:,}", where)
        return opened.read()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise broken(
            "model-no-answer", "the file of predictions is no Parquet, or damaged", where, tail=tail
        ) from error
