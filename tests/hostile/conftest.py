"""A repository to break, and the command run on it as people run it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner

from lifecycles import small
from lifespec_runtime.cli.app import lifespec

SPEC = "specs/churn/lifecycle.yaml"
PROJECT = """\
apiVersion: lifespec.dev/v1alpha1
kind: LifespecProject
spec:
  targets: [kubernetes, docs]
  environments:
    - {name: staging, namespace: "{namespace}-staging", gateway: {name: edge, namespace: gateways}}
    - {name: production, namespace: "{namespace}", gateway: {name: edge, namespace: gateways}}
"""


class Told(NamedTuple):
    """What a run of the command came to."""

    exit_code: int
    findings: list[dict[str, Any]]
    """Those that are errors."""
    output: str

    @property
    def codes(self) -> set[str]:
        """The ids of the errors."""
        return {finding["rule"] for finding in self.findings}

    @property
    def places(self) -> list[tuple[str, str, int | None, int | None]]:
        """Id, file, line and column of each error."""
        return [(found["rule"], found["file"], found["line"], found["column"]) for found in self.findings]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a project file and one sound spec, in which the command is started."""
    (tmp_path / "lifespec.yaml").write_text(PROJECT)
    (tmp_path / SPEC).parent.mkdir(parents=True)
    (tmp_path / SPEC).write_text(json.dumps(small(), indent=1))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def open_repository(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The same where everybody may enter, which the folders of tests do not allow."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    (folder / "lifespec.yaml").write_text(PROJECT)
    (folder / SPEC).parent.mkdir(parents=True)
    (folder / SPEC).write_text(json.dumps(small(), indent=1))
    monkeypatch.chdir(folder)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def told() -> Callable[..., Told]:
    """`told("lint", "specs")` runs the command in this process; whatever it says must print and be one document."""

    def run(*arguments: str) -> Told:
        done = CliRunner().invoke(lifespec, [*arguments, "--format", "json"], prog_name="lifespec")
        assert isinstance(done.exception, SystemExit | None), done.exception
        assert "Traceback" not in done.output
        assert done.stdout.isascii()
        findings = json.loads(done.stdout)["findings"]
        for finding in findings:
            assert finding["message"].isprintable(), finding
            assert finding["help"].isprintable(), finding
            assert len(finding["message"]) < 700, finding
        return Told(done.exit_code, [each for each in findings if each["severity"] == "error"], done.output)

    return run


@pytest.fixture
def both(told) -> Callable[[], Told]:
    """`both()` lints and compiles everything: they must find the same errors, and nothing may be written."""

    def run() -> Told:
        linted, compiled = told("lint"), told("compile")
        assert linted.exit_code in (1, 2)
        assert compiled.exit_code == linted.exit_code
        assert compiled.codes == linted.codes
        assert not Path("generated").exists()
        return linted

    return run


@pytest.fixture
def text_of() -> Callable[..., str]:
    """`text_of("lint")`: what people see of a run; only line ends and what prints may be in it."""

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(lifespec, arguments, prog_name="lifespec")
        assert isinstance(done.exception, SystemExit | None), done.exception
        assert "Traceback" not in done.output
        return done.output

    return run


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from lifespec_runtime.cli import main; main()", *arguments]


@pytest.fixture
def process() -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """`process("lint", …)` runs the command in a process of its own."""

    def start(
        *arguments: str, env: Mapping[str, str] | None = None, **options: Any
    ) -> subprocess.CompletedProcess[bytes]:
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1", **(env or {})}
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        return subprocess.run(command(*arguments), env=environment, check=False, timeout=120, **options)

    return start


@pytest.fixture
def started() -> Callable[..., list[str]]:
    """`started("lint", …)` is the command line of the command, for tests that start it in their own way."""
    return command
