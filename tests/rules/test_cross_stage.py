"""The rules across stages: where they have to speak, and where they have to keep still, beyond their golden cases."""

from __future__ import annotations

import pytest

LOG = "predictions: {log: s3://logs/churn/, time: ts, id: request_id%s}"
BATCH = "serving: {mode: batch, schedule: '0 3 * * *', output: s3://out/churn/}"
DIRECT = "strategy: direct, hold: 1d, steps: null"
COMPARED = "evaluation: {shadow: {mirror: 20%%, duration: 1h, gates: [{metric: %s}]}}"
NIGHTLY = '{name: nightly, schedule: "0 3 * * *"}'
MONTHLY = '{name: monthly, schedule: "0 3 1 * *"}'
WEEK_LONG = "rollout: {steps: [{weight: 10%, hold: 7d}]}"
NO_STABLE = "{offline: {gates: [{metric: rocAuc, against: stable, maxRegression: 0.01}]%s}%s}"
CONSTANT = "serving: {fallback: {kind: constant, response: '%s'}}"
COLUMNS = "data: {labels: {column: churned}, sources: [{name: s, schema: [%s, {name: churned, logicalType: %s}]}]}"
POSITIVE = "objective: {positiveLabel: %s}"
RANKED = """
objective: {problem: ranking, query: session}
features: [price]
evaluation: {offline: {gates: [{metric: ndcg, min: 0.4}]}}
data:
  labels: {column: bought}
  sources:
    - name: offers
      schema:
        - {name: session, logicalType: string}
        - {name: shown, logicalType: timestamp}
        - {name: price, logicalType: number}
        - {name: bought, logicalType: integer}
"""
OPERATED = "governance: {approvers: [leads]}"

