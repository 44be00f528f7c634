"""A model that is a server which speaks the Open Inference Protocol, version 2."""

from __future__ import annotations

import http.client
import json
from typing import Any, Final
from urllib.parse import quote, urlsplit

import numpy as np

from lifespec_compiler.plan import Plan
from lifespec_compiler.training import described
from lifespec_runtime.measure.reading.arrow import integers, pa, pc

from .coding import Coding
from .errors import ModelError, broken
from .predictions import ROW, Predictions, predictions

TENSORS: Final = {"integer": "INT64", "number": "FP64", "boolean": "BOOL"}
"""By logical type: the protocol's; everything else is a text."""

MAX_BATCH: Final = 4096
MAX_ANSWER_BYTES: Final = 256 << 20


class HttpModel:
    """A server, asked with one input tensor for each feature; it answers with the outputs `prediction` and scores."""

    def __init__(self, plan: Plan, code: Coding, url: str, seconds: float = 60.0) -> None:
        """Ask the server at `url`, which may take so many seconds for each request.

        `url` is the server's, or the whole address of a model: `http://host:8080/v2/models/churn`. Raises ValueError
        where it is none.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("the address of a model begins with http:// or https://")
        secure = parts.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        self._connection = kind(parts.hostname, parts.port or (443 if secure else 80), timeout=seconds)
        path = parts.path.rstrip("/")
        model = path if "/v2/models/" in path else f"{path}/v2/models/{quote(plan.name, safe='')}"
        self._path = model if model.endswith("/infer") else f"{model}/infer"
        self._types = {feature["name"]: feature["type"] for feature in described(plan)["features"]}
        self._code, self._where = code, f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{self._path}"

    def predict(self, table: Any) -> Predictions:
        """The answers for the rows of a table of features."""
        batches = [self._ask(table.slice(start, MAX_BATCH)) for start in range(0, max(1, table.num_rows), MAX_BATCH)]
        try:
            answer = pa.concat_tables(batches)
        except pa.ArrowException as error:
            raise broken("model-no-answer", "its answers have different columns", self._where) from error
        answer = answer.append_column(ROW, integers(np.arange(answer.num_rows)))
        return predictions(self._code, answer, table.num_rows, self._where)

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()

    def _ask(self, table: Any) -> Any:
        inputs = [self._tensor(name, table.column(name)) for name in table.column_names]
        body = json.dumps({"inputs": inputs}, ensure_ascii=False).encode()
        return self._table(self._answer(body), table.num_rows)

    def _tensor(self, name: str, values: Any) -> dict[str, Any]:
        kind = TENSORS.get(self._types[name], "BYTES")
        if kind == "BYTES":
            values = pc.cast(values, pa.string())
        return {"name": name, "shape": [len(values)], "datatype": kind, "data": values.to_pylist()}

    def _answer(self, body: bytes) -> Any:
        """What the server answers."""
        try:
            status, content = self._exchange(body)
        except TimeoutError as error:
            raise broken("model-timeout", "it did not answer in time", self._where) from error
        except (OSError, http.client.HTTPException) as error:
            raise broken("model-unreachable", f"no answer: {type(error).__name__}", self._where) from error
        if len(content) > MAX_ANSWER_BYTES:
            raise broken("model-no-answer", "its answer is too large", self._where)
        if status != http.client.OK:
            tail = content[:2000].decode("utf-8", "replace")
            raise broken("model-failed", f"it answered with status {status}", self._where, tail=tail)
        try:
            return json.loads(content)
        except (ValueError, RecursionError) as error:
            raise broken("model-no-answer", "its answer is no JSON", self._where) from error

    def _exchange(self, body: bytes) -> tuple[int, bytes]:
        """Status and body. A connection that the server has closed since the last question is opened anew, once."""
        kept = self._connection.sock is not None
        try:
            return self._once(body)
        except (ConnectionError, http.client.RemoteDisconnected):
            if not kept:
                raise
            return self._once(body)

    def _once(self, body: bytes) -> tuple[int, bytes]:
        done = False
        try:
            self._connection.request("POST", self._path, body, {"Content-Type": "application/json"})
            response = self._connection.getresponse()
            content = response.read(MAX_ANSWER_BYTES + 1)
            done = len(content) <= MAX_ANSWER_BYTES
            return response.status, content
        finally:
            if not done:
                self._connection.close()

    def _table(self, answer: Any, rows: int) -> Any:
        outputs = answer.get("outputs") if isinstance(answer, dict) else None
        if not isinstance(outputs, list):
            raise self._malformed("it has no list of outputs")
        columns: dict[str, Any] = {}
        for output in outputs:
            name, data = (output.get("name"), output.get("data")) if isinstance(output, dict) else (None, None)
            if not isinstance(name, str) or not isinstance(data, list):
                raise self._malformed("an output has no name, or no data")
            flat = [item[0] if isinstance(item, list) and len(item) == 1 else item for item in data]
            if len(flat) != rows:
                message = f"it answered {len(flat):,} rows of {rows:,} in an output"
                code = "model-missing-row" if len(flat) < rows else "model-repeated-row"
                raise broken(code, message, self._where)
            try:
                columns[name] = pa.array(flat)
            except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
                raise self._malformed("the values of an output are of several types") from error
        if not columns:
            raise self._malformed("it has no output")
        return pa.table(list(columns.values()), names=list(columns))

    def _malformed(self, why: str) -> ModelError:
        return broken("model-no-answer", f"its answer is none of the Open Inference Protocol: {why}", self._where)
