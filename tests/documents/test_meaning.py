"""Documents of the right shape that make no sense: contradictions, references that lead nowhere, doubled names."""

from __future__ import annotations

import pytest

SPEC = "specs/churn/lifecycle.yaml"
ROLLOUT = """\
  rollout:
    strategy: canary
    assignment: {unit: user, bucketHeader: x-user-bucket}
    steps: [{name: first, weight: 10%, hold: 4h, timeout: 9h}, {weight: 50%, hold: 12h}]
"""
CONTRADICTIONS = {
    "a gate without a bound": (
        "- {name: auc, metric: rocAuc, min: 0.86, confidence: 95%}",
        "- «check-without-bound|{name: auc, metric: rocAuc, confidence: 95%}»",
    ),
    "a guard without a bound": (
        "[{metric: errorRate, max: 1%, window: 15m}]",
        "[«check-without-bound|{metric: errorRate, window: 15m}»]",
    ),
    "a concept monitor without a bound": (
        "- {name: decay, kind: concept, metric: rocAuc, min: 0.82, window: 30d}",
        "- «check-without-bound|{name: decay, kind: concept, metric: rocAuc, window: 30d}»",
    ),
    "a fairness check without a bound": (
        "[{name: opportunity, metric: equalOpportunityDifference, attribute: age_band, max: 0.10}]",
        "[«check-without-bound|{name: opportunity, metric: equalOpportunityDifference, attribute: age_band}»]",
    ),
    "a robustness check without a bound": (
        "[{perturb: gaussianNoise, scale: 0.1, features: numeric, metric: rocAuc, maxRegression: 0.03}]",
        "[«check-without-bound|{perturb: gaussianNoise, scale: 0.1, features: numeric, metric: rocAuc}»]",
    ),
    "a latency gate without a percentile": (
        "latency: {p99: 40ms, batch: 1}",
        "«check-without-bound|latency»: {batch: 1}",
    ),
    "a relative bound against nothing": (
        "- {metric: rocAuc, against: stable, maxRegression: 0.005}",
        "- «contradiction|{metric: rocAuc, maxRegression: 0.005}»",
    ),
    "against, without a relative bound": (
        "- {metric: rocAuc, against: stable, maxRegression: 0.005}",
        "- «contradiction|{metric: rocAuc, against: stable, min: 0.5}»",
    ),
    "a minimum above the maximum": (
        "- {name: auc, metric: rocAuc, min: 0.86, confidence: 95%}",
        "- «contradiction|{name: auc, metric: rocAuc, min: 0.86, max: 0.5}»",
    ),
    "a median delay above the late one": ("delay: {p50: 30d, p95: 35d}", "«contradiction|delay»: {p50: 40d, p95: 35d}"),
    "a peak below the mean": (
        "traffic: {rps: 12, peakRps: 40, dailyMinimumRps: 3}",
        "«contradiction|traffic»: {rps: 12, peakRps: 4}",
    ),
    "a quiet hour above the mean": (
        "traffic: {rps: 12, peakRps: 40, dailyMinimumRps: 3}",
        "«contradiction|traffic»: {rps: 12, dailyMinimumRps: 30}",
    ),
    "splits of less than all": (
        "splits: {strategy: temporal, column: customers.as_of, train: 70%, validation: 15%, test: 15%}",
        "«contradiction|splits»: {strategy: temporal, column: customers.as_of, train: 70%, validation: 15%, test: 5%}",
    ),
    "splits of more than all": (
        "splits: {strategy: temporal, column: customers.as_of, train: 70%, validation: 15%, test: 15%}",
        "«contradiction|splits»: {train: 80%, validation: 15%, test: 15%}",
    ),
    "fewer replicas at most than at least": (
        "replicas: {min: 2, max: 10, targetCpu: 70%}",
        "«contradiction|replicas»: {min: 12, max: 10}",
    ),
    "an empty range to search": (
        "space: {depth: {kind: integer, low: 2, high: 8}}",
        "space: {«contradiction|depth»: {kind: integer, low: 8, high: 2}}",
    ),
    "a rule of quality with two operators": (
        "- {metric: duplicateValues, column: customer_id, mustBe: 0}",
        "- «contradiction|{metric: duplicateValues, column: customer_id, mustBe: 0, mustBeLessThan: 5}»",
    ),
    "a rule of quality without an operator": (
        "- {metric: duplicateValues, column: customer_id, mustBe: 0}",
        "- «contradiction|{metric: duplicateValues, column: customer_id}»",
    ),
    "a split and cross-validation": (
        "select: {metric: averagePrecision, split: validation}",
        "«contradiction|select»: {metric: averagePrecision, split: validation, crossValidation: {folds: 5}}",
    ),
    "steps that fall": (
        ROLLOUT,
        ROLLOUT.replace("rollout:", "«contradiction|rollout»:").replace("weight: 50%", "weight: 5%"),
    ),
    "a timeout before the hold": (
        "{name: first, weight: 10%, hold: 4h, timeout: 9h}",
        "«contradiction|{name: first, weight: 10%, hold: 4h, timeout: 1h}»",
    ),
    "users without a bucket": (
        "assignment: {unit: user, bucketHeader: x-user-bucket}",
        "«contradiction|assignment»: {unit: user}",
    ),
    "a latency objective without a threshold": (
        "- {name: speed, sli: latency, threshold: 150ms, target: 99%, window: 30d}",
        "- «contradiction|{name: speed, sli: latency, target: 99%, window: 30d}»",
    ),
    "an availability objective with a threshold": (
        "- {name: speed, sli: latency, threshold: 150ms, target: 99%, window: 30d}",
        "- «contradiction|{name: speed, sli: availability, threshold: 150ms, target: 99%, window: 30d}»",
    ),
    "an imputed constant without one": (
        "transform: {kind: standardize}",
        "«contradiction|transform»: {kind: impute, value: constant}",
    ),
    "a constant that is not imputed": (
        "transform: {kind: standardize}",
        "«contradiction|transform»: {kind: impute, value: mean, constant: 0}",
    ),
}
NOWHERE = {
    "a metric that is not there": ("metric: rocAuc, min: 0.86", "metric: «unknown-metric|auROC», min: 0.86"),
    "a guard's metric that is not there": ("metric: errorRate,", "metric: «unknown-metric|errorsRate»,"),
    "a metric to select by": ("select: {metric: averagePrecision,", "select: {metric: «unknown-metric|best»,"),
    "a metric to tune for": ("{tune: f1,", "{tune: «unknown-metric|f7»,"),
    "a metric that people reach": ("values: {recall: 0.62}", "values: {recal: «unknown-metric|0.62»}"),
    "the base of a metric": ("base: fBeta,", "base: «unknown-metric|fbetta»,"),
    "a parameter that the metric does not have": ("beta: 2}", "k: «no-such-parameter|2»}"),
    "a metric of ours with a name of the catalog": ("{name: f2, base", "{name: «duplicate-name|recall», base"),
    "a baseline that is not there": (
        "against: stable, maxRegression: 0.005",
        "against: «unknown-baseline|majority», maxRegression: 0.005",
    ),
    "a baseline in live traffic": (
        "metric: offers, against: stable,",
        "metric: offers, against: «unknown-baseline|majorityClass»,",
    ),
    "the label's column": ("labels: {column: churned,", "labels: {column: «unknown-column|churn»,"),
    "the label's source": ("labels: {column: churned,", "labels: {column: «unknown-column|clients.churned»,"),
    "a column that two sources have": ("column: customers.as_of,", "column: «ambiguous-column|as_of»,"),
    "a feature's column": ("column: customers.tenure_months", "column: «unknown-column|customers.tenure»"),
    "a feature that is short for a column": ("    - age_band\n", "    - «unknown-column|age»\n"),
    "a column of a rule of quality": ("column: customer_id, mustBe", "column: «unknown-column|id», mustBe"),
    "a column of an outlier rule": (
        "outliers: [{column: tenure_months,",
        "outliers: [{column: «unknown-column|tenure»,",
    ),
    "a partition's column": ("{by: partition, column: as_of}", "{by: partition, column: «unknown-column|day»}"),
    "the environment of retraining": ("    environment: production", "    environment: «unknown-environment|prod»"),
    "an environment with a patch": ("    staging: {serving", "    «unknown-environment|stage»: {serving"),
}
AS_OF = "          - {name: as_of, logicalType: date}\n"
WEATHER = f"""\
      - name: weather
        uri: s3://lake/weather/
        schema:
          - {{name: station, logicalType: string}}
{AS_OF}"""
TWICE = {
    "two sources": (WEATHER, WEATHER.replace("weather\n", "«duplicate-name|customers»\n").replace(AS_OF, "")),
    "two columns": (WEATHER, WEATHER.replace("{name: as_of", "{name: «duplicate-name|station»")),
    "two features": ("- {name: plan, column: plan,", "- {name: «duplicate-name|tenure», column: plan,"),
    "two monitors": ("{name: scores, kind", "{name: «duplicate-name|inputs», kind"),
    "two triggers": ("{name: enough,", "{name: «duplicate-name|weekly»,"),
    "a gate and a monitor": ("{name: acceptance,", "{name: «duplicate-name|auc»,"),
    "a gate and a bound of latency": (
        "{name: auc, metric: rocAuc, min: 0.86",
        "{name: «duplicate-name|latency.p99», metric: rocAuc, min: 0.86",
    ),
    "two gates that take the same default": (
        "- {metric: recall, min: 60%, slices: [plan, age_band], minSliceRows: 500}",
        "- {«duplicate-name|metric»: rocAuc, against: stable, maxRegression: 0.1}",
    ),
    "a trigger and the monitor that it waits for": (
        "{name: drifted, monitor",
        "{name: «duplicate-name|inputs», monitor",
    ),
}
THRESHOLDS = {
    "a number for a duration": ("{metric: latencyP99, max: 120ms}", "{metric: latencyP99, max: «bad-threshold|120»}"),
    "a ratio for a duration": ("{metric: latencyP99, max: 120ms}", "{metric: latencyP99, max: «bad-threshold|12%»}"),
    "a duration for a ratio": ("metric: errorRate, max: 1%", "metric: errorRate, max: «bad-threshold|1s»"),
    "a whole number for a ratio": ("metric: rocAuc, min: 0.86", "metric: rocAuc, min: «bad-threshold|86»"),
    "a ratio above all": ("metric: errorRate, max: 1%", "metric: errorRate, max: «bad-threshold|101%»"),
    "a negative error rate": ("metric: errorRate, max: 1%", "metric: errorRate, max: «bad-threshold|-1»"),
    "a regression larger than the metric": ("maxRegression: 0.005", "maxRegression: «bad-threshold|2»"),
    "a negative regression": ("maxRegression: 0.005", "maxRegression: «bad-threshold|-0.005»"),
    "a drift statistic in per cent": ("method: psi, max: 0.2", "method: psi, max: «bad-threshold|20s»"),
    "an agreement above all": ("metric: cohenKappa, min: 0.8", "metric: cohenKappa, min: «bad-threshold|80»"),
    "a recall of people above all": ("values: {recall: 0.62}", "values: {recall: «bad-threshold|62»}"),
    "a query's ratio as a duration": ("maxRegression: 1%}]", "maxRegression: «bad-threshold|1h»}]"),
}


