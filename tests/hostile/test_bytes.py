"""The loader's bad files all the way through the command: as a file of specs, as the project file, in processes."""

from __future__ import annotations

import json

import pytest

from loader.test_bytes import REFUSED as BYTES
from loader.test_structure import REFUSED as STRUCTURES
from loader.test_structure import WIDE

FILE = "specs/hostile.yaml"


def content(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


CASES = {
    **{name: (content(text), found) for name, (text, found) in {**BYTES, **STRUCTURES}.items()},
    **{name: (content(text), [(*rules, *place)]) for name, (text, rules, place) in WIDE.items()},
}


@pytest.mark.parametrize("name", CASES)
def test_a_bad_file_is_told_at_its_places_by_lint_and_by_compile(name, repository, both):
    data, promised = CASES[name]
    (repository / FILE).write_bytes(data)
    assert sorted(both().places) == sorted((rule, FILE, line, column) for rule, line, column in promised)


@pytest.mark.parametrize("name", list(CASES)[::3])
def test_a_bad_project_file_is_told_at_its_places(name, repository, both):
    data, promised = CASES[name]
    (repository / "lifespec.yaml").write_bytes(data)
    told = {place for place in both().places if place[0] not in ("unknown-kind", "missing-field")}
    assert told == {(rule, "lifespec.yaml", line, column) for rule, line, column in promised}


@pytest.mark.parametrize("command", ["lint", "compile"])
def test_all_bad_files_at_once_are_told_in_a_process_of_its_own(command, repository, process):
    for number, (data, _) in enumerate(CASES.values()):
        (repository / f"specs/hostile-{number}.yaml").write_bytes(data)
    done = process(command, "--format", "json")
    assert done.returncode == 1
    assert done.stderr == b""
    told = {finding["file"] for finding in json.loads(done.stdout)["findings"] if finding["severity"] == "error"}
    assert told == {f"specs/hostile-{number}.yaml" for number in range(len(CASES))}
    assert not (repository / "generated").exists()


@pytest.mark.parametrize("command", ["lint", "compile"])
def test_all_bad_files_at_once_are_shown_to_people_with_nothing_that_does_not_print(command, repository, process):
    for number, (data, _) in enumerate(CASES.values()):
        (repository / f"specs/hostile-{number}.yaml").write_bytes(data)
    done = process(command)
    text = (done.stdout + done.stderr).decode()
    assert "Traceback" not in text
    assert all(character.isprintable() or character == "\n" for character in text)
