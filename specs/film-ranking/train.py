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
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer


def columns(rows: pd.DataFrame, config: dict[str, Any]) -> pd.DataFrame:
    """The features as numbers, NaN where there is none; a hashed text is the number of its bucket."""
    found = {}
    for feature in config["features"]:
        values = rows[feature["name"]]
        if feature["transform"]["kind"] == "hash":
            buckets = {
                value: zlib.crc32(value.encode()) % feature["transform"]["buckets"]
                for value in values.dropna().unique()
            }
            values = values.map(buckets)
        found[feature["name"]] = values.astype("float64")
    return pd.DataFrame(found)


def transformer(transform: dict[str, Any]) -> Any:
    """What the spec says is done to a number. Whatever it learns, it learns on train."""
    if transform["kind"] == "impute":
        return SimpleImputer(strategy={"median": "median", "mostFrequent": "most_frequent"}[transform["value"]])
    return {"log1p": FunctionTransformer(np.log1p), "hash": "passthrough"}[transform["kind"]]


def untrained(config: dict[str, Any]) -> Pipeline:
    """The features' transformations, then gradient boosting on the rating, by which a list is ordered."""
    parameters = config["parameters"]
    steps = [(transformer(feature["transform"]), [feature["name"]]) for feature in config["features"]]
    boosting = HistGradientBoostingRegressor(
        max_iter=120,
        max_leaf_nodes=parameters["leaves"],
        learning_rate=parameters["learningRate"],
        early_stopping=False,
        random_state=config["seed"],
    )
    return make_pipeline(make_column_transformer(*steps), boosting)


def train(config: dict[str, Any]) -> None:
    """Learn from the training split; the validation split is for whoever chooses parameters."""
    rows = pd.read_parquet(Path(config["input"]) / "train.parquet")
    model = untrained(config).fit(columns(rows, config), rows[config["label"]["name"]])
    output = Path(config["output"])
    (output / "model").mkdir()
    joblib.dump(model, output / "model" / "model.joblib")
    (output / "metadata.json").write_text(json.dumps({"format": "sklearn"}))


def load(config: dict[str, Any]) -> Any:
    """The model in the folder that `train` filled."""
    return joblib.load(Path(config["model"]) / "model.joblib")


def answers(model: Any, rows: pd.DataFrame, config: dict[str, Any]) -> pd.DataFrame:
    """The rating that a viewer would give; a higher one is ranked first."""
    return pd.DataFrame({"prediction": model.predict(columns(rows, config))})


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
