"""What a change of the spec touches: the four hashes of a plan."""

from __future__ import annotations

import hashlib
from typing import Any

from .canonical_json import canonical_json
from .model import Hashes

SEMANTICS = 1
"""Raised when the meaning of the language changes; part of the plan hash and of the policy hash."""

POD_KEYS = ("mode", "platform", "image", "env", "secretRefs", "resources", "protocol", "port", "probe")
"""What of `serving` reaches the pod."""

_FOR_PEOPLE = ("agentImage",)


def digest(value: dict[str, Any]) -> str:
    """SHA-256 over the canonical JSON (RFC 8785) of `value`."""
    return digest_of_bytes(canonical_json(value))


def digest_of_bytes(content: bytes) -> str:
    """`sha256:` and the hash of these bytes."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def hashes(document: dict[str, Any], policy: bytes) -> Hashes:
    """The hashes of a canonical document with its defaults filled in, and of its policy."""
    spec = {key: value for key, value in document["spec"].items() if key != "modelVersion"}
    platform = {key: value for key, value in spec["platform"].items() if key not in _FOR_PEOPLE}
    return Hashes(
        plan=digest({"semantics": SEMANTICS, "metadata": document["metadata"], "spec": {**spec, "platform": platform}}),
        policy=digest_of_bytes(policy),
        serving=digest({key: spec["serving"][key] for key in POD_KEYS if key in spec["serving"]}),
        training=digest(_training(spec)),
    )


def _training(spec: dict[str, Any]) -> dict[str, Any]:
    data = spec["data"]
    return {
        "sources": data["sources"],
        "splits": data["splits"],
        "features": spec["features"],
        "candidates": spec["experiments"]["candidates"],
    }
