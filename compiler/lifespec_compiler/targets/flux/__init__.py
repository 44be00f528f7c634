"""Flux: the repository, and a Kustomization for each folder that is applied, each after those that it needs.

Everything stands in `clusters/<cluster>/flux/`. A person applies it once; from then on one of the Kustomizations keeps
the others.
"""

from __future__ import annotations

from collections.abc import Sequence

from lifespec_compiler.manifest import Manifest
from lifespec_compiler.plan import Plan

from .capabilities import CAPABILITIES

__all__ = ["CAPABILITIES", "NAME", "SHARED", "compile", "compile_shared"]

NAME = "flux"
SHARED: tuple[str, ...] = ("owner", "platform")


def compile(plan: Plan) -> list[Manifest]:  # noqa: A001, ARG001 - every target has this signature
    """Nothing: Kustomizations stand with the cluster that they deliver to."""
    return []


def compile_shared(plans: Sequence[Plan]) -> list[Manifest]:
    """The Kustomizations of each cluster."""
    from .files import manifests  # lint needs the capabilities only

    return manifests(plans)
