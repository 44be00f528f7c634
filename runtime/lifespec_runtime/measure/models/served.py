"""A model folder whose command answers requests: what it takes to answer can then be timed without its start."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from lifespec_compiler.plan import Plan
from lifespec_compiler.training import serving_configuration

from .coding import Coding
from .errors import broken
from .predictions import Predictions
from .process import THREADS, kill_group, start, tail
from .server import HttpModel

HOST: Final = "127.0.0.1"
PAUSE: Final = 0.05


class ServedModel:
    """A command that keeps running and is asked over HTTP, for as long as a `with` block."""

    def __init__(
        self, plan: Plan, code: Coding, model: Path, command: Sequence[str], folder: Path, seconds: float = 60.0
    ) -> None:
        """Start `command` in `folder`; it may take so many seconds until it is ready, and for each answer."""
        self._plan, self._code, self._model = plan, code, model.absolute()
        self._command, self._folder, self._seconds = list(command), folder, seconds
        self._where = " ".join(self._command)
        self._stack = ExitStack()
        self._server: HttpModel | None = None

    def __enter__(self) -> Self:
        """Starts it. Raises `ModelError` where it does not become ready: an image need not know how to serve."""
        with self._stack as stack:
            scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lifespec-serve-")))
            port = _free_port()
            config, log = scratch / "config.json", scratch / "log"
            told = serving_configuration(self._plan, model=str(self._model), port=port)
            config.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
            variables = {"LIFESPEC_CONFIG": str(config)}
            if THREADS not in os.environ:  # for a few rows at a time, threads mostly wait for each other
                variables[THREADS] = "1"
            try:
                process = start(self._command, variables, self._folder, log)
            except OSError as error:
                raise broken("model-not-served", f"it cannot be started: {error.strerror}", self._where) from error
            stack.callback(kill_group, process)
            self._wait(process, port, log)
            self._server = HttpModel(self._plan, self._code, f"http://{HOST}:{port}", self._seconds)
            stack.callback(self._server.close)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends it, with all that it has started."""
        self._server = None
        self._stack.close()

    def predict(self, table: Any) -> Predictions:
        """The answers for the rows of a table of features."""
        if self._server is None:
            raise RuntimeError("a served model answers inside of its `with` block only")
        return self._server.predict(table)

    def _wait(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        """Waits until it says that it is ready."""
        deadline = time.monotonic() + self._seconds
        while not _is_ready(port):
            if process.poll() is not None:
                message = f"it ended with exit code {process.returncode}, and was to serve"
                raise broken("model-not-served", message, self._where, tail=tail(log))
            if time.monotonic() > deadline:
                message = f"it was not ready after {self._seconds:g} seconds"
                raise broken("model-not-served", message, self._where, tail=tail(log))
            time.sleep(PAUSE)


def _free_port() -> int:
    with socket.socket() as chosen:
        chosen.bind((HOST, 0))
        return int(chosen.getsockname()[1])


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/v2/health/ready")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