SPEAKS = {
    "a guard on late outcomes is caught late": (
        "excess-exposure",
        (
            "traffic: {rps: 10}\nmetrics: [{name: kept, direction: increase, delay: 1h, query: {good: a, total: b}}]\n"
            "rollout: {guards: [{metric: kept, min: 50%, window: 15m}], maxExposure: 1000}"
        ),
        "can answer 5,400 requests before `guard-kept` can roll it back, 1h30m after",
    ),
    "without traffic nobody knows who is exposed": (
        "unknown-fact",
        "rollout: {maxExposure: 100}",
        "unknown: add `traffic.rps`",
    ),
    "a gate that is looked at too rarely": (
        "starved-gate",
        (
            "evaluation: {online: {gates: [{metric: errorRate, max: 1%}]}}\n"
            "rollout: {steps: [{weight: 10%, hold: 10m}], analysis: {interval: 30m}}"
        ),
        "is looked at every 30m, and `step-1` ends undecided after 20m",
    ),
    "a concept monitor may be vacuous too": (
        "vacuous-gate",
        (
            "data: {labels: {column: churned, baseRate: 3%}}\n"
            f"monitoring: {{{LOG % ''}, "
            "monitors: [{name: decay, kind: concept, metric: accuracy, min: 96%, window: 30d}]}"
        ),
        "`decay` asks for no more than a model reaches that always gives the commoner answer",
    ),
    "gates that always saying no passes": (
        "vacuous-gate",
        "evaluation: {offline: {gates: [{metric: falsePositiveRate, max: 5%}]}}",
        "a model that always says no passes the only offline gate",
    ),
    "accuracy without a base rate": (
        "unknown-fact",
        "evaluation: {offline: {gates: [{metric: accuracy, min: 95%}]}}",
        "unknown: add `data.labels.baseRate`",
    ),
    "an approval by nobody": (
        "unasked-approval",
        "rollout: {approval: {before: [promoting]}}",
        "nobody may approve before `promoting`",
    ),
    "a first model on which nobody may decide": (
        "unasked-approval",
        "evaluation: {bootstrap: {relativeGates: refuse}}",
        "a person decides on the first model, and no group is named that may",
    ),
    "two triggers may follow each other": (
        "overlapping-rollouts",
        f"retraining: {{triggers: [{NIGHTLY}, {MONTHLY}], cooldown: 3d}}\n{WEEK_LONG}",
        "a rollout takes 7d, and `nightly`, `monthly` may start trainings 3d apart",
    ),
    "a limit of one run keeps trainings apart, and not for long enough": (
        "overlapping-rollouts",
        f"retraining: {{triggers: [{NIGHTLY}], limit: {{runs: 1, per: 5d}}}}\n{WEEK_LONG}",
        "starts the next training 5d after the one before",
    ),
    "a forecast with the default splits": (
        "shuffled-split",
        (
            "objective: {problem: forecasting}\ndata: {labels: {column: monthly_charges}}\n"
            "features: [plan]\nevaluation: {offline: {gates: [{metric: mae, max: 1}]}}"
        ),
        "the splits are random, the default: a forecast is tested on times before",
    ),
    "a forecast with folds": (
        "shuffled-split",
        (
            "objective: {problem: forecasting}\n"
            "data: {labels: {column: monthly_charges}, splits: {strategy: group, column: plan, train: 70%, "
            "validation: 15%, test: 15%}}\nfeatures: [plan]\nevaluation: {offline: {gates: [{metric: mae, max: 1}]}}"
        ),
        "the splits are group: a forecast",
    ),
    "a regression of words": (
        "mistyped-column",
        (
            "objective: {problem: regression}\ndata: {labels: {column: plan}}\nfeatures: [tenure_months]\n"
            "evaluation: {offline: {gates: [{metric: mae, max: 1}]}}"
        ),
        "regression predicts a number, and `customers.plan` is of type string",
    ),
    "noise on numbers that are not there": (
        "mistyped-column",
        (
            "features: [plan]\n"
            "evaluation: {offline: {robustness: [{perturb: gaussianNoise, scale: 0.1, features: numeric, "
            "metric: rocAuc, maxRegression: 0.01}]}}"
        ),
        "no feature is numeric: `rocAuc-under-gaussianNoise` disturbs nothing, and every model passes it",
    ),
    "a statistic that suits none of the logged features": (
        "mistyped-column",
        f"features: [plan]\nmonitoring: {{{LOG % ''}, monitors: [{{name: i, kind: data, method: ks, window: 7d}}]}}",
        "`ks` suits none of what `i` watches: `plan`",
    ),
    "a positive label of another type": (
        "contradictory-label-facts",
        POSITIVE % '"true"',
        '`positiveLabel` is "true", and `customers.churned` is of type boolean',
    ),
    "a positive label that the contract's quality rule forbids": (
        "contradictory-label-facts",
        (
            f"{POSITIVE % '1'}\nfeatures: [x]\n"
            "data: {labels: {column: y}, sources: [{name: s, schema: [{name: x, logicalType: integer}, {name: y, "
            "logicalType: integer}], quality: [{metric: invalidValues, column: y, validValues: [-1, 2], mustBe: 0}]}]}"
        ),
        "`positiveLabel` is 1, and the contract allows `s.y` -1, 2 only",
    ),
    "a fallback without tensors": ("malformed-fallback", CONSTANT % '{"model_name": "m"}', "lacks `outputs`"),
    "a fallback with half a tensor": (
        "malformed-fallback",
        CONSTANT % '{"model_name": "m", "outputs": [{"name": "score"}]}',
        "has an output without `shape`, `datatype`, `data`",
    ),
    "a fallback that is nested beyond reading": ("malformed-fallback", CONSTANT % ("[" * 1024), "is no JSON"),
    "a log whose retention nobody wrote down": (
        "unknown-fact",
        (
            "data: {labels: {column: churned}, sources: [{name: s, retention: 90d, regulations: [GDPR], schema: "
            "[{name: plan, logicalType: string}, {name: churned, logicalType: boolean}]}]}\nfeatures: [plan]\n"
            f"monitoring: {{{LOG % ''}}}"
        ),
        "unknown: add `monitoring.predictions.retention`",
    ),
    "a column of a confidential kind outlives its source without any law": (
        "outlived-retention",
        (
            "data: {labels: {column: churned}, sources: [{name: s, retention: 90d, schema: [{name: plan, "
            "logicalType: string, classification: restricted}, {name: churned, logicalType: boolean}]}]}\n"
            "features: [plan]\n"
            f"monitoring: {{{LOG % ', retention: 91d'}}}"
        ),
        "the log keeps `plan` for 91d, and `s` keeps them for 90d",
    ),
    "a column without duplicates names rows": (
        "leaking-feature",
        (
            "data: {labels: {column: y}, sources: [{name: s, schema: [{name: x, logicalType: integer}, {name: y, "
            "logicalType: boolean}], quality: [{metric: duplicateValues, column: x, mustBe: 0}]}]}\nfeatures: [x]"
        ),
        "`x` is made of `s.x`, of which no value occurs twice",
    ),
    "what joins predictions with labels names rows": (
        "leaking-feature",
        "monitoring: {predictions: {log: s3://logs/churn/, time: ts, id: plan}}",
        "`plan` is made of `customers.plan`, by which predictions are joined with their labels",
    ),
    "a person's key as the log's id": (
        "privacy-flow",
        "monitoring: {predictions: {log: s3://logs/churn/, time: ts, id: customer_id}}",
        "`customers.customer_id` is pii and flows into each row of the prediction log, as its id",
    ),
    "a feature that a batch model would fetch": (
        "no-op-field",
        f"{BATCH}\nfeatures: [{{name: plan, column: plan, online: {{source: feast://a/b, p99: 5ms}}}}]",
        "`features[0].online` has no effect: it belongs to a model that answers requests",
    ),
    "a live gate of a batch model": (
        "no-op-field",
        f"{BATCH}\nevaluation: {{online: {{gates: [{{metric: errorRate, max: 1%}}]}}}}",
        "`evaluation.online` has no effect",
    ),
    **{
        f"a batch model's {name}": ("no-op-field", f"{BATCH}\nrollout: {{{rollout}}}", message)
        for name, rollout, message in (
            ("steps", "guards: []", "`rollout.steps` has no effect: no requests are divided, and after 3 runs beside"),
            ("share of an experiment", "strategy: abTest, weight: 50%, duration: 14d, steps: null", "`rollout.weight`"),
            ("old revision that waits", "strategy: blueGreen, hold: 1d, steps: null", "`rollout.hold` has no effect"),
            (
                "traffic",
                f"{DIRECT}, via: gatewayApi",
                "`rollout.via` has no effect: it belongs to a model that answers",
            ),
            ("users", f"{DIRECT}, assignment: {{unit: user, bucketHeader: x}}", "`rollout.assignment` has no effect"),
            ("exposure", "maxExposure: 1000", "`rollout.maxExposure` has no effect"),
            (
                "guard that waits for data",
                f"{DIRECT}, guards: [{{metric: errorRate, max: 1%, window: 1h, onNoData: rollback}}]",
                "`rollout.guards[0].onNoData` has no effect: between two runs there is never any data",
            ),
        )
    },
    "a guard on the latency of a batch model": (
        "metric-not-computable",
        f"{BATCH}\nrollout: {{guards: [{{metric: latencyP99, max: 1s, window: 15m}}]}}",
        "`latencyP99` cannot be computed in a guard's window of live traffic: a batch run answers no requests",
    ),
    "a shadow gate on the throughput of a batch model": (
        "metric-not-computable",
        f"{BATCH}\n{COMPARED % 'throughput, min: 5'}",
        "`throughput` cannot be computed in shadow: a batch run answers no requests, so it has no data",
    ),
    "a batch model that must only run": (
        "promotion-without-data",
        "serving: {mode: batch, schedule: '0 3 * * *', output: s3://out/churn/, shadowRuns: 1}\nrollout: {guards: []}",
        "a candidate is promoted on the number of its runs alone: after 1 run, whatever they wrote",
    ),
    "a batch model whose guards wait for nothing": (
        "promotion-without-data",
        BATCH,
        "a candidate is promoted on the number of its runs alone: after 3 runs, in which no guard failed",
    ),
    "an approval before steps that a batch model does not have": (
        "unasked-approval",
        f"{BATCH}\nrollout: {{approval: {{before: [shadow, canary], by: leads}}}}",
        "nobody is asked before `canary`: no step gives the candidate a part of the requests",
    ),
    "an approval before the steps of a switch": (
        "unasked-approval",
        "rollout: {strategy: blueGreen, hold: 1h, steps: null, approval: {before: [canary], by: leads}}",
        "nobody is asked before `canary`",
    ),
    "a guard that is stricter than the gate": (
        "unsatisfiable-gates",
        (
            "evaluation: {offline: {gates: [{metric: recall, min: 0.6}, {metric: rocAuc, min: 0.8}]}}\n"
            "rollout: {guards: [{metric: recall, min: 0.7, window: 15m}]}"
        ),
        "a model whose recall is between 0.6 and 0.7 passes `recall` and is rolled back by `guard-recall`",
    ),
}

