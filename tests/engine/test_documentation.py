"""The page on the engine names what there is, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from lifespec_compiler.engine.archive import ENTRIES
from lifespec_compiler.engine.gates import LOOKS
from lifespec_compiler.engine.history import MOST, REQUESTS, TRAININGS
from lifespec_compiler.engine.requests import ORDER
from lifespec_compiler.engine.step import CONCERNS
from lifespec_compiler.engine.transitions import ROLLOUT, RUN

PAGE = (Path(__file__).parents[2] / "docs/deciding/engine.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]


def rows(title: str) -> list[str]:
    return re.findall(r"^\| (?!---)(.+?) \|", section(title), re.MULTILINE)[1:]


def test_the_order_of_concerns_is_the_engines():
    names = re.findall(r"^\| \d+ \| `(\w+)` \|", section("What acts first"), re.MULTILINE)
    assert names == [concern.__name__ for concern in CONCERNS]


def test_the_order_of_requests_is_the_engines():
    told = re.search(r"requests: (\w+) first, then ([^|]+?) \|", section("What acts first"))
    assert told
    assert (told[1], *told[2].split(", ")) == ORDER


def test_every_phase_of_a_rollout_and_of_a_run_is_told():
    phases = {phase for moves in ROLLOUT.values() for phase in moves}
    assert set(re.findall(r"`(\w+)`", " ".join(rows("Where a rollout stands")))) == phases
    phases = {phase for moves in RUN.values() for phase in moves} - {"Rejected", "Done"}
    assert set(re.findall(r"`(\w+)`", " ".join(rows("Trainings")))) == phases


def test_every_verb_is_told():
    assert sorted(", ".join(rows("What people can ask")).split(", ")) == sorted(ORDER)


def test_the_numbers_are_the_engines():
    assert f"after {ENTRIES:,} entries" in PAGE
    kept = " ".join(section("Deleted, and created again").split())
    assert f"{MOST} triggers and refused revisions and {REQUESTS:,} answered requests" in kept
    assert f"{TRAININGS:,} trainings" in kept
    assert LOOKS == 5
    assert "for five intervals" in PAGE
