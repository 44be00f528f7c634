"""What the targets make of a plan, without what may not count as the effect of a leaf."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from lifespec_compiler.manifest import Manifest
from lifespec_compiler.plan import Plan
from lifespec_compiler.targets import TARGETS, kubernetes, unsupported
from lifespec_schema.findings import Severity

CARRIES = re.compile(r"kind\W+ModelLifecycle\b")
"""What an object says that is the canonical lifecycle, or a file with it."""

HASHED = re.compile(r"[0-9a-f]{7,64}")

Output = dict[str, str]
"""Texts by where they stand: files, `rollout/…` for what the agent applies during one, `refused` for findings."""


def output(target: str, plan: Plan, *, lifecycle: bool = False) -> Output:
    """What a target makes of a plan: its files, or why it refuses.

    Left out are the definitions of our kinds, the hashes and the names made of them, and, unless `lifecycle` asks for
    them, the objects that carry the whole canonical lifecycle.
    """
    refused = [found for found in unsupported(plan, [target]) if found.severity is Severity.ERROR]
    if refused:
        return {"refused": " ".join(f"{found.rule} {found.message}" for found in refused)}
    module = TARGETS[target]
    texts: Output = {}
    for manifest in [*module.compile(plan), *module.compile_shared([plan])]:
        if "/crds/" not in manifest.path:
            texts[manifest.path] = _text(manifest, plan, lifecycle=lifecycle)
    return {**texts, **(_rollout(plan) if target == kubernetes.NAME else {})}


def _text(manifest: Manifest, plan: Plan, *, lifecycle: bool) -> str:
    if isinstance(manifest.content, str):
        return _without_hashes(manifest.content, plan)
    objects: Any = manifest.content if isinstance(manifest.content, (list, tuple)) else [manifest.content]
    texts = [_without_hashes(json.dumps(item, sort_keys=True), plan) for item in objects]
    return "\n".join(text for text in texts if lifecycle or CARRIES.search(text) is None)


def _rollout(plan: Plan) -> Output:
    """What the agent applies while another model is in shadow, and while it has half of the traffic."""
    stable = kubernetes.nominated(plan)
    if stable is None:
        return {}
    candidate = replace(stable, model_uri="s3://models/churn/next", model_digest=f"sha256:{'9' * 64}")
    states = {
        "shadow": kubernetes.ServingState(stable, candidate, mirroring=True),
        "half": kubernetes.ServingState(stable, candidate, weight=50),
    }
    return {
        f"rollout/{name}": _without_hashes(
            json.dumps(kubernetes.render(plan, state), sort_keys=True), plan, candidate.id
        )
        for name, state in states.items()
    }


def _without_hashes(text: str, plan: Plan, *names: str) -> str:
    stable = kubernetes.nominated(plan)
    made = [value.removeprefix("sha256:") for value in plan.hashes]
    made += [stable.id, stable.serving_hash.removeprefix("sha256:")] if stable else []

    def blank(found: re.Match[str]) -> str:
        return "#" if any(value.startswith(found[0]) for value in (*made, *names)) else found[0]

    return HASHED.sub(blank, text)
