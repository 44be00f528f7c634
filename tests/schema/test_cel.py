"""The rules over several fields say the same in Python and in CEL."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from pydantic_core import PydanticCustomError

from corpus.documents import CEL_CASES
from lifespec_schema.records import constraints as of_records
from lifespec_schema.records.constraints import CEL
from lifespec_schema.values import constraints, scenario_rules

RULES = {**vars(constraints), **vars(scenario_rules), **vars(of_records)}
# What the language fills in where the canonical form has nothing, and a rule looks.
DEFAULTS = {"replicas_ordered": {"min": 2, "max": 2}, "user_needs_header": {"unit": "request"}}


def test_every_rule_has_good_and_bad_cases():
    assert set(CEL_CASES) == set(CEL)
    assert all(case["good"] and case["bad"] for case in CEL_CASES.values())


@pytest.mark.parametrize("rule", sorted(CEL))
def test_python_and_cel_say_the_same(rule, cel, as_cel):
    expression, message = CEL[rule]
    for expected in (True, False):
        for value in CEL_CASES[rule]["good" if expected else "bad"]:
            assert cel(expression, self=as_cel(value, {} if rule in COUNTS else NUMBERS)) is expected, value
            assert holds(rule, value) is expected, value
    assert message


def holds(rule, value):
    try:
        RULES[rule](Attributes({**DEFAULTS.get(rule, {}), **value}))
    except PydanticCustomError:
        return False
    return True


class Attributes(SimpleNamespace):
    """A mapping as a validated node has it: fields that are not written are None."""

    def __init__(self, value):
        snake = {("".join(f"_{c.lower()}" if c.isupper() else c for c in key)): each for key, each in value.items()}
        members = {key: _inner(key, each) for key, each in snake.items()}
        super().__init__(**{"schema_": members.pop("schema", None), **members})

    def __getattr__(self, name):
        return None


def _inner(key, value):
    if key == "steps":
        return [Attributes(item) for item in value]
    return Attributes(value) if key == "join" else value


# Where the schema says `number` the cluster has a double; counts are integers.
COUNTS = {"replicas_ordered", "weights_rise"}
DOUBLES = """
    min max low high p50 p95 p99 train validation test rps peakRps dailyMinimumRps hold timeout
    maxRegression minImprovement maxRelativeRegression threshold good total
"""
NUMBERS = {"properties": {name: {"type": "number"} for name in DOUBLES.split()}}
