"""Dividing rows into train, validation and test, the same way on every machine and in whatever order they came.

No row is in two splits, nor are two rows of one key, or of one group. A row without a label is in none of them, since
it can neither teach nor judge; and it moves no other row.
"""

from __future__ import annotations

from .divide import Split, split
from .folds import Fold, folds

__all__ = ["Fold", "Split", "folds", "split"]
