from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import pytest

from judges.judge import Judge

PACKAGES = {"numpy": "scikit-learn", "sklearn": "scikit-learn", "scipy": "scipy", "fairlearn": "fairlearn"}


@pytest.fixture(scope="session")
def function(judge: Callable[[str], Judge]) -> Callable[[str], Any]:
    """`function("sklearn.metrics.f1_score")` is that function; its library is a judge, absent ones skip or fail."""

    def find(dotted: str) -> Any:
        judge(PACKAGES[dotted.partition(".")[0]])
        module, _, name = dotted.rpartition(".")
        return getattr(importlib.import_module(module), name)

    return find
