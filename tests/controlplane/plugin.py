"""The control plane as a pytest fixture, and its versions and start-up time at the end of a run."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from controlplane.plane import ControlPlane
from judges.judge import AbsentError

STARTED = pytest.StashKey[str]()


@pytest.fixture(scope="session")
def controlplane(request: pytest.FixtureRequest) -> Iterator[ControlPlane]:
    """A running control plane, the same for all tests; absent, it skips the test, or fails it with REQUIRE_JUDGES=1."""
    try:
        plane = ControlPlane()
    except AbsentError as reason:
        if os.environ.get("REQUIRE_JUDGES") == "1":
            pytest.fail(f"control plane absent: {reason}", pytrace=False)
        pytest.skip(f"control plane absent: {reason}")
    versions = ", ".join(f"{name} {version}" for name, version in plane.versions.items())
    request.config.stash[STARTED] = f"ready in {plane.seconds:.1f} s: {versions}"
    yield plane
    plane.end()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name the versions of the control plane, and how long it took to start."""
    if STARTED in config.stash:
        terminalreporter.section("control plane")
        terminalreporter.write_line(config.stash[STARTED])
