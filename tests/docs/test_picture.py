"""The picture is sound Mermaid and says what the plan says."""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecycles import lifecycles, plan_of
from lifespec_compiler.targets.docs.picture import flowchart, label

LABEL = r'"((?:[A-Za-z0-9 _.,%()-]|#[0-9]+;|<br>)*)"'
BOX = re.compile(rf"  ([a-z]+[0-9]*(?:_[a-z]+)?)(?:\[{LABEL}\]|\{{\{{{LABEL}\}}\}}|\(\[{LABEL}\]\))")
ARROW = re.compile(rf"  ([a-z0-9_]+) (-->|-\.->)(?:\|{LABEL}\|)? ([a-z0-9_]+)")
RESERVED = {"end", "graph", "flowchart", "subgraph", "style", "class", "click", "default", "linkStyle", "classDef"}


class Picture(NamedTuple):
    """A flowchart read back."""

    boxes: dict[str, str]
    arrows: set[tuple[str, str, str]]
    """Start, end, label."""

    @property
    def way(self) -> list[str]:
        """The boxes from the first to promotion, along the solid arrows."""
        box, found = next(iter(self.boxes)), []
        while box != "promoted":
            found.append(box)
            [box] = [end for start, end, _ in self.arrows if start == box and end not in {"stable", "held", "guards"}]
        return [*found, box]


def read(text: str) -> Picture:
    """Read a flowchart; fail unless every line is a box or an arrow between boxes."""
    first, *lines = text.split("\n")
    assert first == "flowchart TD"
    boxes: dict[str, str] = {}
    arrows = set()
    for line in lines:
        if box := BOX.fullmatch(line):
            assert box[1] not in boxes
            boxes[box[1]] = next(group for group in box.groups()[1:] if group is not None)
        else:
            arrow = ARROW.fullmatch(line)
            assert arrow, line
            assert {arrow[1], arrow[4]} <= boxes.keys(), line
            arrows.add((arrow[1], arrow[4], arrow[3] or ""))
    assert not RESERVED & boxes.keys()
    return Picture(boxes, arrows)


@settings(max_examples=60)
@given(lifecycles())
def test_every_plan_has_a_picture_in_which_all_boxes_are_joined(document):
    picture = read(flowchart(plan_of(document)))
    ends = {box for start, end, _ in picture.arrows for box in (start, end)}
    assert ends == picture.boxes.keys()
    assert picture.way[0] == "data"


@given(st.text())
def test_a_label_holds_no_syntax_and_reads_back(written):
    drawn = label(written)
    assert re.fullmatch(r"(?:[A-Za-z0-9 _.,%()-]|#[0-9]+;)*", drawn)
    assert re.sub(r"#(\d+);", lambda number: chr(int(number[1])), drawn) == " ".join(written.split())


def test_a_canary_goes_from_data_through_the_tiers_and_steps_to_promotion(planned):
    picture = read(flowchart(planned()))
    steps = ["step1", "step2", "step3"]
    tiers = ["data", "train", "after", "offline", "approval_shadow", "shadow"]
    assert picture.way == [*tiers, *steps, "approval_promoting", "promoted"]
    assert picture.boxes["step1"] == "first<br>10% for 4h"
    assert picture.boxes["after"] == "done in staging"


def test_where_no_trigger_runs_nothing_is_trained(plans, documents):
    staging, _ = plans(documents("full"))
    picture = read(flowchart(staging))
    assert picture.way == ["version", "offline", "step1", "promoted"]
    assert not {"train", "data", "trigger1"} & picture.boxes.keys()


def test_a_monitor_leads_to_training_only_through_its_trigger(planned):
    picture = read(flowchart(planned()))
    assert {("monitor1", "trigger2", "2 alarms in a row"), ("trigger2", "train", "")} <= picture.arrows
    assert not any(start == "monitor2" for start, _, _ in picture.arrows)


def test_every_step_with_traffic_is_under_the_guards(planned):
    picture = read(flowchart(planned()))
    watched = {start for start, end, _ in picture.arrows if end == "guards"}
    assert watched == {"step1", "step2", "step3"}
    assert ("guards", "stable", "more than 2 failing windows") in picture.arrows


def test_without_guards_and_gates_nothing_leads_back_from_the_traffic(planned):
    picture = read(flowchart(planned(case="small")))
    assert {start for start, end, _ in picture.arrows if end in {"stable", "guards"}} == {"offline"}


def test_a_batch_rollout_compares_runs_and_moves_the_pointer(planned):
    picture = read(flowchart(planned(case="batch")))
    assert picture.way == ["data", "train", "offline", "runs", "promoted"]
    assert ("train", "offline", "nominated by a person") in picture.arrows
    assert picture.boxes["promoted"] == "promoted<br>the output pointer moves"


@pytest.mark.parametrize(
    ("on_timeout", "undecided"),
    [
        pytest.param("hold", {("step1", "held", "a gate stays undecided")}, id="an undecided gate holds"),
        pytest.param("rollback", {("step1", "stable", "a gate fails or stays undecided")}, id="or rolls back"),
    ],
)
def test_the_timeout_leads_where_the_analysis_says(on_timeout, undecided, planned):
    picture = read(flowchart(planned(lambda spec: spec["rollout"]["analysis"].update(onTimeout=on_timeout))))
    assert undecided <= picture.arrows
    assert ("held" in picture.boxes) == (on_timeout == "hold")


@pytest.mark.parametrize(
    ("limit", "words"),
    [(0, "any failing window"), (1, "more than 1 failing window"), (3, "more than 3 failing windows")],
)
def test_guards_roll_back_after_as_many_windows_as_the_analysis_says(limit, words, planned):
    picture = read(flowchart(planned(lambda spec: spec["rollout"]["analysis"].update(failureLimit=limit))))
    assert ("guards", "stable", words) in picture.arrows


def test_a_box_lists_a_few_names_and_counts_the_rest(planned):
    picture = read(flowchart(planned()))
    assert picture.boxes["offline"].endswith(", f2-floor, 5 more")
