"""GitLab: a file to include, with the jobs that check merge requests and those that train where CI does."""

from __future__ import annotations

from collections.abc import Sequence

from lifespec_compiler.manifest import Manifest
from lifespec_compiler.plan import Plan
from lifespec_compiler.targets.ci.requirements import branch_name

from .capabilities import CAPABILITIES, NAME

__all__ = ["CAPABILITIES", "NAME", "SHARED", "compile", "compile_shared"]

SHARED: tuple[str, ...] = ("data", "experiments", "platform", "retraining")


def compile(plan: Plan) -> list[Manifest]:  # noqa: A001, ARG001 - every target has this signature
    """Nothing: GitLab reads one file for the whole repository."""
    return []


def compile_shared(plans: Sequence[Plan]) -> list[Manifest]:
    """The file to include; none without lifecycles, or for a branch that cannot be named in it."""
    from .pipeline import pipeline  # lint needs the capabilities only

    return [pipeline(plans)] if plans and not any(branch_name(plans[0])) else []
