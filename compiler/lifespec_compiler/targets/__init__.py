"""What a plan can be turned into. A target is registered here by one line; nothing is found by scanning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lifespec_compiler.plan import Plan
from lifespec_schema.findings import Finding

from . import argocd, docs, flux, github, gitlab, grafana, kubernetes, prometheus
from .capability import Capabilities, State, Support, refusals
from .target import Target

__all__ = ["TARGETS", "Capabilities", "State", "Support", "Target", "unsupported"]

TARGETS: Mapping[str, Target] = {
    kubernetes.NAME: kubernetes,
    prometheus.NAME: prometheus,
    docs.NAME: docs,
    github.NAME: github,
    gitlab.NAME: gitlab,
    grafana.NAME: grafana,
    argocd.NAME: argocd,
    flux.NAME: flux,
}


def unsupported(plan: Plan, targets: Sequence[str]) -> list[Finding]:
    """What the chosen targets cannot do with a plan, each at the place where people wrote it.

    An error where a value is refused: it names a value or a target that works. Then what the targets miss: an error
    where they cannot do without it, info where they can. `targets` are names of TARGETS.
    """
    chosen = {name: TARGETS[name].CAPABILITIES for name in targets}
    landed = {name: target.CAPABILITIES for name, target in TARGETS.items()}
    missing = [found for own in chosen.values() for requirement in own.requirements for found in requirement(plan)]
    return [*refusals(plan, chosen, landed), *missing]
