from __future__ import annotations

import json

import pytest

from lifespec_runtime.cli.code_quality import as_code_quality
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


def test_an_issue_is_what_gitlab_reads():
    (issue,) = json.loads(as_code_quality([finding()]))
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
    assert json.loads(as_code_quality([finding(severity=severity)]))[0]["severity"] == shown


def test_a_finding_about_a_whole_file_is_shown_at_its_first_line():
    (issue,) = json.loads(as_code_quality([finding(place=Place("lifespec.yaml"), help="")]))
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
    issues = json.loads(as_code_quality([finding(), moved, *others]))
    fingerprints = [issue["fingerprint"] for issue in issues]
    assert fingerprints[0] == fingerprints[1]
    assert len(set(fingerprints)) == len(others) + 1


def test_nothing_found_is_an_empty_report():
    assert json.loads(as_code_quality([])) == []


def test_the_report_is_ascii_whatever_a_spec_says():
    assert as_code_quality([finding(message="Grüße \u202e \x1b[31m")]).isascii()
