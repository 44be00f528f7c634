"""Where a rule has to speak, and where it has to keep still, beyond its golden case."""

from __future__ import annotations

import pytest

LOG = "predictions: {log: s3://logs/churn/, time: ts, id: request_id%s}"
LABELS_LATE = "labels: {column: churned, delay: {p95: 30d}}"
BATCH = "serving: {mode: batch, schedule: '0 3 * * *', output: s3://out/churn/}"
SLICED = "evaluation: {offline: {gates: [{metric: recall, min: 0.6, slices: [airport]}]}}"
FETCHED = "features: [{name: plan, column: plan, online: {source: feast://a/b, p99: 80ms}}]"
WEEKLY = "triggers: [{name: weekly, schedule: '0 3 * * 1'}]"
TWO_SOURCES = """
data:
  sources:
    - name: flights
      schema:
        - {name: airport, logicalType: string, primaryKey: true}
        - {name: hour, logicalType: timestamp, primaryKey: true}
        - {name: churned, logicalType: boolean}
    - name: weather
      join: {to: flights, columns: [airport]}
      schema:
        - {name: airport, logicalType: string}
        - {name: wind, logicalType: number}
"""

QUIET = (
    "traffic: {rps: 0.5, dailyMinimumRps: 0.01}\n"
    "rollout: {guards: [{metric: errorRate, max: 1%%, window: 15m, onNoData: %s}]}"
)
PROMISED = (
    f"traffic: {{rps: 0.5}}\nmonitoring: {{{LOG % ''}, "
    "slos: [{name: up, sli: availability, target: %s, window: 30d}]}"
)