KEEPS_STILL = {
    "a freeze at the ends of the calendar": (
        "rollout-into-freeze",
        (
            f"retraining: {{triggers: [{MONTHLY}], nominate: direct}}\n"
            'rollout: {freeze: ["0001-01-01/0001-01-02", "9999-12-30/9999-12-31"]}'
        ),
    ),
    "a rollout of a hundred years": (
        "rollout-into-freeze",
        (
            f"retraining: {{triggers: [{MONTHLY}], nominate: direct}}\n"
            "rollout: {steps: [{weight: 10%, hold: 18000d}, {weight: 50%, hold: 18000d}], "
            'freeze: ["2026-12-20/2026-12-31"]}'
        ),
    ),
    "one is one, however it is written": (
        "contradictory-label-facts",
        (
            f"{POSITIVE % '1'}\nfeatures: [x]\n"
            + COLUMNS % ("{name: x, logicalType: integer}", "integer, enum: [0.0, 1.0]")
        ),
    ),
    "a few duplicates are no identity": (
        "leaking-feature",
        (
            "data: {labels: {column: y}, sources: [{name: s, schema: [{name: x, logicalType: integer}, {name: y, "
            "logicalType: boolean}], quality: [{metric: duplicateValues, column: x, mustBeLessThan: 1%}]}]}\n"
            "features: [x]"
        ),
    ),
    "a guard that is caught after promotion is toothless, not slow": (
        "excess-exposure",
        (
            "traffic: {rps: 10}\nrollout: {steps: [{weight: 10%, hold: 1h}], maxExposure: 1, "
            "guards: [{metric: errorRate, max: 1%, window: 2h}]}"
        ),
    ),
    "what nobody promised is not broken": ("excess-exposure", "traffic: {rps: 1000}"),
    "a gate that waits for labels is not starved of requests": (
        "starved-gate",
        (
            "traffic: {rps: 0.001}\ndata: {labels: {column: churned, delay: {p95: 30d}}}\n"
            "evaluation: {online: {gates: [{metric: recall, min: 60%}]}}"
        ),
    ),
    "a batch model has no requests to wait for": (
        "starved-gate",
        (
            f"{BATCH}\nevaluation: {{shadow: {{mirror: 20%, duration: 1h, minRequests: 100000, "
            "gates: [{metric: predictionPsi, max: 0.1}]}}"
        ),
    ),
    "a batch model is rolled out directly": ("no-op-field", f"{BATCH}\nrollout: {{{DIRECT}}}"),
    "what a batch model's rows must show": ("promotion-without-data", f"{BATCH}\n{COMPARED % 'errorRate, max: 1%'}"),
    "errors and answers are of rows, too": (
        "metric-not-computable",
        f"{BATCH}\n{COMPARED % 'disagreementRate, max: 5%'}",
    ),
    "a batch model has a shadow": (
        "unasked-approval",
        f"{BATCH}\nrollout: {{approval: {{before: [shadow], by: leads}}}}",
    ),
    "an experiment is a step": (
        "unasked-approval",
        "rollout: {strategy: abTest, weight: 50%, duration: 14d, steps: null, approval: {before: [canary], by: leads}}",
    ),
    "a gate with slices has the base rates of its slices": (
        "vacuous-gate",
        (
            "data: {labels: {column: churned, baseRate: 3%}}\n"
            "evaluation: {offline: {gates: [{metric: accuracy, min: 95%, slices: [plan]}]}}"
        ),
    ),
    "recall is fine beside precision": (
        "vacuous-gate",
        (
            "data: {labels: {column: churned, baseRate: 20%}}\n"
            "evaluation: {offline: {gates: [{metric: recall, min: 60%}, {metric: precision, min: 40%}]}}"
        ),
    ),
    "a gate against a baseline may be what holds the model": (
        "vacuous-gate",
        (
            "experiments: {baselines: [{kind: logisticRegression}]}\n"
            "evaluation: {offline: {gates: [{metric: recall, min: 60%}, "
            "{metric: rocAuc, against: logisticRegression, minImprovement: 0.01}]}}"
        ),
    ),
    "a bound against a suspicious improvement holds nobody to anything else": (
        "vacuous-gate",
        "evaluation: {offline: {gates: [{metric: rocAuc, max: 0.99, min: 0.8}]}}",
    ),
    "accuracy over several classes has no base rate of positives": (
        "vacuous-gate",
        (
            "objective: {problem: multiclassClassification}\n"
            "evaluation: {offline: {gates: [{metric: accuracy, min: 50%}]}}"
        ),
    ),
    "a person decides on the first model": (
        "ungated-first-model",
        f"{OPERATED}\nevaluation: {NO_STABLE % ('', ', bootstrap: {relativeGates: refuse}')}",
    ),
    "a bound on latency is something": (
        "ungated-first-model",
        f"evaluation: {NO_STABLE % (', latency: {p99: 40ms}', '')}",
    ),
    "an online gate waits for data": (
        "promotion-without-data",
        (
            "evaluation: {online: {gates: [{metric: errorRate, max: 1%}]}}\n"
            "rollout: {guards: [{metric: errorRate, max: 1%, window: 15m, onNoData: ignore}]}"
        ),
    ),
    "approvers are named once for all": (
        "unasked-approval",
        f"{OPERATED}\nrollout: {{approval: {{before: [promoting]}}}}",
    ),
    "a short rollout by Argo Rollouts": (
        "overstretched-engine",
        "rollout: {via: argoRollouts, steps: [{weight: 10%, hold: 1h}, {weight: 50%, hold: 1h}]}",
    ),
    "days without a gap between two freezes": (
        "rollout-into-freeze",
        'rollout: {freeze: ["2026-12-01/2026-12-20", "2026-12-21/2027-01-04"]}',
    ),
    "when a pull request is merged is not known": (
        "rollout-into-freeze",
        f'retraining: {{triggers: [{NIGHTLY}]}}\nrollout: {{freeze: ["2026-12-01/2026-12-20"]}}',
    ),
    "which night a cooldown lets through is not known": (
        "rollout-into-freeze",
        (
            f"retraining: {{triggers: [{NIGHTLY}], cooldown: 7d, nominate: direct}}\n"
            'rollout: {freeze: ["2026-12-01/2026-12-20"], steps: [{weight: 10%, hold: 48h}]}'
        ),
    ),
    "any answer will do over plain HTTP": (
        "malformed-fallback",
        "serving: {protocol: http, fallback: {kind: constant, response: '0.5'}}",
    ),
    "the stable revision speaks the protocol": ("malformed-fallback", "serving: {fallback: {kind: stable}}"),
    "people start the rollouts one by one": (
        "overlapping-rollouts",
        f"retraining: {{triggers: [{NIGHTLY}], nominate: manual}}\n{WEEK_LONG}",
    ),
    "a monitor alone is another rule's": (
        "overlapping-rollouts",
        (
            f"monitoring: {{{LOG % ''}, monitors: [{{name: i, kind: data, window: 1d}}]}}\n"
            f"retraining: {{triggers: [{{name: d, monitor: i}}]}}\n{WEEK_LONG}"
        ),
    ),
    "a batch model has no steps that last": ("overlapping-rollouts", f"{BATCH}\nretraining: {{triggers: [{NIGHTLY}]}}"),
    "a limit that a rare schedule never meets": (
        "suppressed-schedule",
        f"retraining: {{triggers: [{MONTHLY}], limit: {{runs: 2, per: 30d}}}}",
    ),
    "a budget for GPUs that nobody asks for": ("over-budget", "experiments: {budget: {gpuHours: 0, per: 30d}}"),
    "a source that the model does not use may forget": (
        "short-retention",
        (
            f"retraining: {{triggers: [{NIGHTLY}], window: {{kind: rolling, length: 180d}}}}\n"
            "features: [{name: x, column: s.x}]\n"
            "data: {labels: {column: y}, sources: [{name: s, schema: [{name: x, logicalType: integer}, {name: y, "
            "logicalType: boolean}]}, {name: t, retention: 9d, join: {to: s, columns: [x]}, schema: "
            "[{name: x, logicalType: integer, primaryKey: true}]}]}"
        ),
    ),
    "a log that is kept for ever": (
        "short-retention",
        f"monitoring: {{{LOG % ''}, monitors: [{{name: i, kind: data, window: 90d}}]}}",
    ),
    "a log that forgets what is neither sensitive nor under a law": (
        "outlived-retention",
        (
            "data: {labels: {column: churned}, sources: [{name: s, retention: 90d, schema: [{name: plan, "
            "logicalType: string}, {name: churned, logicalType: boolean}]}]}\nfeatures: [plan]\n"
            f"monitoring: {{{LOG % ', retention: 400d'}}}"
        ),
    ),
    "a key that means nobody": ("privacy-flow", f"monitoring: {{{LOG % ''}}}"),
    "queries whole by time": (
        "shuffled-split",
        f"{RANKED}  splits: {{strategy: temporal, column: shown, train: 70%, validation: 15%, test: 15%}}",
    ),
    "a positive label of the label's type": ("contradictory-label-facts", POSITIVE % "true"),
    "a number among integers": (
        "contradictory-label-facts",
        f"{POSITIVE % '1'}\nfeatures: [x]\n{COLUMNS % ('{name: x, logicalType: integer}', 'integer')}",
    ),
    "whole numbers may be categories": (
        "mistyped-column",
        (
            "features: [{name: tenure_months, column: tenure_months, transform: {kind: oneHot}}]\n"
            "evaluation: {offline: {robustness: [{perturb: categoryNoise, share: 5%, features: categorical, "
            "metric: rocAuc, maxRegression: 0.01}]}}"
        ),
    ),
    "missing values suit every type": (
        "mistyped-column",
        (
            "features: [plan]\n"
            "evaluation: {offline: {robustness: [{perturb: missingValues, share: 5%, features: [plan], "
            "metric: rocAuc, maxRegression: 0.01}]}}"
        ),
    ),
    "a statistic of numbers beside other features": (
        "mistyped-column",
        f"monitoring: {{{LOG % ''}, monitors: [{{name: i, kind: data, method: ks, window: 7d}}]}}",
    ),
    "an alarm below the gate": (
        "unsatisfiable-gates",
        (
            "evaluation: {offline: {gates: [{metric: recall, min: 0.7}, {metric: rocAuc, min: 0.8}]}}\n"
            f"monitoring: {{{LOG % ''}, "
            "monitors: [{name: decay, kind: concept, metric: recall, min: 0.6, window: 30d}]}"
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


@pytest.mark.parametrize("rule", ["overlapping-rollouts", "suppressed-schedule", "short-retention", "over-budget"])
def test_triggers_of_another_environment_are_not_judged(rule, lint_spec):
    patch = (
        f"{WEEK_LONG}\n"
        "experiments: {budget: {cpuHours: 9, per: 30d}}\n"
        "data: {labels: {column: churned}, sources: [{name: s, retention: 9d, schema: [{name: plan, "
        "logicalType: string}, {name: churned, logicalType: boolean}]}]}\nfeatures: [plan]\n"
        f"retraining: {{triggers: [{NIGHTLY}], cooldown: 25h, window: {{kind: rolling, length: 10d}}}}"
    )
    two = 'environments: [{name: staging, namespace: "{namespace}-staging"}, {name: production}]'
    found = lint_spec(patch, two).of(rule)
    assert [finding.message.endswith("(in production)") for finding in found] == [True]
