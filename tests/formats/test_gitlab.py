from __future__ import annotations

import json

import pytest

from lifespec_runtime.cli.formats import Report, render
from lifespec_schema.findings import Finding, Place, Severity, Span


def finding(**changes):
    given = {
        "rule": "dangling-monitor",
        "severity": Severity.ERROR,
        "message": "nothing is called `inputs`",
        "place": Place("specs/churn/lifecycle.yaml", ("spec", "monitoring"), span=Span(12, 3, 14, 9)),
        "help": "name a monitor",
    }
    return Finding(**{**given, **changes})


def told(findings, **more):
    return json.loads(render("gitlab", Report(findings, **more)))


def test_an_issue_is_what_gitlab_reads():
    (issue,) = told([finding()])
    fingerprint = issue.pop("fingerprint")
    assert len(fingerprint) == 64
    assert issue == {
        "description": "nothing is called `inputs`: name a monitor",
        "check_name": "dangling-monitor",
        "severity": "critical",
        "location": {"path": "specs/churn/lifecycle.yaml", "lines": {"begin": 12, "end": 14}},
    }


@pytest.mark.parametrize(
    ("severity", "shown"), [(Severity.ERROR, "critical"), (Severity.WARNING, "minor"), (Severity.INFO, "info")]
)
def test_a_severity_is_one_of_gitlabs(severity, shown):
    assert told([finding(severity=severity)])[0]["severity"] == shown


def test_a_finding_about_a_whole_file_is_shown_at_its_first_line():
    (issue,) = told([finding(place=Place("lifespec.yaml"), help="")])
    assert issue["location"] == {"path": "lifespec.yaml", "lines": {"begin": 1, "end": 1}}
    assert issue["description"] == "nothing is called `inputs`"


def test_an_issue_stays_the_same_where_its_line_moves_and_is_another_elsewhere():
    moved = finding(place=finding().place._replace(span=Span(99, 1, 99, 2)))
    others = [
        finding(rule="another"),
        finding(message="another"),
        finding(place=Place("another.yaml", ("spec", "monitoring"))),
        finding(place=finding().place._replace(path=("spec", "monitoring", "monitors", 1))),
        finding(place=finding().place._replace(on_key=True)),
        finding(place=finding().place._replace(document=1)),
    ]
    fingerprints = [issue["fingerprint"] for issue in told([finding(), *others])]
    assert told([moved])[0]["fingerprint"] == fingerprints[0]
    assert len(set(fingerprints)) == len(others) + 1


def test_a_finding_that_is_there_twice_is_two_issues():
    fingerprints = [issue["fingerprint"] for issue in told([finding(), finding(help="another")])]
    assert len(set(fingerprints)) == 2


def test_the_path_starts_at_the_root_of_the_git_repository():
    assert told([finding()], folder="models/")[0]["location"]["path"] == "models/specs/churn/lifecycle.yaml"


def test_nothing_found_is_an_empty_report():
    assert told([]) == []


def test_the_report_is_ascii_whatever_a_spec_says():
    assert render("gitlab", Report([finding(message="Grüße \u202e \x1b[31m")])).isascii()
