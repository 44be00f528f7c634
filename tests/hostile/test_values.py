"""Values that no person writes, in a sound spec: lint and compile name each at its place, and nothing is compiled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from documents.conftest import HERE as SOUND
from documents.conftest import Found, unmark
from hostile.edits import CLASSES
from lifespec_compiler.rules import RULES

FILES = {"specs/churn/lifecycle.yaml": "base.yaml", "specs/churn/model.yaml": "model.yaml"}
SPEC = "specs/churn/lifecycle.yaml"


@pytest.fixture
def repository(repository: Path) -> Path:
    """A sound repository with nearly every section of the language."""
    for name, sound in FILES.items():
        (repository / name).write_bytes((SOUND / sound).read_bytes())
    (repository / "lifespec.yaml").write_bytes((SOUND / "lifespec.yaml").read_bytes())
    return repository


CASES = [(kind, name) for kind, edits in CLASSES.items() for name in edits]


def ours(findings: list[dict[str, Any]]) -> list[Found]:
    """What reading the spec finds, without what rules think of it, and what follows for the file beside it."""
    keys = ("rule", "file", "line", "column", "endLine", "endColumn")
    found = [Found(*(each[key] for key in keys)) for each in findings if each["rule"] not in RULES]
    return sorted((each for each in found if each.file == SPEC), key=_position)


def _position(found: Found) -> tuple[object, ...]:
    return found.line, found.column, found.code


@pytest.mark.parametrize(("kind", "name"), CASES, ids=lambda part: part)
def test_a_value_is_refused_where_it_stands(kind, name, repository, told):
    old, new = CLASSES[kind][name]
    text = (repository / SPEC).read_text()
    assert text.count(old) == 1, old
    plain, promised = unmark(text.replace(old, new), SPEC)
    (repository / SPEC).write_text(plain, newline="")
    linted, compiled = told("lint", "--fail-on", "error"), told("compile")
    assert ours(linted.findings) == sorted(promised, key=_position)
    assert ours(compiled.findings) == ours(linted.findings)
    assert linted.exit_code == compiled.exit_code == 1
    assert not (repository / "generated").exists()


def test_the_sound_repository_compiles(repository, told):
    assert told("compile").exit_code == 0
    assert (repository / "generated").exists()
