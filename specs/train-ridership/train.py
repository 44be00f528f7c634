"""Trains a model that tells how many people will enter a station in two weeks, asks it, and serves it.

`lifespec train specs/train-ridership` and `lifespec evaluate` run it; so does the training Job, in an image
whose command it is. What they want stands in the JSON file that LIFESPEC_CONFIG names. It needs pandas, pyarrow and
scikit-learn.
"""

from __future__ import annotations

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor


def columns(rows: pd.DataFrame, config: dict[str, Any]) -> np.ndarray:
    """The numbers that the model takes, NaN where there is none: weekday and month as columns of their own."""
    parts = []
    for feature in config["features"]:
        values = rows[feature["name"]].to_numpy("float64", na_value=np.nan)[:, None]
        known = {"weekday": np.arange(1, 8), "month": np.arange(1, 13)}.get(feature["name"])
        parts.append(values == known if feature["transform"]["kind"] == "oneHot" else values)
    return np.hstack(parts)


class Forecast:
    """Gradient boosting on the change since two weeks before: trees do not follow a trend of years by themselves."""

    def __init__(self, rows: pd.DataFrame, riders: pd.Series, config: dict[str, Any]) -> None:
        parameters = config["parameters"]
        self.usual = riders.groupby(rows["weekday"]).median().to_dict()
        self.median = riders.median()
        self.boosting = HistGradientBoostingRegressor(
            loss="absolute_error",
            max_iter=300,
            max_leaf_nodes=parameters["leaves"],
            learning_rate=parameters["learningRate"],
            early_stopping=False,
            random_state=config["seed"],
        )
        self.boosting.fit(columns(rows, config), riders - self.before(rows))

    def before(self, rows: pd.DataFrame) -> np.ndarray:
        """The count of two weeks before; of a gap, what is usual on such a weekday."""
        counts = rows["clark_lake"].to_numpy("float64", na_value=np.nan)
        usual = np.array([self.usual.get(weekday, self.median) for weekday in rows["weekday"].tolist()])
        return np.where(np.isnan(counts), usual, counts)

    def predict(self, rows: pd.DataFrame, config: dict[str, Any]) -> np.ndarray:
        """Thousands of riders."""
        return self.before(rows) + self.boosting.predict(columns(rows, config))


def train(config: dict[str, Any]) -> None:
    """Learn from the training split; the validation split is for whoever chooses parameters."""
    rows = pd.read_parquet(Path(config["input"]) / "train.parquet")
    model = Forecast(rows, rows[config["label"]["name"]], config)
    output = Path(config["output"])
    (output / "model").mkdir()
    joblib.dump(model, output / "model" / "model.joblib")
    (output / "metadata.json").write_text(json.dumps({"format": "sklearn"}))


def load(config: dict[str, Any]) -> Any:
    """The model in the folder that `train` filled."""
    return joblib.load(Path(config["model"]) / "model.joblib")


def answers(model: Any, rows: pd.DataFrame, config: dict[str, Any]) -> pd.DataFrame:
    """Thousands of riders."""
    return pd.DataFrame({"prediction": model.predict(rows, config)})


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
            self.reply({"model_name": "train-ridership", "outputs": outputs})

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
