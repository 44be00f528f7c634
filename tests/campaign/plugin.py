"""Shows, after the tests, how many runs of the campaign there were, and what they came to."""

from __future__ import annotations

from typing import Any

import pytest

_lines: list[str] = []


def say(line: str) -> None:
    """A line for the end."""
    _lines.append(line)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand a worker's lines to the controller."""
    to_controller: dict[str, object] | None = getattr(session.config, "workeroutput", None)
    if to_controller is not None:
        to_controller["campaign"] = _lines


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a worker has to say."""
    _lines.extend(getattr(node, "workeroutput", {}).get("campaign", ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it."""
    if _lines:
        terminalreporter.section("campaign")
        for line in _lines:
            terminalreporter.write_line(line)
