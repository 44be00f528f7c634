"""The plan with another model nominated in it: what Git says after a merge."""

from __future__ import annotations

import hashlib
from copy import deepcopy
from dataclasses import replace
from functools import lru_cache
from typing import Any

from lifespec_compiler.plan import Plan, plan_canonical


def digest_of(*names: object) -> str:
    """A digest for a model that was never trained: `sha256:` and a hash of what it is called."""
    return f"sha256:{hashlib.sha256('/'.join(map(str, names)).encode()).hexdigest()}"


def nominating(plan: Plan, digest: str, name: str) -> Plan:
    """The same plan, in which Git nominates a model. No hash of a plan covers what is nominated."""
    return replace(plan, spec=_with(plan.spec, model_version=_with(_reference(plan), digest=digest, name=name)))


def _reference(plan: Plan) -> Any:
    if plan.spec.model_version is not None:
        return plan.spec.model_version
    return _parsed(_Canonical(plan))


class _Canonical:
    """A plan's canonical document, to be looked up by its hash."""

    def __init__(self, plan: Plan) -> None:
        self.document = plan.canonical
        self.hash = plan.hashes.plan

    def __hash__(self) -> int:
        return hash(self.hash)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Canonical) and self.hash == other.hash


@lru_cache(maxsize=8)
def _parsed(canonical: _Canonical) -> Any:
    document = deepcopy(canonical.document)
    document["spec"]["modelVersion"] = {"name": "simulated", "digest": digest_of("simulated")}
    planned, problems = plan_canonical(document)
    if planned is None or planned.spec.model_version is None:
        raise ValueError(f"the plan is none with a model: {problems}")
    return planned.spec.model_version


def _with(node: Any, **values: object) -> Any:
    """A copy of a validated mapping with other values."""
    made = object.__new__(type(node))
    made.__dict__.update(node.__dict__, **values)
    object.__setattr__(made, "__pydantic_fields_set__", node.__pydantic_fields_set__ | set(values))
    return made
