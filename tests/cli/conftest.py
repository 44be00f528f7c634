from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from invoking import invoke
from lifecycles import small

PROJECT = """\
apiVersion: lifespec.dev/v1alpha1
kind: LifespecProject
spec:
  targets: [kubernetes, docs]
  environments:
    - {name: staging, namespace: "{namespace}-staging", gateway: {name: edge, namespace: gateways}}
    - {name: production, namespace: "{namespace}", gateway: {name: edge, namespace: gateways}}
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two sound specs and a project file, in which the command is started."""
    (tmp_path / "lifespec.yaml").write_text(PROJECT)
    for name in ("churn", "fraud"):
        document = small()
        document["metadata"]["name"] = name
        folder = tmp_path / "specs" / name
        folder.mkdir(parents=True)
        (folder / "lifecycle.yaml").write_text(json.dumps(document, indent=1))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run() -> Callable[..., Result]:
    """`run("lint", "specs")` runs the command in this process."""
    return invoke


@pytest.fixture
def process() -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """`process("lint", …)` runs the command as users do, in a process of its own."""

    def start(
        *arguments: str, env: Mapping[str, str] | None = None, **options: Any
    ) -> subprocess.CompletedProcess[bytes]:
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **(env or {})}
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        return subprocess.run(command(*arguments), env=environment, check=False, timeout=120, **options)

    return start


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from lifespec_runtime.cli import main; main()", *arguments]


@pytest.fixture
def started() -> Callable[..., list[str]]:
    """`started("lint", …)` is the command line of the command, for tests that start it in their own way."""
    return command
