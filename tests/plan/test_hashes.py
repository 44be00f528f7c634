"""Each hash covers what it says, and nothing else: an owner's new address restarts nothing."""

from __future__ import annotations

import hashlib
import json

import pytest

from lifecycles import IMAGE, plan_of, small
from lifespec_compiler.plan.hashes import digest


def _changed(path, value):
    document = small()
    target = document["spec"]
    for part in path[:-1]:
        target = target[part] if isinstance(target, list) else target.setdefault(part, {})
    target[path[-1]] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "changed"),
    [
        (("owner", "email"), "new@example.com", {"plan"}),
        (("serving", "replicas"), {"min": 3, "max": 9}, {"plan"}),
        (("serving", "latencyBudget"), "90ms", {"plan"}),
        (("rollout", "freeze"), ["2026-12-20/2027-01-03"], {"plan"}),
        (("serving", "image"), IMAGE.format(name="serve", letter="c" * 64), {"plan", "serving"}),
        (("serving", "env"), {"LOG_LEVEL": "debug"}, {"plan", "serving"}),
        (("rollout", "steps", 0, "hold"), "5h", {"plan", "policy"}),
        (("evaluation", "offline", "gates", 0, "min"), 0.81, {"plan", "policy"}),
        (("objective", "decisionThreshold"), 0.4, {"plan", "policy"}),
        (("objective",), {"problem": "ranking", "query": "plan"}, {"plan", "policy"}),
        (("data", "sources", 0, "freshness"), "24h", {"plan", "training"}),
        (("features", 0), {"name": "tenure", "column": "tenure", "transform": {"kind": "log1p"}}, {"plan", "training"}),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else None,
)
def test_a_change_touches_exactly_these_hashes(path, value, changed):
    before, after = plan_of(small()).hashes, plan_of(_changed(path, value)).hashes
    assert {name for name in before._fields if getattr(before, name) != getattr(after, name)} == changed


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("serving", "latencyBudget"), "0.12s"),
        (("rollout", "guards", 0, "max"), 0.01),
        (("rollout", "steps", 0, "timeout"), "8h"),
    ],
)
def test_another_way_to_write_the_same_value_changes_no_hash(path, value):
    assert plan_of(_changed(path, value)).hashes == plan_of(small()).hashes


def test_waivers_are_in_no_hash():
    waiver = {"finding": "leaking-feature", "reason": "known", "owner": "jo", "expires": "2026-12-01"}
    assert plan_of(_changed(("waivers",), [waiver])).hashes == plan_of(small()).hashes


def test_a_digest_is_sha256_over_sorted_compact_json():
    value = {"b": [1, 0.5, True], "a": "ü"}
    expected = hashlib.sha256(
        json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    ).hexdigest()
    assert digest(value) == f"sha256:{expected}"
