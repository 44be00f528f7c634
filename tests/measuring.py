"""The functions that measure, without their types: a test takes apart what may be a value, absent or undefined."""

from __future__ import annotations

from typing import Any

from lifespec_runtime.measure import metrics

Sample: Any = metrics.Sample
measure: Any = metrics.measure
compare: Any = metrics.compare
