"""Trains a model that tells which customers will leave, asks it, and serves it.

`lifespec train specs/minimal` and `lifespec evaluate` run it; so does the training Job, in an image whose command
it is. What they want stands in the JSON file that LIFESPEC_CONFIG names. It needs pandas, pyarrow and scikit-learn.
"""

from __future__ import annotations

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import joblib
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier


def columns(rows: pd.DataFrame, config: dict[str, Any]) -> pd.DataFrame:
    """The features as the model takes them: numbers, NaN where there is none, and categories."""
    types = {
        feature["name"]: "category" if feature["type"] == "string" else "float64" for feature in config["features"]
    }
    return rows[list(types)].astype(types)


def train(config: dict[str, Any]) -> None:
    """Learn from the training split; the validation split is for whoever chooses parameters."""
    rows = pd.read_parquet(Path(config["input"]) / "train.parquet")
    model = HistGradientBoostingClassifier(
        learning_rate=0.05, max_iter=120, max_leaf_nodes=8, min_samples_leaf=40, random_state=config["seed"]
    )
    model.fit(columns(rows, config), rows[config["label"]["name"]])
    output = Path(config["output"])
    (output / "model").mkdir()
    joblib.dump(model, output / "model" / "model.joblib")
    (output / "metadata.json").write_text(json.dumps({"format": "sklearn", "iterations": model.n_iter_}))


def load(config: dict[str, Any]) -> Any:
    """The model in the folder that `train` filled."""
    return joblib.load(Path(config["model"]) / "model.joblib")


def answers(model: Any, rows: pd.DataFrame, config: dict[str, Any]) -> pd.DataFrame:
    """The more likely label of each row, and the probability of the positive one."""
    probabilities = model.predict_proba(columns(rows, config))
    score = probabilities[:, list(model.classes_).index(config["label"]["positive"])]
    return pd.DataFrame({"prediction": model.classes_[probabilities.argmax(axis=1)], "score": score})


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
                for name, kind in (("prediction", "BYTES"), ("score", "FP64"))
            ]
            self.reply({"model_name": "churn", "outputs": outputs})

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
