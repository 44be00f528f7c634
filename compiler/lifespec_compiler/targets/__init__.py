"""What a plan can be turned into. A target is registered here by one line; nothing is found by scanning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lifespec_compiler.plan import Plan
from lifespec_schema.findings import Finding

from . import kubernetes
from .capability import Capabilities, Root, State, Support, findings
from .target import Target

__all__ = ["TARGETS", "Capabilities", "Root", "State", "Support", "Target", "unsupported"]

TARGETS: Mapping[str, Target] = {
    kubernetes.NAME: kubernetes,
}


def unsupported(plan: Plan, targets: Sequence[str]) -> list[Finding]:
    """What the chosen targets cannot do with a plan, each at the place where people wrote it.

    An error where a value is refused (it names a value or a target that works) or where a fact is missing that the
    target cannot do without; info where a field waits for something that has not landed, or a fact is missing that
    the target can do without. `targets` are names of TARGETS.
    """
    return findings(
        plan,
        chosen={name: TARGETS[name].CAPABILITIES for name in targets},
        landed={name: target.CAPABILITIES for name, target in TARGETS.items()},
    )
