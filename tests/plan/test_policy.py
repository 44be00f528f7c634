"""A policy is recorded with the decision that opens a rollout: one that has no room there is refused beforehand."""

from __future__ import annotations

from typing import Any

import pytest

from ledger_story import story
from lifecycles import plan_of, plans_of, small
from lifespec_compiler.engine.policy import policy_text
from lifespec_compiler.plan.policy import policy_json, too_large
from lifespec_runtime.ledger.record import Subject, UnrecordableError, record

ROOM = 65536
SUBJECT = Subject("growth", "churn")


def with_queries(last: int) -> dict[str, Any]:
    """Own metrics with queries of 1,000 characters of two bytes each, and a last one of so many."""
    lengths = [*[1000] * 58, last]
    named = {"unit": "ratio", "direction": "increase"}
    queries = [{"good": "ä" * length, "total": "b"} for length in lengths]
    return small(metrics=[{"name": f"m{n}", **named, "query": query} for n, query in enumerate(queries)])


def longest() -> int:
    """How long the last query may be."""
    policy = policy_json(plan_of(with_queries(1)).values["spec"])
    return 1 + ROOM - len(policy.decode())


def test_the_longest_policy_that_has_a_plan_is_recorded_and_one_sign_more_is_not():
    text = policy_text(plan_of(with_queries(longest())))
    assert len(text) == ROOM
    opens = story()[0]
    assert record(opens._replace(policy=text), SUBJECT).spec.policy == text
    with pytest.raises(UnrecordableError):
        record(opens._replace(policy=f"{text} "), SUBJECT)


def test_a_longer_policy_has_no_plan():
    plans, (finding,) = plans_of(with_queries(longest() + 1))
    assert plans == []
    assert (finding.rule, finding.place.path) == ("policy-too-large", ("spec", "metrics"))
    assert "has 65,537 characters as JSON, and a decision has room for 65,536" in finding.message


@pytest.mark.parametrize("section", ["metrics", "evaluation", "rollout"])
def test_the_section_is_named_that_most_of_a_policy_is_in(section):
    spec: dict[str, Any] = {
        "objective": {},
        "serving": {"mode": "online"},
        "evaluation": {"a": "b" * 900},
        "rollout": {"a": "b" * 900},
        "metrics": ["b" * 900],
    }
    spec[section] = {"a": "b" * ROOM}
    (problem,) = too_large(spec, policy_json(spec))
    assert problem.path == ("spec", section)
    assert f"`spec.{section}`" in problem.help
