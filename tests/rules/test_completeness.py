"""What a spec leaves out is information unless the project wants more; and what can never act is a warning."""

from __future__ import annotations

from itertools import pairwise

import pytest

from lifespec_compiler.rules import RULES
from lifespec_schema.findings import Severity

COMPLETENESS = [name for name, rule in RULES.items() if rule.area == "completeness"]
LOG = 'predictions: {log: "s3://logs/churn/", time: ts, id: request_id}'
DECAY = "{name: decay, kind: concept, metric: recall, min: 60%, window: 30d}"
INPUTS = "{name: inputs, kind: data, window: 7d}"
IMAGE = f"image: x@sha256:{'a' * 64}"
PLAIN = """
data: {sources: [{name: s, schema: [{name: plan, logicalType: string}, {name: churned, logicalType: boolean}]}]}
features: [plan]
"""
COMPLETE = f"""
owner: {{escalation: [{{after: 30m, to: growth-oncall}}]}}
objective:
  business: {{metric: retention rate, direction: increase}}
  risks: [{{name: older-customers, risk: Older customers are served worse, detectedBy: [fair]}}]
data:
  sources:
    - name: customers
      schema: [{{name: plan, logicalType: string, required: true}}, {{name: age, logicalType: string,
        classification: protected}}, {{name: churned, logicalType: boolean}}]
features: [plan]
experiments:
  baselines: [{{kind: majorityClass}}]
  candidates: [{{name: boosting, hypothesis: Plans differ., image: "example.com/t@sha256:{"e3" * 32}"}}]
evaluation:
  offline:
    gates:
      - {{metric: rocAuc, min: 0.8, slices: [age]}}
      - {{metric: rocAuc, against: majorityClass, minImprovement: 0.1}}
    fairness: [{{name: fair, metric: equalOpportunityDifference, attribute: age, max: 0.1}}]
    robustness: [{{perturb: missingValues, share: 10%, features: all, metric: rocAuc, maxRegression: 0.03}}]
  online: {{gates: [{{metric: errorRate, against: stable, maxRegression: 0.2%}}]}}
rollout: {{approval: {{before: [promoting], by: growth-leads}}}}
monitoring:
  {LOG}
  monitors: [{INPUTS}, {DECAY}]
  slos: [{{name: up, sli: availability, target: 99%, window: 30d}}]
  alerts: [{{for: decay, severity: ticket}}, {{for: up, severity: page}}]
retraining: {{triggers: [{{name: drifted, monitor: inputs}}]}}
governance: {{tier: 1, record: {{retention: 365d}}}}
"""


def test_a_complete_spec_lacks_nothing(lint_spec):
    assert lint_spec(COMPLETE, model="{}").of(*COMPLETENESS, "internal-error") == []


def test_what_is_left_out_never_fails_by_itself():
    assert {RULES[name].severity for name in COMPLETENESS} == {Severity.INFO}


@pytest.mark.parametrize("name", COMPLETENESS)
def test_a_project_that_wants_it_from_every_team_raises_it(name, lint_spec):
    project = f"lint: {{severities: {{{name}: warning}}}}\nenvironments: [{{name: production}}]"
    patch = f"{RAISED.get(name, '')}\nversion: 1.0.1"
    found = lint_spec(patch, project, "trainedOn: null").of(name)
    assert {finding.severity for finding in found} == {Severity.WARNING}


RAISED = {
    "missing-raters": "data: {labels: {agreement: {min: 0.8}}}",
    "undetected-risk": "objective: {risks: [{name: a, risk: b}]}",
    "missing-slice": PLAIN,
    "missing-data-check": PLAIN,
    "missing-robustness": "governance: {tier: 2}",
    "missing-approval": "governance: {tier: 2}",
    "short-record": "governance: {tier: 2}",
    "missing-concept-monitor": f"monitoring: {{{LOG}, monitors: [{INPUTS}]}}",
    "unheard-monitor": f"monitoring: {{{LOG}, monitors: [{INPUTS}]}}",
    "unanswered-page": f"monitoring: {{{LOG}, monitors: [{INPUTS}], alerts: [{{for: inputs, severity: page}}]}}",
}

