"""What an environment's patch breaks is reported in the patch, not in what it patches."""

from __future__ import annotations

import pytest

SPEC = "specs/churn/lifecycle.yaml"
OLD = "    staging: {serving: {replicas: {min: 1, max: 2}}}"
BAD = {
    "a value of the wrong type": "{serving: {replicas: {min: «wrong-type|one», max: 2}}}",
    "a field that is not known": "{serving: {«unknown-field|replica»: 1}}",
    "a section that is not known": "{«unknown-field|servin»: {}}",
    "a typed value": "{rollout: {guards: [{metric: errorRate, max: 1%, window: «bad-duration|15»}]}}",
    "a threshold that does not fit": "{rollout: {guards: [{metric: errorRate, max: «bad-threshold|5s», window: 15m}]}}",
    "a contradiction with the rest of the spec": "{serving: {replicas: {«contradiction|min»: 20}}}",
    "a broken item of a new list": "{monitoring: {monitors: [{name: a, kind: data, window: «bad-duration|x»}]}}",
    "a null that deletes what must be there": "{rollout: {steps: «missing-field|null»}}",
    "a null that deletes a whole section": "{serving: «missing-field|null»}",
    "another form without what it needs": "{«missing-field|rollout»: {strategy: direct}}",
    "another form with a field of the old one": "{rollout: {strategy: direct, hold: 1h, «unknown-field|steps»: []}}",
    "a form that does not exist": "{rollout: {strategy: «wrong-value|bigBang»}}",
    "a reference that leads nowhere": "{data: {labels: {column: «unknown-column|churn»}}}",
    "a metric that is not there": "{experiments: {select: {metric: «unknown-metric|auROC»}}}",
    "a field that compile writes": "{«unknown-field|modelVersion»: {name: x}}",
    "two at once": "{traffic: {rps: «wrong-type|many»}, serving: {port: «out-of-range|80»}}",
}


@pytest.mark.parametrize("case", BAD)
def test_a_patch_is_to_blame_for_what_it_breaks(case, expect):
    expect(SPEC, OLD, f"    staging: {BAD[case]}")


def test_what_is_wrong_in_the_spec_is_reported_once_for_all_environments(expect):
    expect(SPEC, "confidence: 95%", "confidence: «bad-ratio|95»")
