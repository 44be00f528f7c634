"""The queries, asked of Prometheus' own engine over series that are known."""

from __future__ import annotations

import json

import pytest

OWN = 'namespace="growth", lifecycle="churn"'
SERIES = {
    # A second, in fives of minutes: stable answers 2 requests, the candidate 1, a revision on its way out 0.2.
    'lifespec_requests_total{%s, revision="aaa", code="200"}': "0+120x180",
    'lifespec_requests_total{%s, revision="bbb", code="200"}': "0+54x180",
    'lifespec_requests_total{%s, revision="bbb", code="503"}': "0+6x180",
    'lifespec_requests_total{%s, revision="ccc", code="200"}': "0+12x180",
    'lifespec_request_seconds_bucket{%s, revision="aaa", le="0.06"}': "0+120x180",
    'lifespec_request_seconds_bucket{%s, revision="aaa", le="0.12"}': "0+120x180",
    'lifespec_request_seconds_bucket{%s, revision="aaa", le="+Inf"}': "0+120x180",
    'lifespec_request_seconds_bucket{%s, revision="bbb", le="0.06"}': "0+0x180",
    'lifespec_request_seconds_bucket{%s, revision="bbb", le="0.12"}': "0+60x180",
    'lifespec_request_seconds_bucket{%s, revision="bbb", le="+Inf"}': "0+60x180",
    # The candidate's traffic begins after one hour, and it is promoted after two.
    'lifespec_stable_trained_timestamp_seconds{%s, revision="aaa"}': "0x119 stale",
    'lifespec_stable_trained_timestamp_seconds{%s, revision="bbb"}': "_x120 3600x60",
    'lifespec_candidate_weight_percent{%s, revision="bbb"}': "_x60 10x30 50x90",
    'lifespec_check_verdict{%s, stream="r1", check="errors", verdict="Pass"}': "1x180",
    'lifespec_check_verdict{%s, stream="r1", check="errors", verdict="Fail"}': "0x180",
    'lifespec_check_verdict{%s, stream="r1", check="no-slower", verdict="Pass"}': "0x180",
    'lifespec_check_verdict{%s, stream="r1", check="no-slower", verdict="Fail"}': "1x180",
    'lifespec_monitor_breached{%s, monitor="inputs"}': "0x180",
    'lifespec_monitor_breached{%s, monitor="scores"}': "1x180",
    'lifespec_monitor_last_report_timestamp_seconds{%s, monitor="inputs"}': "0x180",
    'lifespec_last_decision_timestamp_seconds{%s, kind="advance"}': "3600x180",
    'lifespec_last_decision_timestamp_seconds{%s, kind="finish"}': "7200x180",
    'lifespec_rollbacks_total{%s, cause="errors"}': "0x99 1x80",
    # Another lifecycle, of which nothing may be seen.
    'lifespec_requests_total{namespace="growth", lifecycle="other", revision="aaa", code="200"}': "0+999x180",
    'lifespec_check_verdict{namespace="growth", lifecycle="other", check="x", verdict="Fail"}': "1x180",
}
BY_GRAFANA = {"$__rate_interval": "5m", "$__range": "2h"}


@pytest.fixture
def answers(judge, tmp_path):
    """`answers({expression: samples}, at)`: what promtool says against these answers."""

    def ask(expected, at):
        tests = []
        for expr, samples in expected.items():
            asked = expr
            for name, value in BY_GRAFANA.items():
                asked = asked.replace(name, value)
            found = [{"labels": f"{{{labels}}}", "value": value} for labels, value in samples.items()]
            tests.append({"expr": asked, "eval_time": at, "exp_samples": found})
        series = [{"series": name % OWN if "%s" in name else name, "values": values} for name, values in SERIES.items()]
        file = tmp_path / "test.json"
        file.write_text(json.dumps({"tests": [{"interval": "1m", "input_series": series, "promql_expr_test": tests}]}))
        done = judge("promtool").run("test", "rules", str(file))
        return "" if done.returncode == 0 else done.stdout + done.stderr

    return ask


@pytest.fixture
def query(dashboard):
    """`query(panel, letter)`: the query of a panel."""
    found = dashboard()

    def find(title, letter="A"):
        panel = next(panel for panel in found.panels if panel["title"].startswith(title))
        (expr,) = [each["expr"] for each in panel["targets"] if each["refId"] == letter]
        return expr

    return find


def test_requests_are_those_of_who_was_what_at_the_time(query, answers):
    expressions = [query("Requests", letter) for letter in "ABC"]
    stable, candidate, other = ({'revision="aaa"': 2}, {'revision="bbb"': 1}, {'revision="ccc"': 0.2})
    during = dict(zip(expressions, [stable, candidate, other], strict=True))
    assert answers(during, "90m") == ""
    after = dict(zip(expressions, [candidate, {}, stable | other], strict=True))
    assert answers(after, "150m") == ""
    before = dict(zip(expressions, [stable, {}, candidate | other], strict=True))
    assert answers(before, "30m") == ""


def test_who_has_no_errors_has_an_error_rate_of_zero(query, answers):
    told = {query("Error rate", "A"): {'revision="aaa"': 0}, query("Error rate", "B"): {'revision="bbb"': 0.1}}
    assert answers(told, "90m") == ""


def test_latency_is_told_of_each(query, answers):
    told = {
        query("Latency, median", "A"): {'revision="aaa"': 0.03},
        query("Latency, median", "B"): {'revision="bbb"': 0.09},
    }
    assert answers(told, "90m") == ""


def test_what_may_be_worse_follows_stable(query, answers):
    told = {query("no-slower", "C"): {"": 0.06 * 0.99 + 0.02}, query("no-slower", "D"): {"": 0.06 * 0.99 * 1.1}}
    assert answers(told, "90m") == ""


def test_the_first_rows_answer(query, answers):
    told = {
        query("Serving revision"): {'revision="bbb"': 3600},
        query("Model age"): {"": 150 * 60 - 3600},
        query("Candidate's traffic"): {"": 50},
        query("Last decision"): {'kind="finish"': 7200 * 1000},
        query("Checks failing"): {"": 1},
        query("Monitors in alarm"): {"": 1},
        query("Age of the last report"): {"": 150 * 60},
        query("Rollbacks"): {'cause="errors"': 1},
    }
    rounded = {f"round({expr})" if "increase" in expr else expr: samples for expr, samples in told.items()}
    assert answers(rounded, "150m") == ""


def test_verdicts_are_numbers_that_grafana_shows_as_words(query, answers):
    assert answers({query("Verdicts"): {'check="errors"': 1, 'check="no-slower"': 3}}, "90m") == ""


def test_nothing_failing_is_a_zero(query, answers):
    other = query("Checks failing").replace("churn", "quiet")
    assert answers({other: {"": 0}}, "90m") == ""


def test_marks_stand_where_something_happened(dashboard, answers):
    marks = {each["name"]: each["expr"] for each in dashboard().json["annotations"]["list"]}
    assert answers({expr: {} for expr in marks.values()}, "30m") == ""
    assert answers({marks["Raises"]: {'revision="bbb"': 10}}, "60m") == ""
    assert answers({marks["Raises"]: {}}, "70m") == ""
    assert answers({marks["Raises"]: {'revision="bbb"': 50}}, "91m") == ""
    assert answers({marks["Promotions"]: {'revision="bbb"': 3600}}, "120m") == ""
    assert answers({marks["Promotions"]: {}}, "130m") == ""
