"""Whatever a spec says stays a text: in PromQL, in labels, and in the Go templates of annotations."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lifespec_compiler.targets.prometheus import templates
from lifespec_compiler.targets.prometheus.promql import quoted
from lifespec_compiler.targets.prometheus.templates import Live

CORPUS = json.loads((Path(__file__).parents[1] / "emit" / "hostile_strings.json").read_text("utf-8"))
TEMPLATES = [
    "{{ $value }}",
    "{{",
    "{",
    "}}",
    '{{"{"}}',
    "{{- end }}",
    "{{/*",
    "{{ query `up` }}",
    "' or vector(1) or '",
    "\\",
    "\\'",
    '"} or up{a="',
    "a\nb",
    "a\r\tb",
    "\x01\x7f\x85\u2028\ufeff",
    "`",
    "$1 ${1} %s",
]
HOSTILE = [*(text for texts in CORPUS.values() for text in texts if text.strip()), *TEMPLATES]
QUERIED = [text for text in HOSTILE if not {"$", "\ufffd"} & set(text)]
"""What a query can be asked for: `$` means a group to this function, and U+FFFD broken UTF-8 to Prometheus."""


def texts():
    return st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)


@given(texts(), texts())
def test_no_action_of_a_template_begins_or_ends_in_a_text(before, after):
    made = templates.template(before, Live("$value"), after)
    actions = made.replace('{{"{"}}', "")
    assert actions.count("{") == 2
    assert made.replace('{{"{"}}', "{").replace("{{ $value }}", "") in {before + after, made}


@given(texts())
def test_a_text_ends_where_its_quotes_end(text):
    made = quoted(text)[1:-1]
    assert "\n" not in made
    assert made.replace("\\\\", "").replace("\\'", "").count("'") == 0
    assert not made.replace("\\\\", "").endswith("\\")


def test_prometheus_reads_back_what_was_said(promtool):
    rules = [
        {
            "alert": f"A{index}",
            "expr": f"label_replace(vector(1), 'text', {quoted(text)}, '', '')" if text in QUERIED else "vector(1)",
            "labels": {"kind": templates.escaped(text)},
            "annotations": {"plain": templates.template(text, Live("$value"), text)},
        }
        for index, text in enumerate(HOSTILE)
    ]
    tests = {
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "alert_rule_test": [
                    {
                        "alertname": f"A{index}",
                        "eval_time": "1m",
                        "exp_alerts": [
                            {
                                "exp_labels": {"kind": text, **({"text": text} if text in QUERIED else {})},
                                "exp_annotations": {"plain": f"{text}1{text}"},
                            }
                        ],
                    }
                    for index, text in enumerate(HOSTILE)
                ],
            }
        ],
    }
    assert promtool(yaml.safe_dump({"groups": [{"name": "g", "rules": rules}]}).encode(), tests) == ""


@pytest.mark.parametrize("to", TEMPLATES)
def test_the_structure_of_the_rules_never_changes(to, planned, rules):
    def edit(documents):
        documents["lifecycle"]["spec"]["owner"]["escalation"] = [{"after": "30m", "to": to[:128]}]

    plain, hostile = rules(planned()), rules(planned(edit))
    assert [{**rule, "labels": set(rule["labels"]), "annotations": 0} for rule in hostile] == [
        {**rule, "labels": set(rule["labels"]), "annotations": 0} for rule in plain
    ]
