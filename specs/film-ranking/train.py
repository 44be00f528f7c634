"""Trains a model that tells how well a viewer will like each film of a list, asks it, and serves it.

`lifespec train specs/film-ranking` and `lifespec evaluate` run it; so does the training Job, in an image whose command
it is. What they want stands in the JSON file that LIFESPEC_CONFIG names. It needs pandas, pyarrow and scikit-learn.
"""

from __future__ import annotations

import json
import os
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor


class Preparation:
    """What the spec says is done to the features; what it needs for that, it learns on train.

    Plain NumPy: whoever asks about one list waits for it.
    """

    def __init__(self, rows: pd.DataFrame, features: list[dict[str, Any]]) -> None:
        self.features = features
        self.learnt = {feature["name"]: self.learn(rows[feature["name"]], feature["transform"]) for feature in features}

    @staticmethod
    def learn(values: pd.Series, transform: dict[str, Any]) -> Any:
        """What fills gaps."""
        kind = transform["kind"]
        if kind == "impute":
            return values.median() if transform["value"] == "median" else values.mode()[0]
        return None

    def __call__(self, rows: pd.DataFrame) -> np.ndarray:
        """The numbers that the model takes; NaN where there is none."""
        return np.hstack([self.prepared(rows[feature["name"]], feature) for feature in self.features])

    def prepared(self, values: pd.Series, feature: dict[str, Any]) -> np.ndarray:
        """The column that a feature becomes: a hashed text the number of its bucket."""
        kind, learnt = feature["transform"]["kind"], self.learnt[feature["name"]]
        if kind == "hash":
            buckets = feature["transform"]["buckets"]
            hashed = [zlib.crc32(value.encode()) % buckets if value else np.nan for value in values.tolist()]
            return np.array(hashed)[:, None]
        numbers = values.to_numpy("float64", na_value=np.nan)[:, None]
        return np.log1p(numbers) if kind == "log1p" else np.where(np.isnan(numbers), learnt, numbers)


def train(config: dict[str, Any]) -> None:
    """Learn the rating, by which a list is ordered; the validation split is for whoever chooses parameters."""
    rows, parameters = pd.read_parquet(Path(config["input"]) / "train.parquet"), config["parameters"]
    prepared = Preparation(rows, config["features"])
    boosting = HistGradientBoostingRegressor(
        max_iter=120,
        max_leaf_nodes=parameters["leaves"],
        learning_rate=parameters["learningRate"],
        early_stopping=False,
        random_state=config["seed"],
    )
    model = prepared, boosting.fit(prepared(rows), rows[config["label"]["name"]])
    output = Path(config["output"])
    (output / "model").mkdir()
    joblib.dump(model, output / "model" / "model.joblib")
    (output / "metadata.json").write_text(json.dumps({"format": "sklearn"}))


def load(config: dict[str, Any]) -> Any:
    """The model in the folder that `train` filled."""
    return joblib.load(Path(config["model"]) / "model.joblib")


def answers(model: Any, rows: pd.DataFrame, config: dict[str, Any]) -> pd.DataFrame:  # noqa: ARG001
    """The rating that a viewer would give; a higher one is ranked first."""
    prepared, boosting = model
    return pd.DataFrame({"prediction": boosting.predict(prepared(rows))})


def predict(config: dict[str, Any]) -> None:
    """Answer a file of rows with a file of predictions."""
    rows = pd.read_parquet(config["input"])
    found = answers(load(config), rows, config)
    found.insert(0, "row", rows["row"].to_numpy())
    found.to_parquet(config["output"], index=False)


def serve(config: dict[str, Any]) -> None:
    """Answer requests of the Open Inference Protocol, version 2, until somebody stops it."""
    model = load(config)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # an answer leaves in one piece

        def do_GET(self) -> None:
            """Say that it is ready."""
            self.reply({})

        def do_POST(self) -> None:
            """Answer some rows."""
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            rows = pd.DataFrame({tensor["name"]: tensor["data"] for tensor in asked["inputs"]})
            found = answers(model, rows, config)
            outputs = [
                {"name": name, "shape": [len(found)], "datatype": kind, "data": found[name].tolist()}
                for name, kind in [("prediction", "FP64")]
            ]
            self.reply({"model_name": "film-ranking", "outputs": outputs})

        def reply(self, value: Any) -> None:
            body = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Requests are not logged; errors are."""

    ThreadingHTTPServer(("127.0.0.1", config["port"]), Handler).serve_forever()


def main() -> None:
    """Do what LIFESPEC_CONFIG asks for."""
    config = json.loads(Path(os.environ["LIFESPEC_CONFIG"]).read_text(encoding="utf-8"))
    {"train": train, "predict": predict, "serve": serve}[config["task"]](config)


if __name__ == "__main__":
    main()