def joined(join: str, column: str = "station, logicalType: string") -> tuple[str, str]:
    """The weather with a join."""
    place = "        uri: s3://lake/weather/\n"
    return WEATHER, WEATHER.replace(place, f"{place}        {join}\n").replace("station, logicalType: string", column)


JOINS = {
    "a source that is not there": joined("join: {to: «unknown-source|clients», columns: [as_of]}"),
    "a source that is joined to itself": (
        WEATHER,
        WEATHER.replace(
            "name: weather\n", "«contradiction|name: weather\n        join: {to: weather, columns: [as_of]}\n"
        ).replace("date}\n", "date}»\n"),
    ),
    "a column that the other source does not have": joined(
        "join: {to: customers, columns: {day: «unknown-column|as_of»}}"
    ),
    "a column that the source itself does not have": joined(
        "join: {to: customers, columns: {as_of: «unknown-column|day»}}"
    ),
    "columns of two types": joined("join: {to: customers, columns: {as_of: «join-type-mismatch|station»}}"),
    "no column": joined("join: {to: customers, columns: «wrong-length|{}»}"),
    "a part of the key": joined(
        "join: {to: customers, columns: «join-of-many-rows|[as_of]»}", "station, logicalType: string, primaryKey: true"
    ),
    "the source that holds the label": (
        "        snapshot: {by: partition, column: as_of}\n",
        "        snapshot: {by: partition, column: as_of}\n        join: «idle-join|{to: weather, columns: [as_of]}»\n",
    ),
    "a source that is used without a join": (
        "    - age_band\n",
        "    - «unjoined-source|station»\n    - {name: again, column: weather.station}\n    - age_band\n",
    ),
    "a source whose day the splits go by, without a join": (
        "column: customers.as_of,",
        "column: «unjoined-source|weather.as_of»,",
    ),
    "a query without a ranking": (
        "  objective:\n    problem: binaryClassification\n",
        "  «contradiction|objective»:\n    problem: binaryClassification\n    query: plan\n",
    ),
    "a query's column": (
        "  objective:\n    problem: binaryClassification\n    positiveLabel: true\n",
        "  objective:\n    problem: ranking\n    query: «unknown-column|session»\n",
    ),
}
AGREEMENT = "agreement: {metric: cohenKappa, min: 0.8"
RATERS = {
    "a rater who is not there": (AGREEMENT, f"{AGREEMENT}, raters: [plan, «unknown-column|plann»]"),
    "a rater's column that two sources have": (AGREEMENT, f"{AGREEMENT}, raters: [plan, «ambiguous-column|as_of»]"),
    "one rater": (AGREEMENT, f"{AGREEMENT}, raters: «wrong-length|[plan]»"),
    "a rater twice": (
        AGREEMENT,
        AGREEMENT.replace("agreement", "«contradiction|agreement»") + ", raters: [plan, plan]",
    ),
    "a rater twice, in other words": (
        AGREEMENT,
        f"{AGREEMENT}, raters: [plan, «incomparable-raters|customers.plan»]",
    ),
    "raters in two sources": (AGREEMENT, f"{AGREEMENT}, raters: [plan, «incomparable-raters|station»]"),
    "raters of two types": (AGREEMENT, f"{AGREEMENT}, raters: [plan, «incomparable-raters|churned»]"),
}
BAD = {**JOINS, **RATERS, **CONTRADICTIONS, **NOWHERE, **TWICE, **THRESHOLDS}


