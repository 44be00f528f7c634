from __future__ import annotations

import re
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings

from lifespec_compiler.engine.values import Position
from lifespec_runtime.simulation.lanes import lanes
from lifespec_runtime.simulation.story import story
from lifespec_runtime.simulation.svg import svg
from lifespec_runtime.simulation.table import asked, rows
from recordings import (
    BY_HAND,
    HOUR,
    Recording,
    answers,
    drifting,
    held,
    planned,
    promoted,
    rolled_back,
    simulations,
)

PLAN = planned()
KNOWN = {"svg", "title", "desc", "style", "g", "rect", "line", "path", "text", "circle"}


def parsed(picture: str) -> ET.Element:
    return ET.fromstring(picture)  # noqa: S314 - it is our own


@settings(max_examples=25, deadline=None)
@given(simulations())
def test_anything_is_drawn_as_xml_of_known_elements(simulation):
    root = parsed(svg(story(PLAN, simulation)))
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= KNOWN
    for element in root.iter():
        assert not {name for name in element.attrib if name.startswith("on") or "href" in name or name == "style"}
        for name in ("x", "y", "x1", "y1", "x2", "y2", "width", "height", "cx", "cy"):
            assert -1e6 < float(element.attrib.get(name, 0)) < 1e6


def test_a_picture_needs_nothing_else():
    picture = svg(story(PLAN, promoted()))
    assert re.findall(r"https?://[^\"' ]+", picture) == ["http://www.w3.org/2000/svg"]
    assert "url(" not in picture
    assert "@import" not in picture
    assert "prefers-color-scheme: dark" in picture


def test_the_same_simulation_gives_the_same_bytes():
    assert svg(story(PLAN, promoted())) == svg(story(PLAN, promoted()))


def test_its_words_tell_what_it_shows():
    root = parsed(svg(story(PLAN, promoted())))
    names = {element.attrib.get("id"): element.text or "" for element in root.iter()}
    assert names["picture-title"] == "churn in production: by-hand"
    assert "promoted after 16h" in names["picture-words"]
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"] == "picture-title picture-words"


def lines_of(picture: str, kind: str) -> list[str]:
    marks = [each for each in parsed(picture).iter() if each.attrib.get("class") == kind]
    return [each.attrib["d"] for each in marks if each.tag.endswith("path")]


def test_a_line_ends_where_there_is_nothing_to_see():
    told = Recording()
    told.decides(0, "nominate", Position("Offline"))
    for start in (0, 12):  # the candidate answers for two hours, and half a day later again
        for hour in range(3):
            answered = 100 * hour + (200 if start else 0)
            told.sees((start + hour) * HOUR, "Canary", 10, answered, hour, 9 * (start + hour), 0)
    told.decides(20 * HOUR, "hold", Position("Held"))
    told.sees(20 * HOUR, None, 0, 400, 2, 900, 0)
    gap = story(PLAN, told.simulation("open", bad=False))
    assert len(lines_of(svg(gap), "candidate")) == 2
    whole = gap._replace(seen=tuple(each._replace(candidate=9) for each in gap.seen))
    assert len(lines_of(svg(whole), "candidate")) == 1


def test_what_colours_mean_is_said_where_there_are_several():
    def keys(made):
        return {word for word in ("promoted", "copies, in shadow") if f">{word}</text>" in svg(story(PLAN, made))}

    assert keys(promoted()) == {"promoted"}
    assert keys(held()) == {"copies, in shadow"}
    assert keys(rolled_back()) == set()


def test_without_any_stretch_of_time_there_are_no_charts():
    told = Recording()
    told.decides(0, "nominate", Position("Offline"))
    told.decides(0, "reject", Position("Rejected"))
    words = [each.text for each in parsed(svg(story(PLAN, told.simulation("rejected", bad=True)))).iter()]
    assert "rejected" in words
    assert not {"100 %", "phases", "decisions", "scenario"} & {*words}


def test_it_says_what_the_scenario_is_about_and_what_was_assumed():
    told = story(PLAN, promoted(), about="Nothing is wrong.")
    words = [each.text for each in parsed(svg(told, assumed=["traffic is flat"])).iter()]
    assert {"Nothing is wrong.", "Assumed", "traffic is flat"} <= {*words}


@pytest.mark.parametrize("runs", [1, 200])
def test_a_table_of_one_run_has_neither_intervals_nor_runs(runs):
    found = answers(bad=False, runs=runs)
    words = [each.text for each in parsed(svg(story(PLAN, promoted()), rows(found), asked(found))).iter()]
    assert ("interval" in words) == (runs > 1)
    assert "requests that the candidate answered" in " ".join(word or "" for word in words)


def test_lines_end_where_sentences_do():
    words = [each.text or "" for each in parsed(svg(story(PLAN, drifting()))).iter()]
    assert "35 trained models were nominated, 35 promoted. 34 trainings in 364d, 17 triggers suppressed." in words
    long = story(PLAN, promoted())._replace(headline=f"{'One more word ' * 8}here. {'Another word ' * 6}there.")
    words = [each.text or "" for each in parsed(svg(long)).iter()]
    assert {f"{'One more word ' * 8}here.", f"{'Another word ' * 6}there."} <= {*words}


def test_lanes_keep_spans_apart():
    spans = [(0.0, 4.0), (2.0, 6.0), (4.0, 8.0), (5.0, 9.0), (5.5, 7.0)]
    assert lanes(spans, 3) == [0, 1, 0, 2, None]


def test_a_browser_loads_nothing_and_complains_of_nothing(seen):
    _, found = seen
    assert (found["said"], found["requests"], found["alien"]) == ([], [], None)
    assert set(found["elements"]) <= KNOWN


def test_no_words_lie_on_others(seen):
    _, found = seen
    for one, other in combinations([each for each in found["texts"] if each["words"].strip()], 2):
        assert not overlap(one["box"], other["box"]), (one["words"], other["words"])


def test_all_words_are_in_the_picture(seen):
    _, found = seen
    width, height = found["size"]
    for each in found["texts"]:
        left, top, right, bottom = each["box"]
        assert left >= 0, each
        assert top >= 0, each
        assert right <= width, each
        assert bottom <= height, each


def test_all_words_can_be_read(seen):
    _, found = seen
    for each in found["texts"]:
        behind = [badge for badge in found["badges"] if inside(each["box"], badge["box"])]
        colour = behind[-1]["colour"] if behind else found["card"]
        assert contrast(each["colour"], colour) >= 4.5, each


def test_dark_is_dark_and_light_is_light(seen):
    (_, scheme), found = seen
    assert (luminance(found["card"]) < 0.05) == (scheme == "dark")


def overlap(one: list[float], other: list[float], slack: float = 1.5) -> bool:
    """Whether boxes of text share more than the air around their letters."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return across > slack and down > 4


def inside(box: list[float], other: list[float]) -> bool:
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    return other[0] <= middle[0] <= other[2] and other[1] <= middle[1] <= other[3]


def luminance(colour: str) -> float:
    """The relative luminance of a colour, as WCAG has it."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.fixture(params=[(name, scheme) for name in BY_HAND for scheme in ("light", "dark")], ids="-".join)
def seen(request, seen_pictures):
    return request.param, seen_pictures[request.param]
