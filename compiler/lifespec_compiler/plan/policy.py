"""The policy of a plan: what candidates are judged by, and what a decision that opens a rollout embeds."""

from __future__ import annotations

from typing import Any, Final

from lifespec_schema.forms import Problem
from lifespec_schema.values.anything import LONGEST

from .canonical_json import canonical_json
from .hashes import SEMANTICS

OF_BATCHES: Final = ("schedule", "timeZone", "shadowRuns")
"""What a batch candidate's runs are counted by."""
OF_OBJECTIVE: Final = ("decisionThreshold", "query")
"""What a prediction is turned into a decision by."""
_WEIGHTY: Final = ("metrics", "evaluation", "rollout")


def policy_json(spec: dict[str, Any]) -> bytes:
    """The policy as canonical JSON; `spec` has its defaults filled in."""
    return canonical_json({"semantics": SEMANTICS, **_policy(spec)})


def too_large(spec: dict[str, Any], policy: bytes) -> list[Problem]:
    """A policy that no decision has room for: no rollout could ever be begun under it."""
    characters = len(policy.decode())
    if characters <= LONGEST:
        return []
    sections = _policy(spec)
    longest = max(_WEIGHTY, key=lambda name: len(canonical_json(sections[name])))
    message = f"the policy has {characters:,} characters as JSON, and a decision has room for {LONGEST:,}"
    help_text = f"most of it is `spec.{longest}`: shorten its queries, or have fewer metrics, gates and guards"
    return [Problem("policy-too-large", ("spec", longest), message, help_text, on_key=True)]


def _policy(spec: dict[str, Any]) -> dict[str, Any]:
    rollout = {key: value for key, value in spec["rollout"].items() if key != "freeze"}
    measured = {key: spec["objective"][key] for key in OF_OBJECTIVE if key in spec["objective"]}
    policy = {"evaluation": spec["evaluation"], "rollout": rollout, "metrics": spec.get("metrics", []), **measured}
    serving = spec["serving"]
    return {**policy, "serving": {key: serving[key] for key in OF_BATCHES}} if serving["mode"] == "batch" else policy
