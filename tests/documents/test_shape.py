"""The shape of a document: unknown, missing and doubled fields, nulls, wrong types, forms that do not exist."""

from __future__ import annotations

import pytest

SPEC = "specs/churn/lifecycle.yaml"
UNKNOWN = {
    "at the top of the document": ("kind: ModelLifecycle\n", "kind: ModelLifecycle\n«unknown-field|status»: {}\n"),
    "in metadata": ("  namespace: growth\n", "  namespace: growth\n  «unknown-field|labels»: {a: b}\n"),
    "in the spec": ("  traffic: {", "  «unknown-field|trafic»: {rps: 1}\n  traffic: {"),
    "in the owner": ("{team: growth-ml,", "{team: growth-ml, «unknown-field|slack»: '#growth',"),
    "in an escalation": ("{after: 30m,", "{after: 30m, «unknown-field|by»: phone,"),
    "in the objective": ("    stakeholders:", "    «unknown-field|stakeHolders»: [a]\n    stakeholders:"),
    "in a tuned threshold": ("{tune: f1,", "{tune: f1, «unknown-field|value»: 0.5,"),
    "in a business outcome": ("{metric: retention rate,", "{metric: retention rate, «unknown-field|unit»: ratio,"),
    "in a risk": ("{name: older-customers,", "{name: older-customers, «unknown-field|likelihood»: high,"),
    "in traffic": ("peakRps: 40,", "«unknown-field|peak»: 40,"),
    "in a parameterised metric": ("base: fBeta, beta: 2}", "base: fBeta, beta: 2, «unknown-field|query»: {}}"),
    "in a query metric": ("delay: 1h,", "«unknown-field|delays»: 1h,"),
    "in a query": ("{good: sum(a),", "{good: sum(a), «unknown-field|bad»: sum(c),"),
    "in data": ("    readiness:", "    «unknown-field|source»: x\n    readiness:"),
    "in a source": ("        format: parquet", "        «unknown-field|fromat»: parquet"),
    "in a snapshot": ("{by: partition,", "{by: partition, «unknown-field|path»: x,"),
    "in a column": ("primaryKey: true,", "«unknown-field|primary_key»: true,"),
    "in the options of a type": ("{minimum: 0,", "{«unknown-field|min»: 0,"),
    "in a quality rule": ("mustBe: 0}", "mustBe: 0, «unknown-field|equals»: 0}"),
    "in an outlier rule": ("method: iqr,", "method: iqr, «unknown-field|threshold»: 3,"),
    "in a volume": ("{minRows: 50000}", "{minRows: 50000, «unknown-field|maxRows»: 60000}"),
    "in labels": ("method: observed,", "«unknown-field|methd»: observed,"),
    "in a delay": ("{p50: 30d,", "{«unknown-field|p75»: 30d,"),
    "in agreement": ("{metric: cohenKappa,", "{metric: cohenKappa, «unknown-field|experts»: 3,"),
    "in temporal splits": ("strategy: temporal,", "strategy: temporal, «unknown-field|gap»: 30d,"),
    "in readiness": ("{minLabeledRows: 20000,", "{«unknown-field|minLabelledRows»: 20000,"),
    "in a feature": ("    - name: tenure\n", "    - name: tenure\n      «unknown-field|dtype»: int\n"),
    "in a transform": ("{kind: standardize}", "{kind: standardize, «unknown-field|buckets»: 3}"),
    "in an online feature": ("p99: 5ms,", "p99: 5ms, «unknown-field|p50»: 1ms,"),
    "in tracking": ("{kind: mlflow,", "{kind: mlflow, «unknown-field|token»: x,"),
    "in a computed baseline": ("[{kind: majorityClass}", "[{kind: majorityClass, «unknown-field|values»: {}}"),
    "in a human baseline": ("kind: human,", "kind: human, «unknown-field|people»: 3,"),
    "in a candidate": ("        timebox: 6h", "        «unknown-field|timeBox»: 6h"),
    "in a search": ("{method: bayesian,", "{method: bayesian, «unknown-field|sampler»: tpe,"),
    "in a searched range": ("{kind: integer,", "{kind: integer, «unknown-field|step»: 2,"),
    "in resources": ("memory: 8Gi}", "«unknown-field|ram»: 8Gi}"),
    "in the selection": ("split: validation}\n    budget", "split: validation, «unknown-field|folds»: 5}\n    budget"),
    "in a budget": ("{cpuHours: 800,", "{«unknown-field|cpu_hours»: 800,"),
    "in evaluation": ("    bootstrap:", "    «unknown-field|canary»: {}\n    bootstrap:"),
    "in an offline gate": ("confidence: 95%}", "«unknown-field|level»: 95%}"),
    "in a fairness check": ("attribute: age_band,", "attribute: age_band, «unknown-field|groups»: 2,"),
    "in a perturbation": ("scale: 0.1,", "scale: 0.1, «unknown-field|share»: 10%,"),
    "in a latency gate": ("{p99: 40ms,", "{«unknown-field|p999»: 40ms, p99: 40ms,"),
    "in shadow": ("      mirror: 20%", "      mirror: 20%\n      «unknown-field|percent»: 3"),
    "in a live gate": ("max: 120ms}]\n    online", "max: 120ms, «unknown-field|slices»: [plan]}]\n    online"),
    "in bootstrap": ("{relativeGates: skip}", "{relativeGates: skip, «unknown-field|gates»: []}"),
    "in online serving": ("    port: 8080", "    port: 8080\n    «unknown-field|schedule»: 0 3 * * 1"),
    "in replicas": ("targetCpu: 70%", "«unknown-field|targetCPU»: 70%"),
    "in a fallback": ("{kind: stable}", "{kind: stable, «unknown-field|response»: 0}"),
    "in a canary": ("    maxExposure: 50000", "    «unknown-field|hold»: 1h"),
    "in an assignment": ("{unit: user,", "{unit: user, «unknown-field|header»: x,"),
    "in a step": ("{name: first,", "{name: first, «unknown-field|wieght»: 5%,"),
    "in a guard": ("max: 1%, window", "max: 1%, «unknown-field|failureLimit»: 1, window"),
    "in the analysis": ("failureLimit: 2", "«unknown-field|failureLimits»: 2"),
    "in an approval": ("{before: [promoting],", "{before: [promoting], «unknown-field|after»: [canary],"),
    "in monitoring": ("    slos:", "    «unknown-field|dashboards»: []\n    slos:"),
    "in the prediction log": ("{log: s3://logs/churn/,", "{log: s3://logs/churn/, «unknown-field|format»: csv,"),
    "in a data monitor": ("kind: data, window", "kind: data, «unknown-field|metric»: psi, window"),
    "in a prediction monitor": (
        "kind: prediction, method",
        "kind: prediction, «unknown-field|features»: [tenure], method",
    ),
    "in a concept monitor": ("kind: concept,", "kind: concept, «unknown-field|method»: ks,"),
    "in an objective of service": ("sli: latency,", "sli: latency, «unknown-field|budget»: 1%,"),
    "in an alert": ("[{for: inputs,", "[{for: inputs, «unknown-field|to»: me,"),
    "in a schedule": ("schedule: 0 3 * * 1, timeZone", "schedule: 0 3 * * 1, «unknown-field|timezone»: UTC, timeZone"),
    "in a monitor's trigger": ("consecutive: 2", "«unknown-field|consequtive»: 2"),
    "in a trigger by data": ("newLabeledRows: 1000000", "newLabeledRows: 1000000, «unknown-field|per»: 1d"),
    "in a window": ("{kind: rolling,", "{kind: rolling, «unknown-field|step»: 1d,"),
    "in a limit": ("{runs: 6,", "{runs: 6, «unknown-field|cost»: 5,"),
    "in governance": ("{tier: 2,", "{tier: 2, «unknown-field|board»: [x],"),
    "in a waiver": ("{finding: toothless-rollback,", "{finding: toothless-rollback, «unknown-field|ticket»: T-1,"),
    "that only compile writes": ("  traffic: {", "  «unknown-field|platform»: {environment: production}\n  traffic: {"),
    "with a name that is hostile": ("  traffic: {", '  «unknown-field|"\\e[31mred\\x07"»: 1\n  traffic: {'),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_a_field_that_is_not_known_is_reported_at_its_key(case, expect):
    linted = expect(SPEC, *UNKNOWN[case])
    assert all(finding["help"] for finding in linted.findings)


TRIGGERS = """\
    triggers:
      - {name: weekly, schedule: 0 3 * * 1, timeZone: UTC}
      - {name: drifted, monitor: inputs, consecutive: 2}
      - {name: enough, newLabeledRows: 1000000}
"""
OWNER = "owner: {team: growth-ml, email: growth-ml@example.com, escalation: [{after: 30m, to: growth-oncall}]}"
PREDICTIONS = "predictions: {log: s3://logs/churn/, time: ts, id: request_id, columns: [tenure, plan, age_band]}"
STEPS = "steps: [{name: first, weight: 10%, hold: 4h, timeout: 9h}, {weight: 50%, hold: 12h}]"
WEATHER = """\
      - name: weather
        uri: s3://lake/weather/
        schema:
          - {name: station, logicalType: string}
          - {name: as_of, logicalType: date}
"""
MISSING = {
    "the owner": (f"spec:\n  version: 2.1.0\n  {OWNER}\n", "«missing-field|spec»:\n  version: 2.1.0\n"),
    "the version": ("spec:\n  version: 2.1.0\n", "«missing-field|spec»:\n"),
    "the namespace": ("metadata:\n  name: churn\n  namespace: growth\n", "«missing-field|metadata»: {name: churn}\n"),
    "the e-mail address": (
        "owner: {team: growth-ml, email: growth-ml@example.com,",
        "«missing-field|owner»: {team: growth-ml,",
    ),
    "the problem": ("  objective:\n    problem: binaryClassification\n", "  «missing-field|objective»:\n"),
    "the mean rate": ("traffic: {rps: 12, peakRps: 40, dailyMinimumRps: 3}", "«missing-field|traffic»: {peakRps: 40}"),
    "the label's column": ("labels: {column: churned, ", "«missing-field|labels»: {"),
    "the label's late quantile": ("delay: {p50: 30d, p95: 35d}", "«missing-field|delay»: {p50: 30d}"),
    "a column's type": (
        "- {name: station, logicalType: string}",
        "- {«missing-field|name»: station}",
    ),
    "a source's name": ("      - name: weather\n        uri:", "      - «missing-field|uri»:"),
    "a split's column": (
        "splits: {strategy: temporal, column: customers.as_of,",
        "«missing-field|splits»: {strategy: temporal,",
    ),
    "a candidate's image": (
        f"      - name: boosting\n        image: registry.example.com/churn-train@sha256:{'a' * 64}\n",
        "      - «missing-field|name»: boosting\n",
    ),
    "the served image": (
        "  serving:\n    mode: online\n    image: registry.example.com/churn-serve@sha256:" + "b" * 64,
        "  «missing-field|serving»:\n    mode: online",
    ),
    "a step's hold": (", {weight: 50%, hold: 12h}]", ", {«missing-field|weight»: 50%}]"),
    "a guard's window": (
        "[{metric: errorRate, max: 1%, window: 15m}]",
        "[{«missing-field|metric»: errorRate, max: 1%}]",
    ),
    "the prediction log": (f"  monitoring:\n    {PREDICTIONS}\n", "  «missing-field|monitoring»:\n"),
    "the log's columns of time and identity": (
        "predictions: {log: s3://logs/churn/, time: ts, id: request_id,",
        "«missing-field|«missing-field|predictions»»: {log: s3://logs/churn/,",
    ),
    "what a window needs": ("window: {kind: rolling, length: 90d}", "«missing-field|window»: {kind: rolling}"),
    "what tells a monitor's form": (
        "- {name: inputs, kind: data, window: 7d}",
        "- {«missing-field|name»: inputs, window: 7d}",
    ),
    "what tells a trigger's form": (
        "- {name: enough, newLabeledRows: 1000000}",
        "- {«missing-field|name»: enough, rows: 1000000}",
    ),
    "what tells a transform's form": ("transform: {kind: standardize}", "«missing-field|transform»: {mean: 0}"),
    "a waiver's reason": (
        "- {finding: toothless-rollback, at: first, reason: Launch week,",
        "- {«missing-field|finding»: toothless-rollback, at: first,",
    ),
    "the triggers": (f"  retraining:\n{TRIGGERS}", "  «missing-field|retraining»:\n"),
}


@pytest.mark.parametrize("case", MISSING)
def test_a_field_that_is_missing_is_reported_at_its_parent(case, expect):
    linted = expect(SPEC, *MISSING[case])
    assert all("is missing" in finding["message"] and finding["help"] for finding in linted.findings)


WRONG = {
    "a document without content": (
        "spec:\n  version: 2.1.0",
        "spec: «wrong-type|x»\n«unknown-field|other»:\n  version: 2.1.0",
    ),
    "a text for a mapping": ("delay: {p50: 30d, p95: 35d}", "delay: «wrong-type|30d»"),
    "a number for a mapping": ("volume: {minRows: 50000}", "volume: «wrong-type|50000»"),
    "a list for a mapping": ('resources: {cpu: "1", memory: 2Gi}', "resources: «wrong-type|[1, 2Gi]»"),
    "a mapping for a list": ("alerts: [{for: inputs, severity: ticket}]", "alerts: «wrong-type|{for: inputs}»"),
    "a text for a list": ("secretRefs: [feature-store]", "secretRefs: «wrong-type|feature-store»"),
    "a text for a list of features": ("columns: [tenure, plan, age_band]", "columns: «wrong-type|tenure»"),
    "a list of lists for a list of steps": (
        "[{name: first, weight: 10%, hold: 4h, timeout: 9h},",
        "[«wrong-type|[10%, 4h]»,",
    ),
    "a text for one of several forms": ("fallback: {kind: stable}", "fallback: «wrong-type|stable»"),
    "a text for a window": ("window: {kind: rolling, length: 90d}", "window: «wrong-type|90d»"),
    "a list for environment variables": ("env: {LOG_LEVEL: info}", "env: «wrong-type|[LOG_LEVEL=info]»"),
    "a patch that is a text": ("    staging: {serving", "    production: «wrong-type|small»\n    staging: {serving"),
    "patches that are a list": (
        "  environments:\n    staging: {serving: {replicas: {min: 1, max: 2}}}",
        "  environments: «wrong-type|[staging]»",
    ),
    "metadata in one word": ("metadata:\n  name: churn\n  namespace: growth\n", "metadata: «wrong-type|churn»\n"),
    "no columns": (WEATHER, "      - «contradiction|{name: weather, uri: s3://lake/weather/, schema: []}»\n"),
    "no steps": (STEPS, "steps: «wrong-length|[]»"),
    "no features": (
        "{perturb: gaussianNoise, scale: 0.1, features: numeric,",
        "{perturb: gaussianNoise, scale: 0.1, features: «wrong-length|[]»,",
    ),
    "too many labels of a slice": (
        "slices: [plan, age_band]",
        "slices: [plan, «wrong-length|[a, b, c, d, e]»]",
    ),
    "too many regulations": ("regulations: [GDPR]", f"regulations: «wrong-length|[{', '.join(['GDPR'] * 65)}]»"),
    "a bound between three": ("mustBeLessThan: 1%,", "mustBeBetween: «wrong-length|[1, 2, 3]»,"),
    "a value that is not offered": ("problem: binaryClassification", "problem: «wrong-value|clustering»"),
    "a value in capitals": ("severity: ticket", "severity: «wrong-value|Ticket»"),
    "a value that YAML 1.1 knows": ("relativeGates: skip", "relativeGates: «wrong-value|no»"),
    "a phase that is not one": ("before: [promoting]", "before: [promoting, «wrong-value|promoted»]"),
    "a strategy that is not one": ("strategy: canary", "strategy: «wrong-value|bigBang»"),
    "a mode that is not one": ("mode: online", "mode: «wrong-value|streaming»"),
    "a strategy of splits that is not one": ("strategy: temporal", "strategy: «wrong-value|byTime»"),
    "a kind that is a number": ("{kind: stable}", "{kind: «wrong-value|1»}"),
    "a kind that is a list": ("{kind: stable}", "{kind: «wrong-value|[stable]»}"),
    "a kind of monitor that is not one": ("kind: concept,", "kind: «wrong-value|performance»,"),
    "a kind of set that is not one": ("features: numeric", "features: «wrong-value|numbers»"),
    "a way to search that is not one": ("method: bayesian", "method: «wrong-value|hyperband»"),
    "a type that is not one": (
        "{name: station, logicalType: string}",
        "{name: station, logicalType: «wrong-value|varchar»}",
    ),
    "a classification that is not one": ("classification: pii", "classification: «wrong-value|secret»"),
    "an empty value": ("    port: 8080", "    «no-value|port»:"),
    "a null": ("    port: 8080", "    port: «no-value|null»"),
    "a null for a section": ("  traffic: {rps: 12, peakRps: 40, dailyMinimumRps: 3}", "  «no-value|traffic»:"),
    "a null for a duration": ("cooldown: 5d", "cooldown: «no-value|~»"),
    "a null for a choice": ("severity: ticket", "severity: «no-value|null»"),
    "a short feature that is neither a name nor a column": ("    - age_band\n", "    - «bad-name|age band!»\n"),
    "a null in a list": ("regulations: [GDPR]", "regulations: [GDPR, «no-value|null»]"),
    "a null for an environment variable": ("{LOG_LEVEL: info}", "{LOG_LEVEL: «no-value|null»}"),
    "a null for what tells a form": ("{kind: stable}", "{kind: «no-value|null»}"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_value_of_the_wrong_form_is_reported_where_it_stands(case, expect):
    linted = expect(SPEC, *WRONG[case])
    assert all(finding["help"] for finding in linted.findings)


MANY = {
    "two in one mapping": ("{rps: 12, peakRps: 40,", '{rps: «wrong-type|"12"», «unknown-field|peak»: 40,'),
    "an unknown, a missing and a wrong one": (
        "{name: first, weight: 10%, hold: 4h, timeout: 9h}",
        "{«missing-field|name»: first, weight: «bad-weight|10», «unknown-field|pause»: 4h}",
    ),
    "three in different sections": (
        f"  version: 2.1.0\n  {OWNER}",
        "  version: «bad-version|1»\n  owner: {team: growth-ml, email: «bad-email|x», escalation: «wrong-type|{}»}",
    ),
    "one in each branch of a list of forms": (
        TRIGGERS,
        TRIGGERS.replace("0 3 * * 1", "«bad-cron|weekly»").replace("consecutive: 2", "consecutive: «out-of-range|0»"),
    ),
    "a broken item beside a list that is too short without it": (
        "candidates:\n      - name: boosting\n",
        "candidates:\n      - name: «bad-name|boos ting»\n",
    ),
}


@pytest.mark.parametrize("case", MANY)
def test_all_that_is_wrong_is_reported_at_once(case, expect):
    expect(SPEC, *MANY[case])