SPEAKS = {
    "a data monitor whose default features are none of them logged": (
        "dangling-monitor",
        f"monitoring: {{{LOG % ', columns: [age_band]'}, monitors: [{{name: inputs, kind: data, window: 7d}}]}}",
        "`inputs` has no feature to watch: the prediction log holds `age_band` only",
    ),
    "a trigger on an objective": (
        "dangling-monitor",
        (
            f"monitoring: {{{LOG % ''}, slos: [{{name: up, sli: availability, target: 99%, window: 30d}}]}}\n"
            "retraining: {triggers: [{name: down, monitor: up}]}"
        ),
        "`up` is an objective, not a monitor",
    ),
    "a slice by a column that two sources have": (
        "dangling-slice",
        f"{TWO_SOURCES}\nfeatures: [wind]\n{SLICED}",
        "`airport` is a column of several sources: `flights.airport`, `weather.airport`",
    ),
    "a percentage error over labels that may be zero": (
        "metric-not-computable",
        (
            "objective: {problem: regression}\ndata: {labels: {column: monthly_charges}}\n"
            "features: [plan]\nevaluation: {offline: {gates: [{metric: mape, max: 10%}]}}"
        ),
        "`mape` divides by the label, and the contract lets `customers.monthly_charges` be zero",
    ),
    "a scaled error without an order of time": (
        "metric-not-computable",
        (
            "objective: {problem: forecasting}\ndata: {labels: {column: monthly_charges}}\n"
            "features: [plan]\nevaluation: {offline: {gates: [{metric: mase, max: 1}]}}"
        ),
        "`mase` needs the training rows in order of time, and the splits name no time",
    ),
    "a ranking of one row": (
        "metric-not-computable",
        (
            "objective: {problem: ranking, query: customer_id}\n"
            "features: [plan]\nevaluation: {offline: {gates: [{metric: ndcg, min: 0.3}]}}"
        ),
        "`ndcg` orders the rows of a query, and each value of `customers.customer_id` has one row only",
    ),
    "an average over classes on live traffic": (
        "metric-not-computable",
        "objective: {problem: multiclassClassification}\nevaluation: {online: {gates: [{metric: recall, min: 0.6}]}}",
        "`recall` cannot be computed on live traffic: averaged over classes it is no sum over requests",
    ),
    "a default selection by latency": (
        "metric-not-computable",
        "evaluation: {offline: {gates: [{metric: latencyP99, max: 50ms}]}}",
        "no trial can be chosen by `latencyP99`, the first offline gate's metric",
    ),
    "an outcome by query that is known after the step": (
        "label-delay-gate",
        (
            "metrics: [{name: kept, direction: increase, delay: 3d, query: {good: a, total: b}}]\n"
            "evaluation: {online: {gates: [{metric: kept, min: 50%}]}}"
        ),
        "`kept` needs outcomes, known after 3d",
    ),
    "labels whose delay only the contract tells": (
        "label-delay-gate",
        "data: {labels: {column: closing_balance}}\nevaluation: {online: {gates: [{metric: recall, min: 0.6}]}}",
        "`recall` needs labels, known after 30d",
    ),
    "a direct rollout that nothing watches": (
        "toothless-rollback",
        "rollout: {steps: null, guards: null, strategy: direct, hold: 1h}",
        "nothing watches the candidate's live traffic",
    ),
    "a unique column that is no key": (
        "leaking-feature",
        "features: [customer_id]",
        "of which no value occurs twice",
    ),
    "fetching alone takes longer than the budget": (
        "latency-budget-exceeded",
        f"{FETCHED}\nserving: {{latencyBudget: 50ms}}",
        "80ms to fetch `plan`, more than the budget of 50ms",
    ),
    "raters who must agree, and nobody knows who they are": (
        "missing-raters",
        "data: {labels: {agreement: {min: 0.8}}}",
        "nothing says which columns hold their labels",
    ),
    "a fairness attribute that is personal": (
        "privacy-flow",
        "evaluation: {offline: {fairness: [{metric: disparateImpact, attribute: customer_id, min: 0.8}]}}",
        "`customers.customer_id` is pii and flows into the reports of `disparateImpact-by-customer_id`",
    ),
    "nights without a request, where no data rolls back": (
        "trigger-happy-guard",
        QUIET % "rollback",
        "windows of 15m gets 0.9 to 445 requests, and none in one rolls back",
    ),
    "one failing request of 45 is more than a hundredth": (
        "trigger-happy-guard",
        PROMISED % "99.5%",
        "rolls back nearly all healthy candidates by chance alone: one that just keeps `up` fails 0.5% of its requests",
    ),
    "a guard below a gate": (
        "unsatisfiable-gates",
        (
            "evaluation: {online: {gates: [{metric: throughput, min: 5}]}}\n"
            "rollout: {guards: [{metric: throughput, max: 2, window: 15m}]}"
        ),
        "no model passes `guard-throughput`: throughput ≤ 2 and `online-throughput`: throughput ≥ 5",
    ),
}

