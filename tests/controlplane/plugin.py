"""The control plane as a pytest fixture, and its versions and start-up times at the end of a run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from controlplane.plane import ControlPlane
from judges.judge import AbsentError

STARTED = pytest.StashKey[list[str]]()
WORKER_OUTPUT = "control planes"


@pytest.fixture(scope="session")
def controlplane(request: pytest.FixtureRequest) -> Iterator[ControlPlane]:
    """A running control plane, the same for all tests; absent, it skips the test, or fails it with REQUIRE_JUDGES=1."""
    plane = started(request.config)
    yield plane
    plane.end()


def started(config: pytest.Config) -> ControlPlane:
    """Start a control plane, to be named at the end of the run."""
    try:
        plane = ControlPlane()
    except AbsentError as reason:
        if os.environ.get("REQUIRE_JUDGES") == "1":
            pytest.fail(f"control plane absent: {reason}", pytrace=False)
        pytest.skip(f"control plane absent: {reason}")
    versions = ", ".join(f"{name} {version}" for name, version in plane.versions.items())
    line = f"ready in {plane.seconds:.1f} s: {versions}"
    config.stash.setdefault(STARTED, []).append(line)
    return plane


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of pytest-xdist hands over what it started: only the controller prints."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[WORKER_OUTPUT] = session.config.stash.get(STARTED, [])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """The controller collects what a worker started."""
    node.config.stash.setdefault(STARTED, []).extend(getattr(node, "workeroutput", {}).get(WORKER_OUTPUT, []))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name the versions of every control plane, and how long it took to start."""
    if lines := config.stash.get(STARTED, []):
        terminalreporter.section("control planes")
        for line in lines:
            terminalreporter.write_line(line)
