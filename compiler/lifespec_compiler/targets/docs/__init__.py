"""Docs: a model card in Markdown, with a picture of the lifecycle.

The card is made by small functions, from plans to lines, and by no template engine: importing jinja2 takes half as long
as importing click and pydantic, which is the yardstick for everything that compiling a small spec does.
"""

from __future__ import annotations

from collections.abc import Sequence

from lifespec_compiler.manifest import Manifest
from lifespec_compiler.plan import Plan

from .capabilities import CAPABILITIES

__all__ = ["CAPABILITIES", "NAME", "SHARED", "compile", "compile_shared"]

NAME = "docs"
SHARED: tuple[str, ...] = ()


def compile(plan: Plan) -> list[Manifest]:  # noqa: A001 - a target's function has this name
    """The model card of one lifecycle in one environment."""
    from .card import card  # lint needs the capabilities only

    return [Manifest(f"{plan.environment}/{plan.namespace}/{plan.name}/README.md", card(plan))]


def compile_shared(plans: Sequence[Plan]) -> list[Manifest]:  # noqa: ARG001 - every target has this signature
    """Nothing: a card is about one lifecycle."""
    return []
