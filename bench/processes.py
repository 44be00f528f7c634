"""Times whole processes: CPU and wall seconds and peak memory, as the system accounts for them; in turn, medians."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple


class Command(NamedTuple):
    """A program to be timed."""

    arguments: tuple[str, ...]
    folder: Path
    prepare: Callable[[], object] = lambda: None
    """Done before each run, not timed."""
    environment: Mapping[str, str] = {}
    codes: frozenset[int] = frozenset({0})
    """The exit codes of a run that did its work."""


class Usage(NamedTuple):
    """What one run took, with the processes that it started and waited for."""

    cpu: float
    """User and system seconds."""
    wall: float
    peak: int
    """Bytes of the largest single process."""


class FailedError(Exception):
    """A program did not do its work; the message is the end of what it said."""


def run(command: Command) -> Usage:
    """Runs a program once. Its bytecode is neither missing nor written again."""
    command.prepare()
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    process = subprocess.Popen(
        command.arguments,
        cwd=command.folder,
        env={**environment, **command.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    with process:
        said = process.stderr.read() if process.stderr else b""
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in command.codes:
        raise FailedError(said.decode(errors="replace").strip()[-300:] or f"exit code {process.returncode}")
    return Usage(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * 1024)


def in_turn(commands: Sequence[Command], runs: int, warmup: int = 1) -> list[list[Usage]]:
    """The usages of each command, run A B C A B C …, so that a machine that slows down slows all of them."""
    for _ in range(warmup):
        for command in commands:
            run(command)
    rounds = [[run(command) for command in commands] for _ in range(runs)]
    return [list(column) for column in zip(*rounds, strict=True)]


def median(usages: Sequence[Usage]) -> Usage:
    """The median of each figure."""
    return Usage(
        statistics.median(usage.cpu for usage in usages),
        statistics.median(usage.wall for usage in usages),
        int(statistics.median(usage.peak for usage in usages)),
    )


def ratio(ours: Sequence[Usage], theirs: Sequence[Usage], figure: str = "cpu") -> float:
    """The median of the ratios of runs that stood side by side: it holds when the machine's speed drifts."""
    pairs = zip(ours, theirs, strict=True)
    return statistics.median(getattr(mine, figure) / getattr(other, figure) for mine, other in pairs)
