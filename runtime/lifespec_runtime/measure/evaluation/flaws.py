"""What can be wrong with what an evaluation is given, by code. Light: whoever explains a code imports it."""

from __future__ import annotations

from typing import Final

CODES: Final = {
    "evaluation-too-large": "there are more checks and slices than a report has room for",
    "model-no-command": "nothing says which command predicts with a model",
    "model-no-model": "what should be a model is neither a folder with one nor the address of a server",
    "predictions-extra-rows": "a file of predictions has rows that are no rows of the data",
    "predictions-missing-rows": "a file of predictions covers neither the test split nor all rows",
    "predictions-no-key": "nothing tells which row of the data a prediction is for",
    "predictions-repeated-rows": "a file of predictions has two answers for one row",
}
"""Code -> what is wrong."""
