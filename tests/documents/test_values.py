"""Every typed value, written as people get it wrong: sentence → (the sound text, the bad text with marks)."""

from __future__ import annotations

import pytest

DIGEST = "a" * 64
SERVER = f"registry.example.com/churn-serve@sha256:{'b' * 64}"

BAD = {
    "a duration without a unit": ("hold: 12h", "hold: «bad-duration|12»"),
    "a duration with an unknown unit": ("cooldown: 5d", "cooldown: «bad-duration|5 days»"),
    "a duration in ISO 8601": ("cooldown: 5d", "cooldown: «bad-duration|P5D»"),
    "a duration of nothing": ("duration: 48h", "duration: «bad-duration|0s»"),
    "a negative duration": ("duration: 48h", "duration: «bad-duration|-48h»"),
    "a duration of a thousand years": ("duration: 48h", "duration: «bad-duration|53000w»"),
    "a duration that is a list": ("duration: 48h", "duration: «bad-duration|[48h]»"),
    "a duration with a space": ("latencyBudget: 120ms", "latencyBudget: «bad-duration|120 ms»"),
    "a duration of half a millisecond": ("latencyBudget: 120ms", "latencyBudget: «bad-duration|0.5ms»"),
    "a duration with a unit twice": ("duration: 48h", "duration: «bad-duration|24h24h»"),
    "a duration with a smaller unit first": ("duration: 48h", "duration: «bad-duration|30m47h»"),
    "a sexagesimal duration": ("latencyBudget: 120ms", "latencyBudget: «bad-duration|1:30:00»"),
    "95 for a ratio": ("confidence: 95%", "confidence: «bad-ratio|95»"),
    "a ratio above all": ("confidence: 95%", "confidence: «bad-ratio|195%»"),
    "a confidence of everything": ("confidence: 95%", "confidence: «bad-ratio|100%»"),
    "a confidence of everything, as a number": ("confidence: 95%", "confidence: «bad-ratio|1»"),
    "a confidence of one half": ("confidence: 95%", "confidence: «bad-ratio|50.0%»"),
    "an error for a confidence": ("confidence: 95%", "confidence: «bad-ratio|0.05»"),
    **{
        f"a confidence of everything {where}": (f"{check}}}", f"{check}, confidence: «bad-ratio|100%»}}")
        for where, check in {
            "of groups": "attribute: age_band, max: 0.10",
            "in shadow": "metric: predictionPsi, max: 0.1",
            "on live traffic": "against: stable, maxRegression: 1%",
            "of a monitor": "min: 0.82, window: 30d",
        }.items()
    },
    "a ratio below nothing": ("baseRate: 7%", "baseRate: «bad-ratio|-0.07»"),
    "a ratio in words": ("baseRate: 7%", "baseRate: «bad-ratio|seven»"),
    "a share of nothing": ("baseRate: 7%", "baseRate: «bad-ratio|0%»"),
    "a ratio with a decimal comma": ("baseRate: 7%", 'baseRate: «bad-ratio|"0,07"»'),
    "a ratio that is a truth value": ("baseRate: 7%", "baseRate: «bad-ratio|true»"),
    "a weight without the per cent sign": ("weight: 50%", "weight: «bad-weight|50»"),
    "a weight as a ratio": ("weight: 50%", "weight: «bad-weight|0.5»"),
    "a weight of half a per cent": ("weight: 50%", "weight: «bad-weight|50.5%»"),
    "a weight of nothing": ("weight: 50%", "weight: «bad-weight|0%»"),
    "a weight above all": ("weight: 50%", "weight: «bad-weight|101%»"),
    "an image by tag": (SERVER, "«bad-image|registry.example.com/churn-serve:latest»"),
    "an image without anything": (SERVER, "«bad-image|churn-serve»"),
    "an image with a short digest": (SERVER, "«bad-image|registry.example.com/churn@sha256:abc»"),
    "an image with an upper-case digest": (SERVER, f"«bad-image|registry.example.com/churn@sha256:{'B' * 64}»"),
    "an image with a scheme": (SERVER, f"«bad-image|https://{SERVER}»"),
    "an image of an empty folder": (SERVER, f"«bad-image|registry.example.com//churn@sha256:{DIGEST}»"),
    "an image with a line break in it": (SERVER, f'«bad-image|"churn@sha256:{DIGEST}\\n"»'),
    "a version of two parts, which YAML reads as a number": ("version: 2.1.0", "version: «bad-version|1.10»"),
    "a version with a v": ("version: 2.1.0", "version: «bad-version|v2.1.0»"),
    "a version that is a whole number": ("version: 2.1.0", "version: «bad-version|2»"),
    "a version with a leading zero": ("version: 2.1.0", "version: «bad-version|2.01.0»"),
    "cron with six fields": ("schedule: 0 3 * * 1", "schedule: «bad-cron|0 0 3 * * 1»"),
    "cron with a day that does not exist": ("schedule: 0 3 * * 1", "schedule: «bad-cron|0 3 32 * *»"),
    "cron with Sunday as 7": ("schedule: 0 3 * * 1", "schedule: «bad-cron|0 3 * * 7»"),
    "cron on a month's last day": ("schedule: 0 3 * * 1", "schedule: «bad-cron|0 3 L * *»"),
    "cron with a step of twenty digits": (
        "schedule: 0 3 * * 1",
        'schedule: «bad-cron|"*/99999999999999999999 3 * * *"»',
    ),
    "cron with a step that leads nowhere": ("schedule: 0 3 * * 1", 'schedule: «bad-cron|"*/90 3 * * *"»'),
    "cron in words": ("schedule: 0 3 * * 1", "schedule: «bad-cron|every monday»"),
    "cron by nickname": ("schedule: 0 3 * * 1", 'schedule: «bad-cron|"@weekly"»'),
    "a time zone in words": ("timeZone: UTC", "timeZone: «bad-time-zone|Central European Time»"),
    "no time zone in YAML 1.1": ("timeZone: UTC", "timeZone: «bad-time-zone|no»"),
    "a time zone that is the word null": ("timeZone: UTC", 'timeZone: «bad-time-zone|"null"»'),
    "a time zone of no place": ("timeZone: UTC", "timeZone: «bad-time-zone|Europe/Wien»"),
    "a day that is not in the calendar": ('expires: "2099-12-01"', 'expires: «bad-date|"2099-02-30"»'),
    "a day the other way round": ('expires: "2099-12-01"', "expires: «bad-date|01.12.2099»"),
    "a day with a time": ('expires: "2099-12-01"', "expires: «bad-date|2099-12-01T00:00:00Z»"),
    "a day that is a number": ('expires: "2099-12-01"', "expires: «bad-date|20991201»"),
    "a span of days that ends before it starts": (
        '["2026-12-20/2027-01-03"]',
        '[«bad-date|"2027-01-03/2026-12-20"»]',
    ),
    "a quantity in bytes of the wrong unit": ("memory: 8Gi", "memory: «bad-quantity|8GB»"),
    "a quantity in words": ("memory: 8Gi", "memory: «bad-quantity|lots»"),
    "a quantity of nothing": ("memory: 8Gi", "memory: «bad-quantity|0»"),
    "a negative quantity": ("memory: 8Gi", "memory: «bad-quantity|-1»"),
    "a quantity that is a fraction": ('resources: {cpu: "4"', "resources: {cpu: «bad-quantity|0.5»"),
    "an e-mail address without a domain": ("email: growth-ml@example.com", "email: «bad-email|growth-ml»"),
    "an e-mail address with a space": ("email: growth-ml@example.com", "email: «bad-email|growth ml@example.com»"),
    "a URI without a scheme": ("uri: s3://lake/growth/customers/", "uri: «bad-uri|/lake/growth/customers/»"),
    "a URI with a space": ("uri: s3://lake/growth/customers/", "uri: «bad-uri|s3://lake/growth customers/»"),
    "a URI that is a list": ("uri: s3://lake/growth/customers/", "uri: «bad-uri|[s3://a/, s3://b/]»"),
    "an address of the wrong scheme": ("uri: http://mlflow.mlops:5000", "uri: «bad-uri|mlflow.mlops:5000»"),
    "a feature store's address without a scheme": ("source: feast://churn/tenure", "source: «bad-uri|churn/tenure»"),
    "a name that is too long for Kubernetes": ("namespace: growth", f"namespace: «bad-name|{'g' * 53}»"),
    "a lifecycle's name with capitals": ("name: churn\n", "name: «bad-name|Churn»\n"),
    "a name with capitals": ("namespace: growth", "namespace: «bad-name|Growth»"),
    "a name with an underscore": ("namespace: growth", "namespace: «bad-name|growth_ml»"),
    "a name that ends in a dash": ("namespace: growth", "namespace: «bad-name|growth-»"),
    "a name that YAML reads as a number": ("namespace: growth", "namespace: «bad-name|«leading-zero-number|007»»"),
    "a name with a line break": ("namespace: growth", 'namespace: «bad-name|"growth\\n"»'),
    "a name in another alphabet": ("namespace: growth", "namespace: «bad-name|рост»"),
    "a team with spaces": ("team: growth-ml", "team: «bad-name|growth ml»"),
    "a name of 64 characters": ("name: inputs, kind", f"name: «bad-name|{'i' * 64}», kind"),
    "a Secret's name with a slash": ("secretRef: lake-reader", "secretRef: «bad-name|vault/lake-reader»"),
    "a secret in place of its name": ("secretRefs: [feature-store]", "secretRefs: [«bad-name|Passw0rd!»]"),
    "a column with a quote": ("time: ts", 'time: «bad-name|"t\'s"»'),
    "a column that is a number": ("id: request_id", "id: «bad-name|7»"),
    "a reference with two dots too many": (
        "column: customers.tenure_months",
        "column: «bad-reference|lake.growth.customers.x.y z!»",
    ),
    "an environment variable with a dash": ("{LOG_LEVEL: info}", "{«bad-name|LOG-LEVEL»: info}"),
    "an environment variable that is a number": ("{LOG_LEVEL: info}", "{LOG_LEVEL: «wrong-type|3»}"),
    "a path without a slash": ("probe: /v2/health/ready", "probe: «bad-path|v2/health/ready»"),
    "a path that leads to another host": ("probe: /v2/health/ready", "probe: «bad-path|//host/ready»"),
    "a path upwards": ("probe: /v2/health/ready", "probe: «bad-path|/v2/../ready»"),
    "a path with a query": ("probe: /v2/health/ready", "probe: «bad-path|/ready?full=1»"),
    "a header in capitals": ("bucketHeader: x-user-bucket", "bucketHeader: «bad-name|X-User-Bucket»"),
    "a threshold in words": ("min: 0.86", "min: «bad-threshold|high»"),
    "a threshold that is a list": ("min: 0.86", "min: «bad-threshold|[0.8, 0.9]»"),
    "a bound of quality in bytes": ("mustBeLessThan: 1%", "mustBeLessThan: «bad-threshold|1kB»"),
    "a pattern that looks ahead": (
        "{name: plan, logicalType: string,",
        "{name: plan, logicalType: string, logicalTypeOptions: {pattern: «bad-pattern|'(?=a).'»},",
    ),
    "a pattern that repeats itself": (
        "{metric: nullValues,",
        (
            "{metric: invalidValues, column: plan, mustBe: 0, pattern: «bad-pattern|'(a)\\1'»}\n"
            "          - {metric: nullValues,"
        ),
    ),
    "a label that is a mapping": ("positiveLabel: true", "positiveLabel: «bad-value|{is: true}»"),
    "a category that is a list": ("enum: [basic, plus, pro]", "enum: [basic, «bad-value|[plus, pro]»]"),
    "a label of 201 characters": ("positiveLabel: true", f"positiveLabel: «bad-value|{'x' * 201}»"),
    "a port that only root may open": ("port: 8080", "port: «out-of-range|80»"),
    "a port above all ports": ("port: 8080", "port: «out-of-range|70000»"),
    "a port in quotes": ("port: 8080", 'port: «wrong-type|"8080"»'),
    "a port with a fraction": ("port: 8080", "port: «wrong-type|8080.5»"),
    "no requests a second": ("{rps: 12,", "{rps: «out-of-range|0»,"),
    "requests a second in quotes": ("{rps: 12,", '{rps: «wrong-type|"12"»,'),
    "no rows": ("minRows: 50000", "minRows: «out-of-range|0»"),
    "more rows than there can be": ("minRows: 50000", "minRows: «out-of-range|2000000000000»"),
    "a tier that does not exist": ("tier: 2", "tier: «out-of-range|9»"),
    "an empty text": ("whyNotRules: A rule on tenure reaches recall 0.41.", 'whyNotRules: «wrong-length|""»'),
    "a text that is a number": ("whyNotRules: A rule on tenure reaches recall 0.41.", "whyNotRules: «wrong-type|0.41»"),
    "a text that is too long": ("risk: They are served worse", f"risk: «wrong-length|{'x' * 1025}»"),
    "a truth value in words": ("primaryKey: true", "primaryKey: «wrong-type|yes»"),
    "a truth value as a number": ("primaryKey: true", "primaryKey: «wrong-type|1»"),
    "a short threshold of decision outside 0 to 1": (
        "decisionThreshold: {tune: f1, split: validation}",
        "decisionThreshold: «bad-ratio|50»",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_value_that_is_probably_a_mistake_is_refused_where_it_stands(case, expect):
    linted = expect("specs/churn/lifecycle.yaml", *BAD[case])
    assert all(finding["help"] for finding in linted.findings)


HINTS = {
    "95 for a ratio": ("confidence: 95%", "confidence: 95", "did you mean `95%`?"),
    "an error for a confidence": ("confidence: 95%", "confidence: 5%", "did you mean `95%`?"),
    "a weight without the per cent sign": ("weight: 50%", "weight: 50", "did you mean `50%`?"),
    "a duration without a unit": ("hold: 12h", "hold: 12", "did you mean `12s`, `12m`, `12h` or `12d`?"),
    "a duration with a unit twice": ("duration: 48h", "duration: 24h24h", "did you mean `2d`?"),
    "a duration with a smaller unit first": ("hold: 12h", "hold: 30m1h", "did you mean `1h30m`?"),
    "an image with a scheme": (SERVER, f"docker://{SERVER}", f"did you mean `{SERVER}`?"),
    "a time zone in another case": ("timeZone: UTC", "timeZone: europe/vienna", "did you mean `Europe/Vienna`?"),
    "a quantity in GB": ("memory: 8Gi", "memory: 8GB", "did you mean `8G`?"),
    "a port in quotes": ("port: 8080", 'port: "8080"', "write it without quotes: `8080`"),
    "a number in quotes": ("{rps: 12,", '{rps: "12.50",', "write it without quotes: `12.5`"),
    "a text where a list belongs": ("secretRefs: [feature-store]", "secretRefs: feature-store", "`[feature-store]`"),
    "a truth value of YAML 1.1": ("primaryKey: true", "primaryKey: yes", "write `true`"),
    "no of YAML 1.1": ("primaryKey: true", "primaryKey: no", "write `false`"),
    "a days' span upside down": (
        '"2026-12-20/2027-01-03"',
        '"2027-01-03/2026-12-20"',
        'did you mean `"2026-12-20/2027-01-03"`?',
    ),
    "a version as a number": ("version: 2.1.0", "version: 1.10", "for example `2.1.0`"),
    "a list where a mapping belongs": (
        "traffic: {rps: 12, peakRps: 40, dailyMinimumRps: 3}",
        "traffic: [12]",
        "its fields: dailyMinimumRps, peakRps, rps",
    ),
    "a misspelt field": ("peakRps: 40", "peekRps: 40", "did you mean `peakRps`?"),
    "a field in snake case": ("peakRps: 40", "peak_rps: 40", "did you mean `peakRps`?"),
    "a misspelt choice": ("strategy: canary", "strategy: Canray", "did you mean `canary`?"),
    "a choice in other words": ("problem: binaryClassification", "problem: binary", "did you mean"),
    "a misspelt key that tells a form": (
        "monitor: inputs, consecutive",
        "monitr: inputs, consecutive",
        "did you mean `monitor` instead of `monitr`?",
    ),
    "a misspelt metric": ("metric: rocAuc, min: 0.86", "metric: rocAUC, min: 0.86", "did you mean `rocAuc`?"),
    "a misspelt column": ("column: churned", "column: churn", "did you mean `churned`?"),
}


@pytest.mark.parametrize("case", HINTS)
def test_the_help_says_what_was_probably_meant(case, files, lint):
    old, new, hint = HINTS[case]
    assert files["specs/churn/lifecycle.yaml"].count(old) == 1
    files["specs/churn/lifecycle.yaml"] = files["specs/churn/lifecycle.yaml"].replace(old, new)
    assert hint in "\n".join(str(finding["help"]) for finding in lint(files).findings)
