"""GitHub: a workflow that checks pull requests, and one for each lifecycle that CI trains."""

from __future__ import annotations

from collections.abc import Sequence

from lifespec_compiler.manifest import Manifest
from lifespec_compiler.plan import Plan
from lifespec_compiler.targets.ci.facts import trains
from lifespec_compiler.targets.ci.requirements import branch_name

from .capabilities import CAPABILITIES, NAME

__all__ = ["CAPABILITIES", "NAME", "SHARED", "compile", "compile_shared"]

SHARED: tuple[str, ...] = ()


def compile(plan: Plan) -> list[Manifest]:  # noqa: A001 - a target's function has this name
    """The workflow that trains the lifecycle, in the environment in which it is trained."""
    if not trains(plan):
        return []
    from .training import workflow  # lint needs the capabilities only

    return [workflow(plan)]


def compile_shared(plans: Sequence[Plan]) -> list[Manifest]:
    """The workflow of the repository; none without lifecycles, or for a branch that cannot be named in it."""
    from .checking import workflow

    return [workflow(plans[0].project)] if plans and not any(branch_name(plans[0])) else []
