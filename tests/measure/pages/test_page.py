from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from evaluations import HOSTILE, PERSONS, data_of, figure, hostile, mortgage, rates
from lifespec_compiler.judging import judge
from lifespec_compiler.judging.bound import at_most
from lifespec_runtime.measure.evaluation import detail as d
from lifespec_runtime.measure.pages import data_page, page
from lifespec_schema.findings import Place, Span

VOID = {"meta", "link", "br", "wbr", "col", "hr", "img", "input"}


class Reader(HTMLParser):
    """The elements of a page, and the text that is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.texts))


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    assert reader.open == []
    return reader


def html_of(found, **options) -> str:
    return page(found.plan, found.report, found.verdicts, found.detail, **options)


def test_the_answer_comes_first():
    text = read(html_of(mortgage())).text
    assert "The model does not meet its spec: 2 of 17 requirements fail." in text
    assert text.index("2 of 17") < text.index("What stands in the way") < text.index("What the model is held to")


def test_what_stands_in_the_way_has_value_interval_bound_and_place():
    text = read(html_of(mortgage())).text
    assert "Precision precision: 87.2 % (85.1 to 89.3 %); needed: ≥ 89 %" in text
    assert "39 rows are fewer than 40" in text
    assert "there is no stable model to compare with" in text


def test_places_have_lines():
    found = mortgage()
    path = next(verdict.path for verdict in found.verdicts if verdict.check == "precision")
    place = Place("specs/mortgage-decisions/lifecycle.yaml", path, 0, span=Span(112, 9, 112, 12))
    assert "specs/<wbr>mortgage-decisions/<wbr>lifecycle.yaml:112<" in html_of(found, places={path: place})


@pytest.mark.parametrize(
    ("outcomes", "sentence"),
    [
        (["Pass"], "The model meets its spec: its one requirement holds."),
        (["Pass", "Pass"], "The model meets its spec: all 2 requirements hold."),
        (["Pass", "Fail"], "The model does not meet its spec: 1 of 2 requirements fails."),
        (["Pass", "Error", "Inconclusive"], "Not decided: nothing passes on missing data, and 1 requirement"),
        (["Pass", "Inconclusive"], "Not decided: there is too little data for 1 of 2 requirements."),
        ([], "Not decided: nothing was judged."),
    ],
)
def test_sentences(outcomes, sentence):
    found = rates()
    verdicts = [verdict._replace(outcome=outcome) for verdict, outcome in zip(found.verdicts, outcomes, strict=False)]
    assert sentence in read(page(found.plan, found.report, verdicts, found.detail)).text


def test_what_a_first_model_is_not_held_to_is_said():
    assert "3 comparisons with a stable model left out: there is none yet" in read(html_of(rates(), skipped=3)).text


def test_bounds_of_differences_have_words():
    text = read(html_of(rates())).text
    assert "at least 0.3 better than linear" in text
    assert "at most 3 % worse than stable" in text
    assert "at least 0.03 better than desk" in text
    assert "\u22121.04 (\u22121.24 to \u22120.84)" in text


def test_two_bounds_on_one_value_are_one_row():
    found = mortgage()
    first = next(verdict for verdict in found.verdicts if verdict.check == "auc")
    other = first._replace(outcome="Fail", threshold=at_most(0.75))
    html = page(found.plan, found.report, [first, other], found.detail)
    assert "≥ 0.7 and ≤ 0.75" in html
    assert html.count('<th scope="row" class="first"><code>auc') == 1


def test_intervals_of_another_level_say_so():
    assert "0.07 (0.01 to 0.13, at 80 %)" in read(html_of(mortgage())).text


def test_every_section_of_a_classifier_is_there_and_in_the_navigation():
    reader = read(html_of(mortgage()))
    ids = [attributes["id"] for tag, attributes in reader.seen if tag == "section" and "id" in attributes]
    wanted = ["verdict", "gates", "slices", "fairness", "comparison", "calibration", "curves", "classes"]
    assert ids == [*wanted, "distributions", "robustness", "latency", "origin"]
    links = [attributes["href"] for tag, attributes in reader.seen if tag == "a"]
    assert links == ["#content", *(f"#{name}" for name in ids)]


def test_verdicts_alone_make_a_page():
    found = mortgage()
    text = read(page(found.plan, found.report, found.verdicts)).text
    assert "What the model is held to on all rows" in text
    assert "Calibration" not in text.replace("Expected calibration", "")


def test_a_report_with_nothing_that_was_measured_makes_a_page():
    found = mortgage()
    report = found.report.model_copy(update={"spec": found.report.spec.model_copy(update={"measurements": ()})})
    text = read(page(found.plan, report, judge(found.plan, report))).text
    assert "Not decided: nothing passes on missing data" in text


def test_numbers_that_no_scale_can_hold_are_told():
    huge = mortgage(residuals=None)
    verdicts = [verdict._replace(value=1.7e308) for verdict in huge.verdicts]
    assert "1.7e+30" in page(huge.plan, huge.report, verdicts, huge.detail)
    bins = (d.Bin(-1e308, 1e308, 0.0, figure(1e308, 4)),)
    assert page(huge.plan, huge.report, verdicts, rates(calibration=d.Calibration("value", bins, None)).detail)


def test_data_that_keeps_its_contract(tmp_path):
    text = read(data_page(*data_of(tmp_path, "good"))).text
    assert "The data keeps its contract and is ready to be learnt from." in text
    assert "Is the data ready to be learnt from?" in text
    assert "rules of customers that hold" in text


def test_broken_data_names_its_flaws_first(tmp_path):
    text = read(data_page(*data_of(tmp_path, "bad"))).text
    assert "The data is broken: 2 flaws were found." in text
    assert "data-bad-row on customers" in text
    assert "1 of 199 values are no integer" in text


def test_data_that_cannot_be_read_makes_a_page(tmp_path):
    text = read(data_page(*data_of(tmp_path, "unreadable"))).text
    assert "The data is broken: 1 flaw was found." in text
    assert "data-no-such-file" in text
    assert "The data could not be read to its end" in text


@pytest.mark.parametrize("kind", ["good", "bad"])
def test_values_of_personal_columns_are_never_shown(kind, tmp_path):
    html = data_page(*data_of(tmp_path, kind))
    assert "email-unique" in html.replace("<wbr>", "")
    assert "pii" in html
    assert not [person for person in PERSONS if person in html or person.partition("@")[0] + "@" in html]


def test_slices_and_groups_of_personal_columns_have_numbers_for_names():
    found = mortgage()
    columns = tuple(
        column._replace(classification="pii") if column.name == "african_american" else column
        for column in found.plan.columns
    )
    verdicts = [
        verdict._replace(slice=verdict.slice and verdict.slice.replace("african_american=true", "african_american=zq"))
        for verdict in found.verdicts
    ]
    plan = replace(found.plan, columns=columns)
    text = read(page(plan, found.report, verdicts, found.detail)).text
    assert "african_american, single: group 1 (values not shown)" in text
    assert "african_american=" not in text
    assert "group 5 (value not shown)" in text


def test_protected_groups_are_shown():
    text = read(html_of(mortgage())).text
    assert "african_american=true,single=true" in text
    assert "not shown" not in text


def test_addresses_lose_what_opens_them():
    found = mortgage()
    subject = d.Subject("candidate", "https://user:secret@models.example.com/m?X-Signature=secret#secret", "sha256:ab")
    html = page(found.plan, found.report, found.verdicts, found.detail._replace(subject=subject))
    assert "https://models.example.com/m?…" in html
    assert "secret" not in html


@pytest.mark.parametrize("make", [mortgage, rates, hostile])
def test_nothing_is_loaded_and_nothing_runs(make):
    html = html_of(make())
    reader = read(html)
    tags = {tag for tag, _ in reader.seen}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base", "audio", "video", "image"}
    names = {name for _, attributes in reader.seen for name in attributes}
    assert not {name for name in names if name.startswith("on")} | names & {"style", "src", "srcset", "data", "action"}
    targets = [attributes["href"] for _, attributes in reader.seen if "href" in attributes]
    assert all((target or "").startswith("#") for target in targets)
    policy = next(attributes["content"] for _, attributes in reader.seen if "http-equiv" in attributes)
    style = html.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "url(" not in style
    assert "@import" not in style


def test_hostile_texts_are_shown_as_they_are_and_do_nothing():
    html = html_of(hostile())
    tags = [tag for tag, _ in read(html).seen]
    assert tags.count("title") - 1 == tags.count("svg") - tags.count("use") - len(
        re.findall('class="sprite"|class="swatch"', html)
    )
    assert all(character == "\n" or character.isprintable() for character in html)
    shown = unescape(html)
    for text in HOSTILE[:2]:
        assert text in shown
    assert "\\u202egnirts" in shown
    assert "\\ud800" in shown
    assert "name" * 50 + "…" in shown
    assert "name" * 51 not in shown
    assert html.encode()


@pytest.mark.parametrize("make", [mortgage, rates, hostile])
def test_pictures_are_well_formed_and_have_words(make):
    pictures = re.findall(r"<svg class=\"(?!icon|sprite|swatch).*?</svg>", html_of(make()), re.DOTALL)
    assert len(pictures) > 20
    for picture in pictures:
        element = ET.fromstring(picture)  # noqa: S314 - our own page
        assert element.get("role") == "img"
        assert element.findtext("title")
        assert "nan" not in picture.lower().replace("finance", "")


@pytest.mark.parametrize("make", [mortgage, rates, hostile])
def test_tables_have_captions_and_every_head_a_scope(make):
    reader = read(html_of(make()))
    assert all(attributes.get("scope") for tag, attributes in reader.seen if tag == "th")
    tags = [tag for tag, _ in reader.seen]
    assert tags.count("table") == tags.count("caption")


PROGRAM = """
import sys
from evaluations import mortgage
from lifespec_runtime.measure.pages import page
found = mortgage()
sys.stdout.buffer.write(page(found.plan, found.report, found.verdicts, found.detail).encode())
"""


def test_the_same_values_give_the_same_bytes_everywhere():
    expected = html_of(mortgage()).encode()
    for seed, zone, language in (("1", "Asia/Tokyo", "C"), ("2", "America/Lima", "de_DE.UTF-8")):
        settings = {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": language, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], env={**os.environ, **settings}, capture_output=True, check=True
        )
        assert done.stdout == expected
