from __future__ import annotations

import re
from pathlib import Path

import pytest

LOCKS = sorted((Path(__file__).parents[2] / "requirements").glob("*.txt"))
VERSION = r"(?P<version>(?:[0-9]+!)?[0-9][0-9a-z.+]*)"
PIN = re.compile(rf"(?P<name>[a-z0-9][a-z0-9-]*)=={VERSION}(?: ; (?P<marker>[^\\]+))? \\")
LINE = re.compile(rf"{PIN.pattern}|    --hash=sha256:[0-9a-f]{{64}}(?: \\)?|    #(?: .*)?")


def test_there_is_a_lock_for_every_use():
    assert [lock.stem for lock in LOCKS] == ["build", "dev", "examples", "image", "run", "standards"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_holds_names_versions_and_hashes_and_no_address(lock):
    text = lock.read_text("utf-8")
    assert [line for line in text.splitlines() if not LINE.fullmatch(line)] == []
    assert re.search(r"://|@|--(?:extra-)?index|--find-links|--trusted-host", text) is None


def test_no_two_locks_disagree_on_a_version():
    versions: dict[tuple[str, str], set[str]] = {}
    for lock in LOCKS:
        for pin in PIN.finditer(lock.read_text("utf-8")):
            versions.setdefault((pin["name"], pin["marker"] or ""), set()).add(pin["version"])
    assert versions
    assert {pin: found for pin, found in versions.items() if len(found) > 1} == {}