SPEAKS = {
    "no baseline": ("missing-baseline", "", "the model is held against nothing simpler"),
    "a critical model without risks": (
        "missing-risk",
        f"governance: {{tier: 2}}\n{RAISED['missing-slice']}",
        "a model of tier 2 names no risk",
    ),
    "each of two candidates": (
        "missing-hypothesis",
        f"experiments: {{candidates: [{{name: a, hypothesis: h, {IMAGE}}}, {{name: b, {IMAGE}}}]}}",
        "`b` does not say why",
    ),
    "a record that nobody says the length of": ("short-record", "governance: {tier: 1}", "nobody says how long"),
    "an objective that tells nobody": (
        "unheard-monitor",
        f"monitoring: {{{LOG}, slos: [{{name: up, sli: availability, target: 99%, window: 30d}}]}}",
        "nobody is told when `up` is missed",
    ),
    "a monitor that a risk counts on": (
        "unheard-monitor",
        (
            "objective: {risks: [{name: a, risk: b, detectedBy: [inputs]}]}\n"
            f"monitoring: {{{LOG}, monitors: [{INPUTS}]}}"
        ),
        "nobody is told when `inputs` alarms, though a risk is to be noticed by it",
    ),
    "monitoring with objectives only": (
        "missing-monitor",
        f"monitoring: {{{LOG}, slos: [{{name: up, sli: availability, target: 99%, window: 30d}}]}}",
        "nothing watches the model",
    ),
    "a concept monitor of everything": (
        "silent-monitor",
        f"monitoring: {{{LOG}, monitors: [{DECAY.replace('60%', '0%')}]}}",
        "`decay` never alarms: no value lies beyond 0",
    ),
    "a share of missing values that is all of them": (
        "silent-monitor",
        f"monitoring: {{{LOG}, monitors: [{{name: gaps, kind: data, method: missingShare, max: 100%, window: 7d}}]}}",
        "`gaps` never alarms: no value lies beyond 1",
    ),
    "a trigger that a limit delays, and not enough": (
        "starved-trigger",
        (
            "traffic: {rps: 1}\nretraining: {triggers: [{name: daily, schedule: '0 3 * * *'}, "
            "{name: rows, newLabeledRows: 9000000}], limit: {runs: 1, per: 30d}}"
        ),
        "`daily` trains at the latest every 31d, in which 2,678,400 labelled rows come",
    ),
    "rows of which few ever get a label": (
        "starved-trigger",
        (
            "traffic: {rps: 12}\ndata: {labels: {column: churned, share: 5%}}\nretraining: {triggers: "
            "[{name: weekly, schedule: '0 3 * * 1'}, {name: rows, newLabeledRows: 1000000}], cooldown: 5d}"
        ),
        "in which 622,080 labelled rows come",
    ),
}
KEEPS_STILL = {
    "a batch model has no steps": (
        "ungated-step",
        "serving: {mode: batch, schedule: '0 3 * * *', output: s3://out/churn/}\nrollout: {guards: null}",
    ),
    "a rollout without guards is toothless, and that is said": ("ungated-step", "rollout: {guards: []}"),
    "a direct rollout has no steps": ("ungated-step", "rollout: {strategy: direct, hold: 1h, steps: null}"),
    "an A/B test without anything is toothless, and that is said": (
        "undecided-ab-test",
        "rollout: {strategy: abTest, weight: 50%, duration: 14d, steps: null, guards: []}",
    ),
    "a model that can do little harm": ("missing-approval", "governance: {tier: 3}"),
    "a model of which nobody says what harm it can do": ("missing-robustness", "governance: {approvers: [a]}"),
    "six months are enough": ("short-record", "governance: {tier: 1, record: {retention: 184d}}"),
    "a feature that is protected is sliced by its own name": (
        "unexamined-attribute",
        (
            "features: [{name: age, column: age_band}]\n"
            "evaluation: {offline: {gates: [{metric: rocAuc, min: 0.8, slices: [age]}]}}"
        ),
    ),
    "a monitor that starts a training": (
        "unheard-monitor",
        f"monitoring: {{{LOG}, monitors: [{INPUTS}]}}\nretraining: {{triggers: [{{name: d, monitor: inputs}}]}}",
    ),
    "a page with somebody next": (
        "unanswered-page",
        (
            "owner: {escalation: [{after: 30m, to: b}]}\n"
            f"monitoring: {{{LOG}, monitors: [{INPUTS}], alerts: [{{for: inputs, severity: page}}]}}"
        ),
    ),
    "a statistic without an end": (
        "silent-monitor",
        f"monitoring: {{{LOG}, monitors: [{{name: s, kind: prediction, method: psi, max: 9, window: 7d}}]}}",
    ),
    "a statistic that is chosen later": ("silent-monitor", f"monitoring: {{{LOG}, monitors: [{INPUTS}]}}"),
    "a bound just inside the range": (
        "silent-monitor",
        f"monitoring: {{{LOG}, monitors: [{DECAY.replace('60%', '0.1%')}]}}",
    ),
    "a trigger on rows alone": (
        "starved-trigger",
        "traffic: {rps: 1}\nretraining: {triggers: [{name: rows, newLabeledRows: 100000000}]}",
    ),
    "a schedule that is rarer than the rows": (
        "starved-trigger",
        (
            "traffic: {rps: 1}\nretraining: {triggers: [{name: yearly, schedule: '0 3 1 1 *'}, "
            "{name: rows, newLabeledRows: 9000000}]}"
        ),
    ),
}


