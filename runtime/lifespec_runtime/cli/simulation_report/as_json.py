"""Simulations as JSON: the ledger, what there was to see, and the answers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from .simulated import Simulated

_TRUTHS: Final = frozenset({"candidate_is_bad", "false_rollback", "missed", "errors", "rps", "drift"})
_COUNTED: Final = frozenset({"bad_exposure", "candidate_bad", "stable_bad"})


def render(simulated: Sequence[Simulated]) -> str:
    """The document; `version` rises when a key changes its meaning."""
    return json.dumps({"version": 1, "simulations": [_one(each) for each in simulated]}, indent=2)


def _one(each: Simulated) -> dict[str, Any]:
    plan, first, unknown = each.plan, each.simulation, _unknown(each)
    shown = {key: value for key, value in first._asdict().items() if key not in ("entries", "looks")}
    return {
        "lifecycle": plan.name,
        "namespace": plan.namespace,
        "environment": plan.environment,
        "planHash": plan.hashes.plan,
        "scenario": first.scenario,
        "answers": _known(each.answers._asdict(), unknown),
        "first": {
            **_known(shown, unknown),
            "headline": each.story.headline,
            "asItShouldBe": {"pass": True, "fail": False}.get(each.story.tone),
            "entries": [plain(entry) for entry in first.entries],
            "looks": [_known(look._asdict(), unknown) for look in first.looks],
        },
    }


def _unknown(each: Simulated) -> frozenset[str]:
    """What a recording does not say: the truth, and how many answers were bad where none of them is known to be."""
    if not each.recorded:
        return frozenset()
    return _TRUTHS if each.simulation.bad_exposure else _TRUTHS | _COUNTED


def _known(values: Mapping[str, Any], unknown: frozenset[str]) -> Any:
    """As JSON, with null for what is not known."""
    return plain({key: None if key in unknown else value for key, value in values.items()})


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
