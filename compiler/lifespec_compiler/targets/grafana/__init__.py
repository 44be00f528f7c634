"""Grafana: a dashboard for each lifecycle, as the ConfigMap that Grafana's sidecar looks for, and as plain JSON."""

from __future__ import annotations

from collections.abc import Sequence

from lifespec_compiler.manifest import Manifest
from lifespec_compiler.plan import Plan

from .capabilities import CAPABILITIES

__all__ = ["CAPABILITIES", "NAME", "SHARED", "compile", "compile_shared"]

NAME = "grafana"
SHARED: tuple[str, ...] = ()


def compile(plan: Plan) -> list[Manifest]:  # noqa: A001 - a target's function has this name
    """The dashboard of one lifecycle in one environment."""
    from .files import manifests  # lint needs the capabilities only

    return manifests(plan)


def compile_shared(plans: Sequence[Plan]) -> list[Manifest]:  # noqa: ARG001 - every target has this signature
    """Nothing: a dashboard is about one lifecycle."""
    return []
