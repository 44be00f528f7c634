"""Runs in the judge's own environment: expectations about a Parquet file, held by Great Expectations.

Reads {data, expectations: [[type, arguments], …]} and writes a list of {success, unexpected, observed}.
"""

from __future__ import annotations

import json
import sys

import great_expectations as gx  # pyright: ignore[reportMissingImports] - in the judge's environment only
import pandas as pd

job = json.load(sys.stdin)
context = gx.get_context(mode="ephemeral")
context.variables.progress_bars = {"globally": False}
asset = context.data_sources.add_pandas("rows").add_dataframe_asset("rows")
batch = asset.add_batch_definition_whole_dataframe("rows").get_batch({"dataframe": pd.read_parquet(job["data"])})
answers = []
for kind, arguments in job["expectations"]:
    name = "".join(part.title() for part in kind.split("_"))
    result = batch.validate(getattr(gx.expectations, name)(**arguments)).to_json_dict()
    found = result["result"]
    answers.append(
        {
            "success": result["success"],
            "unexpected": found.get("unexpected_count"),
            "observed": found.get("observed_value"),
        }
    )
sys.stdout.write("\n" + json.dumps(answers))
