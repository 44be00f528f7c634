"""What `lifespec simulate` prints on a terminal of some width: several scenarios, and the answers of one."""

from __future__ import annotations

import re

import click
import pytest

from lifespec_compiler.engine.values import Position
from lifespec_runtime.cli.simulation_report import Simulated, text
from lifespec_runtime.simulation.words import cells
from recordings import BY_HAND, HOUR, MINUTE, Recording, answers, planned, promoted, rolled_back

PLAN = planned()


def printed(monkeypatch, width, *made):
    monkeypatch.setattr(text, "_width", lambda: width)
    return [
        click.unstyle(line)
        for line in text.render([Simulated(PLAN, each, answers(bad=each.candidate_is_bad)) for each in made]).split(
            "\n"
        )
    ]


@pytest.mark.parametrize("width", [64, 79, 100, 118])
def test_an_overview_fits_the_terminal_and_says_of_each_how_it_ended(width, monkeypatch):
    lines = printed(monkeypatch, width, promoted(), rolled_back())
    assert max(map(cells, lines)) <= width
    assert any("good, promoted after 16h" in line for line in lines)
    assert any("bad, rolled back after 32m" in line for line in lines)
    assert any("█" in line for line in lines) == (width >= 100)


@pytest.mark.parametrize("width", [64, 79, 100, 118])
@pytest.mark.parametrize("name", BY_HAND)
def test_an_overview_of_anything_fits_the_terminal(name, width, monkeypatch):
    assert max(map(cells, printed(monkeypatch, width, BY_HAND[name](), promoted()))) <= width


@pytest.mark.parametrize(("width", "drawn"), [(79, False), (100, True), (118, True)])
def test_how_it_ended_is_whole_before_anything_is_drawn(width, drawn, monkeypatch):
    told = Recording()
    told.decides(0, "nominate", Position("Offline"))
    told.sees(60, "Canary", 10, 9_000_000, 40_000, 90_000_000, 9)
    told.decides(3 * HOUR + 12 * MINUTE, "rollBack", Position("RollingBack"), request="abort-1")
    lines = printed(monkeypatch, width, told.simulation("rolledBack", bad=False), promoted())
    assert any("good, stopped by a person after 3h 12m  " in line for line in lines)
    assert any("▁" in line for line in lines) == drawn


@pytest.mark.parametrize("width", [64, 79, 118])
def test_no_answer_is_cut(width, monkeypatch):
    lines = printed(monkeypatch, width, rolled_back())
    table = lines[lines.index("Over 200 runs of by-hand; intervals at 95 %") + 1 :]
    assert max(map(cells, table)) <= width
    words = " ".join(" ".join(table).split())
    assert re.search(
        r"requests that the candidate answered median 2,147 (1,932 to 2,362 )?(200 )?in 95 of 100 runs", words
    )
    assert "P(missed): a bad candidate" in words