KEEPS_STILL = {
    "nights without a request, where no data waits": ("trigger-happy-guard", QUIET % "hold"),
    "an objective that hardly anything fails": ("trigger-happy-guard", PROMISED % "99.999%"),
    "an objective that is the guard's own bound does not say what is healthy": (
        "trigger-happy-guard",
        PROMISED % "99%",
    ),
    "raters who are named": ("missing-raters", "data: {labels: {agreement: {min: 0.8, raters: [plan, age_band]}}}"),
    "a part of a key of several columns may repeat": ("leaking-feature", f"{TWO_SOURCES}\nfeatures: [hour, wind]"),
    "a feature of one of two columns of a name is what that name means": (
        "dangling-slice",
        f"{TWO_SOURCES}\nfeatures: [{{name: airport, column: flights.airport}}]\n{SLICED}",
    ),
    "labels that are known at once delay nothing": (
        "label-delay-gate",
        "traffic: {rps: 100}\nevaluation: {online: {gates: [{metric: recall, min: 0.6}]}}",
    ),
    "a metric of requests waits for no labels": (
        "label-delay-gate",
        f"data: {{{LABELS_LATE}}}\nevaluation: {{online: {{gates: [{{metric: errorRate, max: 1%}}]}}}}",
    ),
    "a batch rollout has no live traffic to watch": ("toothless-rollback", f"{BATCH}\nrollout: {{guards: null}}"),
    "online gates alone can roll back": (
        "toothless-rollback",
        "rollout: {guards: null}\nevaluation: {online: {gates: [{metric: errorRate, max: 1%}]}}",
    ),
    "an expanding window has no length": (
        "short-retrain-window",
        f"data: {{{LABELS_LATE}}}\nretraining: {{{WEEKLY}, window: {{kind: expanding}}}}",
    ),
    "a window compared with the one before comes to rest": (
        "retrain-storm",
        (
            f"monitoring: {{{LOG % ''}, monitors: [{{name: i, kind: prediction, window: 9d, reference: previous}}]}}\n"
            "retraining: {triggers: [{name: d, monitor: i}], cooldown: 1h}"
        ),
    ),
    "positive labels make percentage errors sound": (
        "metric-not-computable",
        (
            "objective: {problem: regression}\nfeatures: [plan]\n"
            "data: {labels: {column: price}, sources: [{name: s, schema: [{name: plan, logicalType: string}, "
            "{name: price, logicalType: number, logicalTypeOptions: {minimum: 0.01}}]}]}\n"
            "evaluation: {offline: {gates: [{metric: mape, max: 10%}]}}"
        ),
    ),
    "an own metric with parameters is computed as its base": (
        "metric-not-computable",
        (
            "metrics: [{name: f2, base: fBeta, beta: 2}]\nexperiments: {select: {metric: f2}}\n"
            "objective: {decisionThreshold: {tune: f2}}\n"
            "evaluation: {offline: {gates: [{name: f2-floor, metric: f2, min: 0.5}]}}"
        ),
    ),
    "a band around a metric bounds a suspicious improvement": (
        "unsatisfiable-gates",
        "evaluation: {offline: {gates: [{metric: rocAuc, min: 0.8, max: 0.99}]}}",
    ),
    "a bound at the best value stops nobody": (
        "unsatisfiable-gates",
        "evaluation: {offline: {gates: [{metric: recall, max: 1, name: loose}]}}",
    ),
    "a personal column that nothing reads flows nowhere": ("privacy-flow", "features: [plan]"),
    "a model without a quota may be of any size": ("over-capacity", "serving: {replicas: {min: 900, max: 1000}}"),
    "a batch model is one pod": ("over-capacity", BATCH),
}


@pytest.mark.parametrize(("rule", "patch", "message"), SPEAKS.values(), ids=SPEAKS)
def test_it_speaks(rule, patch, message, lint_spec):
    linted = lint_spec(patch)
    assert [finding for finding in linted.of(rule) if message in finding.message]
    assert linted.of("internal-error") == []


@pytest.mark.parametrize(("rule", "patch"), KEEPS_STILL.values(), ids=KEEPS_STILL)
def test_it_keeps_still(rule, patch, lint_spec):
    assert lint_spec(patch).of(rule, "internal-error") == []


def test_triggers_of_another_environment_are_not_judged(lint_spec):
    patch = f"data: {{{LABELS_LATE}}}\nretraining: {{{WEEKLY}, window: {{kind: rolling, length: 7d}}}}"
    two = 'environments: [{name: staging, namespace: "{namespace}-staging"}, {name: production}]'
    found = lint_spec(patch, two).of("short-retrain-window")
    assert [finding.message.endswith("(in production)") for finding in found] == [True]


def test_without_targets_nothing_is_said_of_what_they_honour(lint_spec):
    from lifespec_compiler.rules import Context

    patch = f"monitoring: {{{LOG % ''}, slos: [{{name: up, sli: availability, target: 99%, window: 30d}}]}}"
    assert lint_spec(patch, context=Context()).of("no-op-field", "pending-field") == []
    assert len(lint_spec(patch).of("no-op-field")) == 1


def test_a_section_without_effect_is_one_finding(lint_spec):
    slo = "{name: up, sli: availability, target: 99%, window: 30d}"
    other = "{name: fast, sli: latency, threshold: 1s, target: 99%, window: 30d}"
    found = lint_spec(f"monitoring: {{{LOG % ''}, slos: [{slo}, {other}]}}").of("no-op-field")
    assert [finding.place.path for finding in found] == [("spec", "monitoring", "slos")]
