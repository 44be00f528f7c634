"""The policy that a rollout is judged by: what its opening decision embeds, whatever the plan becomes meanwhile."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Final, NamedTuple

from lifespec_compiler.plan import SEMANTICS, Check, Plan, Stage
from lifespec_compiler.plan.defaults import fill
from lifespec_compiler.plan.hashes import digest_of_bytes
from lifespec_compiler.plan.policy import OF_BATCHES, OF_OBJECTIVE, policy_json
from lifespec_compiler.plan.references import checks, stages
from lifespec_schema.forms import read_lifecycle

from .state import Rollout

_KNOWN: Final[list[tuple[Plan, str, Plan | None]]] = []
_MOST: Final = 8


class Sections(NamedTuple):
    """The parts of a spec that a policy is made of, as they are written in it."""

    evaluation: dict[str, Any]
    rollout: dict[str, Any]
    metrics: list[Any]
    objective: dict[str, Any]
    serving: dict[str, Any]
    """Of batch serving; else empty."""


def policy_text(plan: Plan) -> str:
    """All that a rollout under this plan is judged by, as canonical JSON; its SHA-256 is the policy hash."""
    return policy_json(plan.values["spec"]).decode()


def judged_by(plan: Plan, rollout: Rollout | None) -> Plan | None:
    """The plan with the policy that the open rollout embeds; None where that cannot be read, or has another meaning."""
    if rollout is None or rollout.policy_hash == plan.hashes.policy:
        return plan
    if rollout.policy is None or digest_of_bytes(rollout.policy.encode("utf-8", "replace")) != rollout.policy_hash:
        return None
    for known, text, found in _KNOWN:
        if known is plan and text == rollout.policy:
            return found
    made = _under(plan, rollout.policy)
    _KNOWN.insert(0, (plan, rollout.policy, made))
    del _KNOWN[_MOST:]
    return made


def _under(plan: Plan, text: str) -> Plan | None:
    embedded = _sections(text)
    if embedded is None:
        return None
    values = plan.canonical["spec"]
    objective = {key: value for key, value in values["objective"].items() if key not in OF_OBJECTIVE}
    spec = {
        **values,
        "evaluation": embedded.evaluation,
        "rollout": embedded.rollout,
        "metrics": embedded.metrics,
        "serving": {**values["serving"], **embedded.serving},
        "objective": {**objective, **embedded.objective},
    }
    document = {**plan.canonical, "spec": spec}
    if read_lifecycle(document, "canonical")[0] is None:
        return None
    lifecycle, _ = read_lifecycle(fill(document), "canonical")
    if lifecycle is None:
        return None
    found: tuple[Check, ...] = checks(lifecycle.spec)
    stretches: tuple[Stage, ...] = stages(lifecycle.spec)
    return replace(plan, spec=lifecycle.spec, checks=found, stages=stretches)


def _sections(text: str) -> Sections | None:
    try:
        policy = json.loads(text)
    except ValueError:
        return None
    if not isinstance(policy, dict) or policy.get("semantics") != SEMANTICS:
        return None
    return Sections(
        policy.get("evaluation", {}),
        policy.get("rollout", {}),
        policy.get("metrics", []),
        {key: policy[key] for key in OF_OBJECTIVE if key in policy},
        {key: value for key, value in policy.get("serving", {}).items() if key in OF_BATCHES},
    )
