from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from evaluations import data_of, hostile, mortgage, rates
from judges.browsers import surroundings
from judges.npm_packages import node
from lifespec_runtime.measure.pages import data_page, page

CONFIGURATION = """{
  "root": true, "extends": ["html-validate:recommended"],
  "rules": {"long-title": "off"}
}"""
"""How much of a title a search engine shows is no concern of ours."""
LOOK = Path(__file__).with_name("look.mjs")


def pages(folder: Path) -> dict[str, str]:
    made = {
        name: page(found.plan, found.report, found.verdicts, found.detail)
        for name, found in (("classifier", mortgage()), ("regression", rates()), ("hostile", hostile()))
    }
    made["data"] = data_page(*data_of(folder, "good"))
    made["broken-data"] = data_page(*data_of(folder, "bad"))
    made["no-data"] = data_page(*data_of(folder, "unreadable"))
    return made


LOOKS = [
    *(("classifier", width, scheme) for width in (360, 1280) for scheme in ("light", "dark")),
    ("regression", 360, "dark"),
    ("regression", 1280, "light"),
    ("hostile", 360, "light"),
    ("hostile", 1280, "dark"),
    ("data", 360, "dark"),
    ("broken-data", 1280, "light"),
    ("no-data", 360, "light"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("pages")
    for name, html in pages(made).items():
        (made / f"{name}.html").write_bytes(html.encode())
    return made


@pytest.fixture(scope="module")
def seen(judge, folder):
    """What a browser sees of every page, by page, width and scheme."""
    browser, axe = judge("chromium"), judge("axe-core")
    looks = [
        {"file": str(folder / f"{name}.html"), "width": width, "scheme": scheme}
        | {"picture": str(folder / f"{name}-{width}-{scheme}.png")}
        for name, width, scheme in LOOKS
    ]
    asked = {"packages": str(axe.path.parents[1]), "axe": str(axe.path), "looks": looks}
    asked |= {"browser": str(browser.path), "environment": surroundings(browser.path)}
    done = subprocess.run([node(), LOOK], input=json.dumps(asked), capture_output=True, encoding="utf-8", check=False)
    assert not done.returncode, done.stderr
    return dict(zip(LOOKS, json.loads(done.stdout), strict=True))


@pytest.fixture(params=LOOKS, ids=str)
def look(request, seen):
    return request.param, seen[request.param]


def luminance(colour: str) -> float:
    """The relative luminance of a colour, as WCAG has it."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_nothing_is_loaded_run_or_complained_of(look):
    _, found = look
    assert (found["said"], found["requests"], found["scripts"], found["alien"]) == ([], [], 0, None)


def test_nothing_is_inaccessible(look):
    _, found = look
    assert found["violations"] == []


def test_it_fits_its_width(look):
    (_, width, _), found = look
    assert found["width"] <= width


def test_every_section_and_every_chart_is_seen(look):
    _, found = look
    assert len(found["sections"]) >= 3
    assert all(min(each["size"]) > 40 and each["title"] and each["words"] > 20 for each in found["sections"])
    drawn = [each for each in found["charts"] if each["size"][0]]
    assert all(each["title"] and each["size"][1] > 2 for each in drawn)
    assert all(each["caption"] for each in found["tables"] if each["seen"])


def test_dark_is_dark_and_light_is_light(look):
    (_, _, scheme), found = look
    backgrounds = [luminance(found[name]) for name in ("background", "card")]
    if scheme == "dark":
        assert max(backgrounds) < 0.02
        assert luminance(found["ink"]) > 0.6
    else:
        assert min(backgrounds) > 0.8
        assert luminance(found["ink"]) < 0.05


def test_the_picture_shows_something(look):
    _, found = look
    assert found["colours"] > 50


def test_the_first_stop_of_the_keyboard_skips_to_the_content(look):
    _, found = look
    assert found["first"]["text"] == "Skip to the content"
    assert found["first"]["top"] >= 0
    assert found["first"]["target"] == "content"


def test_a_screen_reader_gets_headings_tables_and_words_for_pictures(look):
    (_, _, _), found = look
    tree = found["tree"]
    assert "heading" in tree
    assert "[level=1]" in tree
    assert "rowheader" in tree, "narrow pages must keep their tables"
    assert re.search(r'img "[^"]+"', tree)


def test_print_is_light_and_shows_what_was_folded(look):
    _, found = look
    assert found["pdf"] == "%PDF-"
    assert luminance(found["printed"]["background"]) > 0.99
    assert all(each["seen"] for each in found["printed"]["tables"])


@pytest.mark.parametrize("name", dict.fromkeys(name for name, _, _ in LOOKS))
def test_it_is_valid_html(name, folder, judge, tmp_path):
    (tmp_path / ".htmlvalidate.json").write_text(CONFIGURATION)
    (tmp_path / "page.html").write_bytes((folder / f"{name}.html").read_bytes())
    validator = judge("html-validate").path
    done = subprocess.run(
        [node(), validator, "page.html"], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
    )
    assert not done.returncode, done.stdout[:3000]
