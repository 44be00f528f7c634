"""Times whole processes against each other: alternating runs, medians, the ratio pair by pair."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple


class Comparison(NamedTuple):
    """Wall seconds of two commands, run in turn."""

    ours: float
    floor: float
    ratio: float
    """The median of the ratios of neighbouring runs: it holds when the machine's speed drifts."""


def seconds(command: Sequence[str], folder: Path) -> float:
    """One run's wall time; the command must succeed. Bytecode is neither written nor missing."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def compare(ours: Sequence[str], floor: Sequence[str], folder: Path, runs: int = 21, warmup: int = 3) -> Comparison:
    """Runs the two commands A B A B … and compares them."""
    for _ in range(warmup):
        seconds(ours, folder)
        seconds(floor, folder)
    pairs = [(seconds(ours, folder), seconds(floor, folder)) for _ in range(runs)]
    return Comparison(
        statistics.median(mine for mine, _ in pairs),
        statistics.median(other for _, other in pairs),
        statistics.median(mine / other for mine, other in pairs),
    )
