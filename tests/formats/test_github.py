from __future__ import annotations

import os
import re

import pytest
from hypothesis import given

from formats.drawn import HOSTILE, reports
from lifespec_runtime.cli.formats import Report, render
from lifespec_schema.findings import Finding, Place, Severity, Span

FINDING = Finding("a-rule", Severity.ERROR, "wrong", Place("a.yaml", span=Span(2, 3, 2, 9)), "do this")


def read(out):
    """What a runner understands: a command, its properties and its message, line by line."""
    lines = out.decode().split("\n")
    assert lines.pop() == ""
    commands = []
    for line in lines[:-1]:
        found = re.fullmatch(r"::([a-z]+) (.*?)::(.*)", line)
        assert found, line
        properties = dict(item.split("=", 1) for item in found[2].split(","))
        commands.append((found[1], {key: unescaped(value) for key, value in properties.items()}, unescaped(found[3])))
    return commands, lines[-1]


def unescaped(text):
    marks = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}
    return re.sub("%(0D|0A|3A|2C|25)", lambda found: marks[found[0]], text)


def test_an_annotation_is_what_github_reads():
    assert render("github", Report([FINDING], specs=["a.yaml"])).decode() == (
        "::error title=a-rule,file=a.yaml,line=2,endLine=2,col=3,endColumn=9::wrong%0Ado this\n1 error in 1 spec\n"
    )


@pytest.mark.parametrize(
    ("severity", "command"), [(Severity.ERROR, "error"), (Severity.WARNING, "warning"), (Severity.INFO, "notice")]
)
def test_a_severity_is_a_level_of_github(severity, command):
    ((told, _, _),), _ = read(render("github", Report([Finding("a", severity, "m", Place("a.yaml"))])))
    assert told == command


def test_columns_are_given_within_one_line_only():
    finding = Finding("a", Severity.ERROR, "m", Place("a.yaml", span=Span(2, 3, 4, 9)))
    ((_, properties, _),), _ = read(render("github", Report([finding])))
    assert properties == {"title": "a", "file": "a.yaml", "line": "2", "endLine": "4"}


@given(report=reports)
def test_no_text_becomes_a_command_and_nothing_is_lost(report):
    out = render("github", report)
    commands, last = read(out)
    assert len(commands) == len(report.findings)
    for (command, properties, message), finding in zip(commands, report.findings, strict=True):
        assert command in ("error", "warning", "notice")
        assert properties.keys() <= {"title", "file", "line", "endLine", "col", "endColumn"}
        assert properties["title"] == finding.rule
        assert message.replace("\n", "").isprintable()
        assert properties["file"].isprintable()
        name = os.path.normpath(report.folder + finding.place.file)
        assert not name.isprintable() or properties["file"] == name
        if finding.message.isprintable() and finding.message:
            assert message.split("\n")[0] == finding.message
    assert re.fullmatch(r"(no findings|[\d a-z,]+) in \d specs?", last)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_message_stays_in_its_line(text):
    for finding in (
        Finding("a", Severity.ERROR, text, Place("a.yaml"), text, ((text, Place("b.yaml")),)),
        Finding("a", Severity.ERROR, "m", Place(text.replace("\ud800", ""))),
    ):
        out = render("github", Report([finding]))
        assert out.count(b"\n") == 2
        assert b"\r" not in out
        commands, _ = read(out)
        assert len(commands) == 1


@pytest.mark.usefixtures("repository")
def test_lint_annotates_from_the_root_of_the_git_repository(lint):
    out, code = lint("github")
    commands, last = read(out)
    assert code == 1
    assert "expired-waiver" in {properties["title"] for _, properties, _ in commands}
    assert "placeholder-digest" not in {properties["title"] for _, properties, _ in commands}
    assert {properties["file"] for _, properties, _ in commands} == {"models/specs/churn/lifecycle.yaml"}
    assert "warning" in last
