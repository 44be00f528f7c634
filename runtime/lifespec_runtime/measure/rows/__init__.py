"""The model's rows: those of the label's source, each completed by at most one row of every other source.

The columns are called `source.column`. Data that is not as its contract says gives no rows at all: a model that is
trained, or judged, on what was left of it would be another one than people think.
"""

from __future__ import annotations

from .flawed import FlawedDataError
from .read import Rows, read_rows
from .used import Used, used

__all__ = ["FlawedDataError", "Rows", "Used", "read_rows", "used"]
