"""Bad documents end to end: files in a folder, `lifespec lint`, and the findings with their places.

A bad text is written with marks: `«code|text»` says that the finding `code` has its caret under exactly this text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from lifespec_compiler.rules import RULES
from lifespec_runtime.cli.app import lifespec

HERE = Path(__file__).parent
SPEC = "specs/churn/lifecycle.yaml"
MODEL = "specs/churn/model.yaml"
PROJECT = "lifespec.yaml"


class Found(NamedTuple):
    """A finding as an editor shows it; columns count characters from 1, the end is exclusive."""

    code: str
    file: str
    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None


class Linted(NamedTuple):
    exit_code: int
    found: list[Found]
    findings: list[dict[str, object]]


def unmark(text: str, file: str) -> tuple[str, list[Found]]:
    """The text without marks, and the findings that the marks promise."""
    plain, promised, open_marks = "", [], []
    rest = text
    while rest:
        character, rest = rest[0], rest[1:]
        line, column = plain.count("\n") + 1, len(plain) - plain.rfind("\n")
        if character == "«":
            code, _, rest = rest.partition("|")
            open_marks.append((code, line, column))
        elif character == "»":
            code, start_line, start_column = open_marks.pop()
            promised.append(Found(code, file, start_line, start_column, line, column))
        else:
            plain += character
    assert not open_marks, "a mark is never closed"
    return plain, promised


@pytest.fixture
def lint(tmp_path, monkeypatch) -> Callable[[Mapping[str, str | bytes]], Linted]:
    """`lint(files)` writes files by their paths and runs `lifespec lint specs`; findings of rules are left out."""

    def run(files: Mapping[str, str | bytes]) -> Linted:
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        (tmp_path / "specs").mkdir(exist_ok=True)
        monkeypatch.chdir(tmp_path)
        done = CliRunner().invoke(lifespec, ["lint", "specs", "--format", "json"])
        assert isinstance(done.exception, SystemExit | None), done.exception
        findings = [
            finding
            for finding in json.loads(done.stdout)["findings"]
            if finding["severity"] != "info" and finding["rule"] not in RULES
        ]
        keys = ("rule", "file", "line", "column", "endLine", "endColumn")
        found = [Found(*(finding[key] for key in keys)) for finding in findings]
        return Linted(done.exit_code, found, findings)

    return run


@pytest.fixture
def files() -> dict[str, str]:
    """A sound repository: a spec with nearly every section, a model version, a project with two environments."""
    return {
        SPEC: (HERE / "base.yaml").read_text(),
        MODEL: (HERE / "model.yaml").read_text(),
        PROJECT: (HERE / "lifespec.yaml").read_text(),
    }


@pytest.fixture
def expect(files, lint) -> Callable[..., Linted]:
    """`expect(file, old, new)` replaces text of a sound file by marked text and wants just what the marks promise."""

    def check(file: str, old: str, new: str, *, also: Mapping[str, str | bytes] | None = None) -> Linted:
        assert files[file].count(old) == 1, f"{old!r} stands {files[file].count(old)} times in {file}"
        plain, promised = unmark(files[file].replace(old, new), file)
        linted = lint({**files, **(also or {}), file: plain})
        assert promised, "a bad document promises a finding"
        assert linted.found == sorted(promised, key=lambda found: (found.line, found.column, found.code))
        assert linted.exit_code == 1
        assert all(finding["message"] for finding in linted.findings)
        return linted

    return check


@pytest.fixture
def unmarked() -> Callable[[str, str], tuple[str, list[Found]]]:
    """`unmarked(text, file)` is the text without marks, and what they promise."""
    return unmark
