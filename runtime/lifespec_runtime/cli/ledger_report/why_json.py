"""Why something was decided, for machines; `version` rises when a key changes its meaning."""

from __future__ import annotations

import json
from typing import Any

from lifespec_compiler.engine.values import Entry
from lifespec_runtime.ledger.record import record

from .told import Told


def render(told: Told) -> str:
    """The chain: each decision as its record has it, with the places of its bounds."""
    plans = [
        {
            "planHash": plan_hash,
            "isCheckout": note.is_here,
            "commit": note.commit._asdict() if note.commit else None,
            "unknown": note.unknown or None,
        }
        for plan_hash, note in told.plans.items()
    ]
    document = {
        "version": 1,
        "ledger": told.file,
        "namespace": told.subject.namespace,
        "lifecycle": told.subject.name,
        "decision": told.decided.sequence,
        "origin": told.chain.origin,
        "chain": [_entry(told, entry) for entry in told.chain.entries],
        "plans": plans,
        "noSpec": told.no_spec or None,
    }
    return json.dumps(document, indent=2)


def _entry(told: Told, entry: Entry) -> dict[str, Any]:
    document = record(entry, told.subject)
    found: dict[str, Any] = document.spec.model_dump(mode="json", by_alias=True, exclude_none=True)
    for cause in found["causes"]:
        place = told.places.get(cause["specPath"])
        cause["place"] = place._asdict() if place else None
    return found
