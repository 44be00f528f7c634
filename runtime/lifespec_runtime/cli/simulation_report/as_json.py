"""Simulations as JSON: the ledger, what there was to see, and the answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from .simulated import Simulated


def render(simulated: Sequence[Simulated]) -> str:
    """The document; `version` rises when a key changes its meaning."""
    return json.dumps({"version": 1, "simulations": [_one(each) for each in simulated]}, indent=2)


def _one(each: Simulated) -> dict[str, Any]:
    plan, first = each.plan, each.simulation
    return {
        "lifecycle": plan.name,
        "namespace": plan.namespace,
        "environment": plan.environment,
        "planHash": plan.hashes.plan,
        "scenario": first.scenario,
        "answers": plain({**each.answers._asdict()}),
        "first": {
            **plain({key: value for key, value in first._asdict().items() if key not in ("entries", "looks")}),
            "headline": each.story.headline,
            "asItShouldBe": {"pass": True, "fail": False}.get(each.story.tone),
            "entries": [plain(entry) for entry in first.entries],
            "looks": [plain(look) for look in first.looks],
        },
    }


def plain(value: Any) -> Any:
    """Records as JSON objects with camelCase keys; what has no value is left out of none."""
    if isinstance(value, dict):
        return {_camel(key): plain(item) for key, item in value.items()}
    fields: tuple[str, ...] = getattr(value, "_fields", ())
    if fields:
        return {_camel(key): plain(getattr(value, key)) for key in fields}
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    return value


def _camel(key: str) -> str:
    first, *more = key.rstrip("_").split("_")
    return first + "".join(part.capitalize() for part in more)
