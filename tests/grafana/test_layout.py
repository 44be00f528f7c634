from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaves.witnesses import VARIANTS
from lifecycles import lifecycles, plans_of
from lifespec_compiler.targets.grafana.dashboard import dashboard as made
from lifespec_compiler.targets.grafana.layout import COLUMNS, Band, Section, bands, placed


def cells(panels):
    """Which panels cover each cell of the grid."""
    covered = {}
    for panel in panels:
        place = panel["gridPos"]
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                covered.setdefault((x, y), []).append(panel["title"])
    return covered


def faults(panels):
    """Cells with several panels, or with none."""
    covered = cells(panels)
    bottom = max(y for _, y in covered) + 1
    holes = [(x, y) for y in range(bottom) for x in range(COLUMNS) if (x, y) not in covered]
    outside = [cell for cell in covered if cell[0] >= COLUMNS]
    return [titles for titles in covered.values() if len(titles) > 1], holes, outside


@pytest.mark.parametrize("variant", VARIANTS)
def test_panels_fill_the_grid_and_never_overlap(variant, dashboard):
    assert faults(dashboard(of=variant).panels) == ([], [], [])


@given(lifecycles())
def test_so_do_those_of_any_spec(document):
    plans, findings = plans_of(document)
    assert plans, findings
    panels = made(plans[0])["panels"]
    assert faults(panels) == ([], [], [])
    assert [panel["id"] for panel in panels] == list(range(1, len(panels) + 1))


@given(st.lists(st.integers(0, 40), max_size=5), st.integers(1, 6))
def test_any_number_of_panels_fills_the_grid(counts, across):
    sections = [
        Section(f"row {row}", bands([{"type": "stat", "title": f"{row}/{index}"} for index in range(count)], across, 5))
        for row, count in enumerate(counts)
    ]
    panels = placed(sections)
    assert len(panels) == sum(counts) + sum(count > 0 for count in counts)
    assert not panels or faults(panels) == ([], [], [])


@given(st.lists(st.integers(1, 6), min_size=1, max_size=8))
def test_shares_of_the_width_fill_it(shares):
    panels = tuple({"type": "stat", "title": str(index)} for index in range(len(shares)))
    assert faults(placed([Section("row", (Band(4, panels, tuple(shares)),))])) == ([], [], [])


def test_the_first_row_answers_whether_it_is_all_right(dashboard):
    titles = [panel["title"] for panel in dashboard().panels]
    assert titles[0] == "Is it all right?"
    assert titles[1:10] == [
        "Serving revision",
        "Model age",
        "Candidate's phase",
        "Candidate's traffic",
        "Last decision",
        "Agent looked",
        "Budget left of each objective",
        "Checks failing",
        "Monitors in alarm",
    ]


def test_a_model_that_answers_no_requests_has_no_traffic(dashboard):
    rows = [panel["title"] for panel in dashboard(of="batch").panels if panel["type"] == "row"]
    assert "Traffic by revision" not in rows
    assert "Latency by revision" not in rows
    assert "Monitors" in rows
