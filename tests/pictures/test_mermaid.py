from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifespec_runtime.simulation.mermaid import gantt, harmless
from lifespec_runtime.simulation.story import story
from recordings import BY_HAND, HOSTILE, planned, simulations

PLAN = planned()
NAME = r"(?:[A-Za-z0-9 _.,%()+/-]|#[0-9]+;)+"
TIME = r"\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d"
LINES = (
    rf"  title {NAME}",
    r"  dateFormat YYYY-MM-DDTHH:mm:ss",
    r"  axisFormat (%a %H:%M|%d %b)",
    r"  todayMarker off",
    r"  section (rollout|training|runs of candidate|runs of stable|decisions)",
    rf"  {NAME} :(?:(?:active|done|crit), )?{TIME}, {TIME}",
    rf"  {NAME} :milestone, (?:(?:active|done|crit), )?{TIME}, 0s",
)


@settings(max_examples=25, deadline=None)
@given(simulations())
def test_every_line_is_one_of_the_language(simulation):
    first, *rest = gantt(story(PLAN, simulation)).split("\n")
    assert first == "gantt"
    for line in rest:
        assert any(re.fullmatch(form, line) for form in LINES), line


@given(st.text())
def test_a_name_holds_no_syntax_and_reads_back(written):
    drawn = harmless(written)
    assert re.fullmatch(rf"{NAME}|", drawn)
    assert re.sub(r"#(\d+);", lambda number: chr(int(number[1])), drawn) == " ".join(written.split())


@pytest.mark.parametrize("name", BY_HAND)
def test_mermaid_draws_it(name, drawn_charts):
    found = drawn_charts[name]
    assert found.get("error") is None
    assert found["type"] == "gantt"
    assert found["alien"] is None
    assert any("by-hand" in words or "script" in words for words in found["words"])


def test_mermaid_shows_what_users_wrote_as_they_wrote_it(drawn_charts):
    shown = " ".join(drawn_charts["hostile"]["words"])
    assert "<script>window.alien = 1</script> `code` ]]> &" in shown
    assert " ".join(HOSTILE.split())[:20].strip("\x1b") in shown
