"""Running a user's command: with a time limit, in a group of its own, and without our environment."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

PASSED_ON: Final = (
    *("PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "TEMP", "TMP"),
    *("VIRTUAL_ENV", "LD_LIBRARY_PATH", "OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES", "SYSTEMROOT"),
)
"""The environment variables that a user's command sees; keys and tokens of the caller are none of them."""

THREADS: Final = "OMP_NUM_THREADS"
"""How many threads libraries of numbers start; the caller's own choice comes first."""

TAIL_BYTES: Final = 4000


class Ended(NamedTuple):
    """How a command ended."""

    code: int | None
    """Its exit code, negative for a signal; None where it took too long and was killed."""
    tail: str
    """The end of what it wrote, of both its streams. It may hold anything."""


def run(command: Sequence[str], variables: Mapping[str, str], folder: Path, seconds: float, log: Path) -> Ended:
    """Runs a command in `folder`; what it writes goes into `log`. Raises OSError where it cannot be started.

    Nothing that it has started outlives it: its group is killed when it ends, however it ends.
    """
    process = start(command, variables, folder, log)
    try:
        code: int | None = process.wait(seconds)
    except subprocess.TimeoutExpired:
        code = None
    finally:
        kill_group(process)
    return Ended(code, tail(log))


def start(command: Sequence[str], variables: Mapping[str, str], folder: Path, log: Path) -> subprocess.Popen[bytes]:
    """A command that has been started in a group of its own; whoever starts it kills the group."""
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    with log.open("wb") as output:
        return subprocess.Popen(  # noqa: S603 - the user's own command, without a shell
            list(command),
            cwd=folder,
            env={**environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Ends a command and all that it has started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # the group is gone; macOS says that it is not ours
        process.kill()
    process.wait()


def tail(log: Path) -> str:
    """The end of a log."""
    with log.open("rb") as stream:
        stream.seek(max(0, log.stat().st_size - TAIL_BYTES))
        return stream.read().decode("utf-8", "replace")
