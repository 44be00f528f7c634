"""Kubernetes: Deployments behind Gateway API routes, and all that Git owns beside them.

`apply` folders hold what GitOps applies; `agent-owned` folders show what the agent creates and changes, for review.
Both come from the same functions that the agent calls.
"""

from __future__ import annotations

from .capabilities import CAPABILITIES
from .compiling import NAME, compile, compile_shared, render  # noqa: A004 - a target's function has this name
from .revision import Revision, ServingState, nominated

__all__ = [
    "CAPABILITIES",
    "NAME",
    "SHARED",
    "Revision",
    "ServingState",
    "compile",
    "compile_shared",
    "nominated",
    "render",
]

SHARED: tuple[str, ...] = ("platform",)
