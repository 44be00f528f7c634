from __future__ import annotations

import math
import re

from hypothesis import given
from hypothesis import strategies as st

from lifespec_runtime.drawing.charts import Bars, Dot, Words, bars, reliability
from lifespec_runtime.drawing.marks import mark
from lifespec_runtime.drawing.rows import Plotted, axis, row, scale_of
from lifespec_runtime.drawing.scale import LARGEST, Scale, around, tick_words, ticks
from lifespec_runtime.measure.pages.units import Unit, unit_of
from lifespec_schema.catalog import METRICS

numbers = st.floats(allow_nan=False, min_value=-1e300, max_value=1e300)
anything = st.one_of(st.none(), st.floats(allow_nan=False))


def coordinates(picture: str) -> list[float]:
    return [float(found) for found in re.findall(r'\b(?:x|y|x1|x2|y1|y2|cx|cy)="([^"]+)"', picture)]


@given(st.lists(anything))
def test_a_scale_holds_what_can_be_drawn(values):
    low, high = around(values)
    assert low < high
    assert all(low <= value <= high for value in values if value is not None and abs(value) <= LARGEST)


def test_a_scale_has_no_room_beyond_what_values_can_be():
    assert around([0.0, 0.999], least=0, most=1) == (0, 1)
    low, high = around([0.4, 0.6], least=0, most=1)
    assert 0.35 < low < 0.4
    assert 0.6 < high < 0.65
    assert around([-0.02, 0.5], least=0, most=1)[0] < -0.02


@given(numbers, numbers)
def test_ticks_are_few_and_inside(one, other):
    low, high = around([one, other])
    found = ticks(low, high)
    slack = 1e-6 * (high - low)
    assert len(found) <= 7
    assert all(low - slack <= value <= high + slack for value in found)
    assert len(tick_words(found)) == len(found)


def test_ticks_are_round():
    assert tick_words(ticks(0, 1)) == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]
    assert tick_words(ticks(-0.021, 0.002, 4)) == ["\u22120.02", "\u22120.01", "0.00"]
    assert tick_words([0.0, 0.05], " %", 100) == ["0 %", "5 %"]


@given(st.lists(anything, min_size=6, max_size=6))
def test_rows_stay_in_their_picture(values):
    plotted = Plotted(*values[:5], kind="pass", reference=values[5])
    scale = scale_of(*around(plotted.numbers))
    picture = row(scale, plotted, "a row")
    assert all(-10 <= place <= 250 for place in coordinates(picture))
    assert all(-10 <= place <= 250 for place in coordinates(axis(scale, 1, "")))


def test_a_value_lies_where_its_scale_has_it():
    picture = row(Scale(0, 1, 10, 230), Plotted(0.5, 0.25, 0.75, least=0.4, kind="pass"), "half")
    assert '<circle cx="120" cy="13"' in picture
    assert '<line x1="65" y1="13" x2="175" y2="13" class="interval is-pass">' in picture
    assert '<rect x="98" y="3" width="132" height="20" class="allowed">' in picture
    assert "<title>half</title>" in picture


def test_the_outcome_is_a_shape_and_not_a_colour_alone():
    drawn = {kind: row(Scale(0, 1, 0, 1), Plotted(0.5, kind=kind), "") for kind in ("pass", "fail", "error")}
    shapes = {kind: re.sub(r"is-\w+", "", picture) for kind, picture in drawn.items()}
    assert len(set(shapes.values())) == 3


@given(st.lists(st.tuples(numbers, anything, anything, anything), min_size=1, max_size=12))
def test_charts_are_drawn_of_any_numbers(points):
    dots = [Dot(x, y, low, high, 3) for x, y, low, high in points]
    ends = around([x for x, *_ in points])
    picture = reliability(Words("t", "d", "a", "b"), dots, ends, 1, "")
    assert all(math.isfinite(place) for place in coordinates(picture))


def test_bars_are_as_high_as_their_shares():
    picture = bars(Words("t", "", "a", "b"), [0, 1, 2], [Bars("one", (0.25, 0.75))], (1, ""))
    heights = [float(found) for found in re.findall(r'height="([\d.]+)" class="bar"', picture)]
    assert round(heights[1] / heights[0], 2) == 3


@given(st.text())
def test_no_text_gets_out_of_its_element(text):
    drawn = mark("text", text, title=text.replace("\0", ""))
    assert drawn.count("<") == 2
    assert drawn.startswith("<text title=")
    assert drawn.endswith("</text>")


def test_values_have_the_decimals_that_their_interval_leaves():
    unit = Unit()
    assert unit.shown(0.78123, 0.068) == "0.781"
    assert unit.shown(28.612, 1.2) == "28.6"
    assert unit.shown(12345.6, 800) == "12,346"
    assert unit.shown(0.5) == "0.5"
    assert unit.shown(-0.0001) == "\u22120.0001"
    assert unit.shown(2e12) == "2e+12"
    assert unit.shown(math.inf) == "infinite"


def test_units_are_those_of_the_metric():
    accuracy, auc, latency = (METRICS[name] for name in ("accuracy", "rocAuc", "latencyP99"))
    assert unit_of(accuracy, "", None).shown(0.912, 0.02) == "91.2 %"
    assert unit_of(accuracy, "", "difference").shown(0.012, 0.02) == "+1.2 points"
    assert unit_of(auc, "", None).shown(0.781, 0.02) == "0.781"
    assert unit_of(auc, "", "relativeDifference").shown(-0.021, 0.02) == "\u22122.1 %"
    assert unit_of(latency, "", None, [0.012]).shown(0.012) == "12 ms"
    assert unit_of(latency, "", None, [1.5]).shown(1.5) == "1.5 s"
    assert unit_of(latency, "", None, [4e-5]).shown(4e-5) == "40 µs"


@given(st.floats(), st.one_of(st.none(), st.floats(min_value=0)))
def test_any_number_is_written(value, width):
    assert Unit(100, " %").shown(value, width)
