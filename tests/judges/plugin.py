"""The judges as pytest fixtures, and the list of judges at the end of a full run."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from goldens import is_full_run
from judges import kubectl, manifests
from judges.judge import AbsentError, Judge
from judges.registry import find, report


@pytest.fixture(scope="session")
def judge() -> Callable[[str], Judge]:
    """`judge(name)` is the judge; an absent one skips the test and is named, or fails it with REQUIRE_JUDGES=1."""

    def find_or_skip(name: str) -> Judge:
        try:
            return find(name)
        except AbsentError as reason:
            if os.environ.get("REQUIRE_JUDGES") == "1":
                pytest.fail(f"judge absent: {name}: {reason}", pytrace=False)
            pytest.skip(f"judge absent: {name}: {reason}")

    return find_or_skip


@pytest.fixture(scope="session")
def validate_manifest(judge: Callable[[str], Judge]) -> Callable[[dict[str, Any]], list[str]]:
    """`validate_manifest(object)` lists what is wrong with a Kubernetes object; its apiVersion chooses the judge."""
    return lambda manifest: manifests.validate(manifest, judge)


@pytest.fixture(scope="session")
def kustomize_build(judge: Callable[[str], Judge]) -> Callable[[Path], list[dict[str, Any]]]:
    """`kustomize_build(folder)` lists the objects that its kustomization builds; `ValueError` when it does not."""
    return lambda folder: kubectl.kustomize_build(judge("kubectl"), folder)


@pytest.fixture(scope="session")
def kubectl_read(judge: Callable[[str], Judge]) -> Callable[[str], list[dict[str, Any]]]:
    """`kubectl_read(text)` lists the objects in a YAML stream, each value with the type that kubectl gives it."""
    return lambda text: kubectl.read(judge("kubectl"), text)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name the judges that took part in a full run, and those that were absent."""
    if is_full_run(config):
        terminalreporter.section("judges")
        for line in report():
            terminalreporter.write_line(line)
