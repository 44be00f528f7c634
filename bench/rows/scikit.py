"""The metrics of `evaluation.yaml` by scikit-learn, of all rows and of each slice: `scikit.py ROWS SCORES`."""

from __future__ import annotations

import sys

import pandas as pd
from sklearn import metrics

rows = pd.read_parquet(sys.argv[1]).merge(pd.read_parquet(sys.argv[2]), on="id")
found = {}
for name, part in [("", rows), *rows.groupby("region")]:
    label, score, prediction = part["churned"], part["score"], part["prediction"]
    found[name] = {
        "rocAuc": metrics.roc_auc_score(label, score),
        "averagePrecision": metrics.average_precision_score(label, score),
        "logLoss": metrics.log_loss(label, score),
        "brier": metrics.brier_score_loss(label, score),
        "accuracy": metrics.accuracy_score(label, prediction),
        "precision": metrics.precision_score(label, prediction),
        "recall": metrics.recall_score(label, prediction),
        "f1": metrics.f1_score(label, prediction),
    }
print(found[""])
