"""Writes labelled rows and what a model says of them: `scores.py ROWS_FILE SCORES_FILE ROWS`, the same every time."""

from __future__ import annotations

import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

REGIONS = [f"region-{number:02}" for number in range(20)]

rows = int(sys.argv[3])
chance = np.random.default_rng(7)
score = chance.beta(1.0, 3.0, rows)
region = pa.array(REGIONS).take(pa.array(chance.integers(0, len(REGIONS), rows)))
label = pa.array(chance.random(rows) < score)
ids = pa.array(np.arange(rows))
x = pa.array(chance.normal(size=rows))
pq.write_table(pa.table({"id": ids, "x": x, "region": region, "churned": label}), sys.argv[1])
pq.write_table(pa.table({"id": ids, "prediction": pa.array(score > 0.5), "score": score}), sys.argv[2])
