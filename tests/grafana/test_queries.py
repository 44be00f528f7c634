from __future__ import annotations

import json
import re

import pytest

from leaves.witnesses import VARIANTS
from lifespec_compiler import series
from lifespec_compiler.targets.grafana import promql
from lifespec_compiler.targets.prometheus import recorded

BY_GRAFANA = {
    "$__rate_interval": "5m",
    "$__range": "1h",
    "$stable": "0123456789",
    "$candidate": "abcdef0123",
}


def filled(expr):
    """A query as Prometheus gets it."""
    for name, value in BY_GRAFANA.items():
        expr = expr.replace(name, value)
    return expr


@pytest.fixture
def faults(judge, tmp_path):
    """`faults(queries)`: what promtool says against the queries, as the expressions of recording rules."""

    def check(queries):
        rules = [{"record": f"q{index}", "expr": filled(expr)} for index, (_, expr) in enumerate(queries)]
        file = tmp_path / "rules.json"
        file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
        done = judge("promtool").run("check", "rules", str(file))
        return "" if done.returncode == 0 else done.stdout + done.stderr

    return check


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_query_is_promql(variant, dashboard, faults):
    queries = list(dashboard(of=variant).queries())
    assert len(queries) > 10
    assert faults(queries) == ""


def test_what_is_no_promql_is_seen(faults):
    assert "parse error" in faults([("broken", "sum(rate(x[5m])")])


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_series_and_label_is_of_the_one_vocabulary(variant, dashboard):
    exported = {each.name: {*each.labels, "namespace", "lifecycle"} for each in (*series.ALL, *recorded.ALL)}
    exported[f"{series.LATENCY.name}_bucket"] = exported[series.LATENCY.name] | {"le"}
    exported[f"{series.LATENCY.name}_count"] = exported.pop(series.LATENCY.name)
    seen = set()
    for where, expr in dashboard(of=variant).queries():
        for name, matchers in re.findall(r"(lifespec[a-zA-Z_:]*)\{([^}]*)\}", expr):
            assert name in exported, where
            assert set(re.findall(r"(\w+)=", matchers)) <= exported[name], where
            assert {"namespace", "lifecycle"} <= set(re.findall(r"(\w+)=", matchers)), where
            seen.add(name)
        assert len(re.findall(r"lifespec[_:]", expr)) == len(re.findall(r"lifespec[a-zA-Z_:]*\{", expr)), where
    assert series.STABLE_SINCE.name in seen


def test_together_the_panels_show_every_series(dashboard):
    text = "\n".join(expr for _, expr in dashboard().queries())
    assert [each.name for each in series.ALL if each.name not in text] == []


def test_the_teams_own_queries_are_asked_for_the_revisions_that_grafana_knows(dashboard):
    stable, candidate, *limits = dashboard().panel("acceptance")["targets"]
    good, total = (f'sum(increase({name}_total{{revision="$stable"}}[1h]))' for name in ("good", "all"))
    assert stable["expr"] == f"(\n{good}\n) / (\n{total}\n)"
    assert "$candidate" in candidate["expr"]
    assert len(limits) == 3


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('x{revision="$revision"}[$window]', 'x{revision="$stable"}[15m]'),
        ('x{a="$datasource"}', 'x{a="\\x24datasource"}'),
        ('x{a="${__from}"}', 'x{a="\\x24{__from}"}'),
        ('x{a="[[datasource]]"}', 'x{a="[\\x5bdatasource]]"}'),
        ('x{a=~"^5..$"}', 'x{a=~"^5..\\x24"}'),
        ("x{a=`$datasource`}", None),
        ('x{a=`b`, r="$revision"}[$window]', 'x{a=`b`, r="$stable"}[15m]'),
    ],
)
def test_a_query_of_the_team_holds_no_other_variable(query, expected):
    assert promql.asked(query, "$stable", "15m") == expected


def test_escaped_queries_are_still_promql(faults):
    queries = ['x{a="$datasource", b="[[c]]", c=~"^5..$", revision="$revision"}', 'rate(x{a="${__from}"}[$window])']
    asked = [promql.asked(query, "$stable", "15m") for query in queries]
    assert faults([("", query) for query in asked]) == ""
