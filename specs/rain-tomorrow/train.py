"""Trains a model that tells how much it will rain tomorrow, asks it, and serves it.

`lifespec train specs/rain-tomorrow` and `lifespec evaluate` run it; so does the training Job, in an image whose command
it is. What they want stands in the JSON file that LIFESPEC_CONFIG names. It needs pandas, pyarrow and scikit-learn.
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
from sklearn.ensemble import RandomForestClassifier


class Preparation:
    """What the spec says is done to the features; what it needs for that, it learns on train."""

    def __init__(self, rows: pd.DataFrame, features: list[dict[str, Any]]) -> None:
        self.features = features
        self.learnt = {feature["name"]: self.learn(rows[feature["name"]], feature["transform"]) for feature in features}

    @staticmethod
    def learn(values: pd.Series, transform: dict[str, Any]) -> Any:
        """The categories of oneHot, the bounds of minMax, what impute fills in."""
        kind = transform["kind"]
        if kind == "oneHot":
            return np.sort(values.dropna().unique())
        if kind == "minMax":
            return values.min(), values.max()
        if kind == "impute":
            fillings = {"median": values.median, "mean": values.mean, "constant": lambda: transform["constant"]}
            return fillings[transform["value"]]()
        return None

    def __call__(self, rows: pd.DataFrame) -> np.ndarray:
        """The numbers that the forest takes."""
        parts = []
        for feature in self.features:
            name, kind, learnt = feature["name"], feature["transform"]["kind"], self.learnt[feature["name"]]
            values = rows[name].to_numpy("float64", na_value=np.nan)
            if kind == "oneHot":
                parts.append(values[:, None] == learnt)
            elif kind == "minMax":
                parts.append((values[:, None] - learnt[0]) / (learnt[1] - learnt[0]))
            elif kind == "impute":
                parts.append(np.where(np.isnan(values), learnt, values)[:, None])
            elif kind == "bucketize":
                parts.append(np.searchsorted(feature["transform"]["boundaries"], values, side="right")[:, None])
            else:
                parts.append(values[:, None])
        return np.hstack(parts).astype("float32")


class Trees:
    """All trees of a forest as one table of nodes, so that a row goes down all of them at once.

    Asked for one row at a time, the forest itself spends nearly all of its time on beginning with each tree.
    """

    def __init__(self, forest: RandomForestClassifier) -> None:
        trees = [tree.tree_ for tree in forest.estimators_]
        starts = np.cumsum([0, *(tree.node_count for tree in trees)])
        self.classes_ = forest.classes_
        self.roots = starts[:-1]
        self.depth = max(tree.max_depth for tree in trees)
        self.feature = np.concatenate([np.maximum(tree.feature, 0) for tree in trees])
        self.threshold = np.concatenate([tree.threshold for tree in trees])
        shares = np.concatenate([tree.value[:, 0, :] for tree in trees])
        self.shares = shares / shares.sum(axis=1, keepdims=True)
        self.left, self.right = (
            np.concatenate([self.below(getattr(tree, side), start) for tree, start in zip(trees, starts, strict=False)])
            for side in ("children_left", "children_right")
        )

    @staticmethod
    def below(children: np.ndarray, start: int) -> np.ndarray:
        """The places of the nodes' children; a leaf is its own child."""
        return start + np.where(children < 0, np.arange(len(children)), children)

    def predict_proba(self, rows: np.ndarray) -> np.ndarray:
        """The mean of the shares in the leaves that each row comes to."""
        nodes = np.tile(self.roots, (len(rows), 1))
        for _ in range(self.depth):
            goes_left = np.take_along_axis(rows, self.feature[nodes], axis=1) <= self.threshold[nodes]
            nodes = np.where(goes_left, self.left[nodes], self.right[nodes])
        return self.shares[nodes].mean(axis=1)


def train(config: dict[str, Any]) -> None:
    """Learn from the training split; the validation split is for whoever chooses parameters."""
    rows = pd.read_parquet(Path(config["input"]) / "train.parquet")
    prepared = Preparation(rows, config["features"])
    forest = RandomForestClassifier(
        config["parameters"]["trees"],
        min_samples_leaf=config["parameters"]["minRowsPerLeaf"],
        random_state=config["seed"],
    )
    model = prepared, Trees(forest.fit(prepared(rows), rows[config["label"]["name"]]))
    output = Path(config["output"])
    (output / "model").mkdir()
    joblib.dump(model, output / "model" / "model.joblib")
    (output / "metadata.json").write_text(json.dumps({"format": "sklearn"}))


def load(config: dict[str, Any]) -> Any:
    """The model in the folder that `train` filled."""
    return joblib.load(Path(config["model"]) / "model.joblib")


def answers(model: Any, rows: pd.DataFrame, config: dict[str, Any]) -> pd.DataFrame:  # noqa: ARG001
    """The most likely class of each row, and the probability of each class."""
    prepared, forest = model
    probabilities = forest.predict_proba(prepared(rows))
    scores = {f"score.{name}": probabilities[:, place] for place, name in enumerate(forest.classes_)}
    return pd.DataFrame({"prediction": forest.classes_[probabilities.argmax(axis=1)], **scores})


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
                {
                    "name": name,
                    "shape": [len(found)],
                    "datatype": "BYTES" if name == "prediction" else "FP64",
                    "data": found[name].tolist(),
                }
                for name in found.columns
            ]
            self.reply({"model_name": "rain-tomorrow", "outputs": outputs})

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