@pytest.mark.parametrize("case", BAD)
def test_what_makes_no_sense_is_reported_where_it_stands(case, expect):
    linted = expect(SPEC, *BAD[case])
    assert all(finding["help"] for finding in linted.findings)


def test_several_references_that_lead_nowhere_are_reported_at_once(expect):
    expect(
        SPEC,
        "    - {name: plan, column: plan, transform: {kind: oneHot}}\n    - age_band\n",
        "    - {name: plan, column: «unknown-column|plann», transform: {kind: oneHot}}\n    - «unknown-column|age»\n"
        "    - {name: «duplicate-name|tenure», column: «ambiguous-column|as_of»}\n",
    )


def test_a_policy_that_no_decision_has_room_for_is_an_error_before_any_rollout(expect):
    offers = "    - {name: offers, unit"
    long = "".join(
        f"    - {{name: m{index}, unit: ratio, direction: increase, query: {{good: {'a' * 1000}, total: b}}}}\n"
        for index in range(62)
    )
    linted = expect(
        SPEC,
        f"  metrics:\n    - {{name: f2, base: fBeta, beta: 2}}\n{offers}",
        (f"  «policy-too-large|metrics»:\n    - {{name: f2, base: fBeta, beta: 2}}\n{long}{offers}"),
    )
    (finding,) = linted.findings
    assert "and a decision has room for 65,536" in str(finding["message"])
    assert "most of it is `spec.metrics`" in str(finding["help"])
