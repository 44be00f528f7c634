"""Golden files: expected bytes under tests/golden, rewritten by `pytest --update`, never by CI.

A golden that is missing fails. One that no test opened in a full run fails too, so that nothing stale stays. "Opened"
is seen by an audit hook: inputs beside the goldens count without anybody registering them.
"""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent / "golden"

_opened: set[str] = set()
_unread: list[str] = []


class Golden:
    """One golden file."""

    def __init__(self, path: Path, *, update: bool) -> None:
        self._path = ROOT / path
        self._update = update

    def check(self, actual: str) -> None:
        """Fail with a diff unless the file holds exactly this text in UTF-8; with `--update`, write it instead."""
        expected = self._path.read_bytes() if self._path.exists() else None
        if expected == actual.encode():
            return
        if self._update:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_bytes(actual.encode())
            _opened.add(str(self._path))
        elif expected is None:
            pytest.fail(f"missing golden {self._path}: `pytest --update` writes it", pytrace=False)
        else:
            before, after = expected.decode().splitlines(keepends=True), actual.splitlines(keepends=True)
            difference = (
                "".join(difflib.unified_diff(before, after, str(self._path), "actual")) or "only line endings differ\n"
            )
            pytest.fail(f"{difference}`pytest --update` accepts the new text", pytrace=False)


@pytest.fixture
def golden(pytestconfig: pytest.Config) -> Callable[[Path], Golden]:
    """`golden(path).check(actual)`: the path is absolute or relative to tests/golden."""
    return lambda path: Golden(path, update=bool(pytestconfig.getoption("--update")))


def is_full_run(config: pytest.Config) -> bool:
    """Tell whether every test was asked for: no paths, no selection."""
    chosen = ("keyword", "markexpr", "lf", "last_failed", "deselect", "collectonly", "stepwise", "maxfail")
    return config.args_source is not pytest.Config.ArgsSource.ARGS and not any(
        config.getoption(name, None) for name in chosen
    )


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--update`."""
    parser.addoption("--update", action="store_true", help="rewrite golden files that differ or are missing")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse `--update` in CI, and start to watch which files are opened."""
    if config.getoption("--update") and os.environ.get("CI"):
        raise pytest.UsageError("--update is for people: CI never rewrites what it compares with")
    sys.addaudithook(_watch)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand a worker's list to the controller; there, fail a full and clean run that left a golden unopened."""
    to_controller: dict[str, object] | None = getattr(session.config, "workeroutput", None)
    if to_controller is not None:
        to_controller["goldens"] = sorted(_opened)
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = bool(reporter and reporter.stats.get("skipped"))
    if session.exitstatus != pytest.ExitCode.OK or skipped or not is_full_run(session.config):
        return
    _unread.extend(str(path) for path in sorted(ROOT.rglob("*")) if path.is_file() and str(path) not in _opened)
    if _unread:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a worker has opened."""
    _opened.update(getattr(node, "workeroutput", {}).get("goldens", ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List the goldens that no test opened."""
    if _unread:
        terminalreporter.section("goldens that no test opened: delete them, or test them", red=True)
        for path in _unread:
            terminalreporter.write_line(path)


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and isinstance(arguments[0], str) and "golden" in arguments[0]:
        path = os.path.abspath(arguments[0])  # noqa: PTH100  resolving links would open files, and so call this hook again
        if path.startswith(f"{ROOT}{os.sep}"):
            _opened.add(path)
