"""Argo CD: an Application for each folder that is applied, in the order in which they need each other.

Everything stands in `clusters/<cluster>/argocd/`. A person applies what is in its `install` folder once; from then on
Argo CD keeps the other Applications, and with them the models, as Git says.
"""

from __future__ import annotations

from collections.abc import Sequence

from lifespec_compiler.manifest import Manifest
from lifespec_compiler.plan import Plan

from .capabilities import CAPABILITIES

__all__ = ["CAPABILITIES", "NAME", "SHARED", "compile", "compile_shared"]

NAME = "argocd"
SHARED: tuple[str, ...] = ("owner", "platform")


def compile(plan: Plan) -> list[Manifest]:  # noqa: A001, ARG001 - every target has this signature
    """Nothing: Applications stand with the cluster that they deliver to."""
    return []


def compile_shared(plans: Sequence[Plan]) -> list[Manifest]:
    """The Applications of each cluster."""
    from .files import manifests  # lint needs the capabilities only

    return manifests(plans)
