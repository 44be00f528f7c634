"""The 21 rules of `lifecycle.yaml` by Great Expectations: `expectations.py FILE`."""

from __future__ import annotations

import sys

import great_expectations as gx  # pyright: ignore[reportMissingImports] - in the peers' environment only
import pandas as pd
from wanted import CODE, COUNTRIES, EMAIL, PLANS

expect = gx.expectations
WANTED = [
    expect.ExpectColumnValuesToNotBeNull(column="id"),
    expect.ExpectColumnValuesToBeUnique(column="id"),
    expect.ExpectColumnValuesToNotBeNull(column="age"),
    expect.ExpectColumnValuesToBeBetween(column="age", min_value=0),
    expect.ExpectColumnValuesToBeBetween(column="age", max_value=120),
    expect.ExpectColumnValuesToBeBetween(column="amount", min_value=0),
    expect.ExpectColumnValuesToBeBetween(column="amount", max_value=100_000),
    expect.ExpectColumnValuesToNotBeNull(column="plan"),
    expect.ExpectColumnValuesToBeInSet(column="plan", value_set=sorted(PLANS)),
    expect.ExpectColumnValuesToBeInSet(column="country", value_set=sorted(COUNTRIES)),
    expect.ExpectColumnValuesToMatchRegex(column="email", regex=f"^{EMAIL}$"),
    expect.ExpectColumnValuesToMatchRegex(column="code", regex=f"^{CODE}$"),
    expect.ExpectColumnValueLengthsToBeBetween(column="code", min_value=4),
    expect.ExpectColumnValueLengthsToBeBetween(column="code", max_value=12),
    expect.ExpectColumnValuesToBeBetween(column="score", min_value=-10),
    expect.ExpectColumnValuesToBeBetween(column="score", max_value=10),
    expect.ExpectColumnValuesToNotBeNull(column="signup"),
    expect.ExpectColumnValuesToNotBeNull(column="updated"),
    expect.ExpectColumnValuesToNotBeNull(column="churned"),
    expect.ExpectColumnValuesToNotBeNull(column="note", mostly=0.5),
    expect.ExpectTableRowCountToBeBetween(min_value=1000),
]

context = gx.get_context(mode="ephemeral")
context.variables.progress_bars = {"globally": False}
asset = context.data_sources.add_pandas("rows").add_dataframe_asset("rows")
batch = asset.add_batch_definition_whole_dataframe("rows").get_batch({"dataframe": pd.read_parquet(sys.argv[1])})
answer = batch.validate(gx.ExpectationSuite(name="rules", expectations=WANTED), result_format="SUMMARY")
failed = [result.expectation_config.type for result in answer.results if not result.success]
print(len(answer.results), failed)
sys.exit(1 if failed else 0)