@pytest.mark.parametrize(("rule", "patch", "message"), SPEAKS.values(), ids=SPEAKS)
def test_it_speaks(rule, patch, message, lint_spec):
    linted = lint_spec(patch)
    assert [finding for finding in linted.of(rule) if message in finding.message]
    assert linted.of("internal-error") == []


@pytest.mark.parametrize(("rule", "patch"), KEEPS_STILL.values(), ids=KEEPS_STILL)
def test_it_keeps_still(rule, patch, lint_spec):
    assert lint_spec(patch).of(rule, "internal-error") == []


def test_without_traffic_nobody_can_say_whether_the_rows_come(lint_spec):
    patch = "retraining: {triggers: [{name: w, schedule: '0 3 * * 1'}, {name: rows, newLabeledRows: 1000000}]}"
    helps = [finding.help for finding in lint_spec(patch).of("unknown-fact")]
    assert any("whether `rows` gets its rows before `w` trains" in text for text in helps)


def test_rows_are_as_many_as_a_simulated_calendar_brings(lint_spec):
    """The bound holds: over four years of a schedule with a cooldown, no stretch between trainings is longer."""
    from lifespec_compiler.schedules import firings

    for schedule, cooldown_days in (("0 3 * * 1", 10), ("30 2 1 * *", 40), ("0 0 1,2 * *", 1), ("0 3 * * *", 5)):
        started: list[float] = []
        for moment in firings(schedule, 370):
            if not started or moment - started[-1] >= cooldown_days * 86400:
                started.append(moment)
        longest = max(later - earlier for earlier, later in pairwise(started))
        patch = (
            f"traffic: {{rps: 1}}\nretraining: {{cooldown: {cooldown_days}d, triggers: "
            f"[{{name: s, schedule: '{schedule}'}}, {{name: rows, newLabeledRows: {int(longest)}}}]}}"
        )
        assert lint_spec(patch).of("starved-trigger") == [], "so many rows did come"
