"""What a spec with batch serving says that only a model knows which answers requests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from lifespec_schema.findings import Path, show_path

from .rollouts import is_online
from .rule import Issue
from .text import runs
from .values import written

if TYPE_CHECKING:
    from lifespec_compiler.plan import Plan

_OF_REQUESTS: Final = (
    ("spec", "evaluation", "online"),
    ("spec", "evaluation", "offline", "latency"),
    ("spec", "monitoring", "slos"),
    ("spec", "rollout", "via"),
    ("spec", "rollout", "assignment"),
    ("spec", "rollout", "maxExposure"),
)


def foreign_to_batches(plan: Plan) -> Iterator[Issue]:
    """Fields that have no effect with `mode: batch`, and need not be written."""
    if is_online(plan):
        return
    fetched = [(*feature.path, "online") for feature in plan.features if feature.fetch_p99 is not None]
    for path in (*_OF_REQUESTS, *fetched):
        if written(plan.canonical, path) is not None:
            message = (
                f"{_named(path)} has no effect: it belongs to a model that answers requests, and this scores tables"
            )
            yield Issue(path, message, "delete it, or `mode: online`", on_key=True)
    yield from _traffic(plan)
    for index, _ in enumerate(plan.spec.rollout.guards):
        path = ("spec", "rollout", "guards", index, "onNoData")
        if written(plan.canonical, path) is not None:
            message = f"{_named(path)} has no effect: between two runs there is never any data, so nothing waits for it"
            yield Issue(path, message, "delete it", on_key=True)


def _traffic(plan: Plan) -> Iterator[Issue]:
    """A strategy that moves requests; `direct` says the least, and one must be written."""
    rollout, serving = plan.spec.rollout, plan.spec.serving
    if rollout.strategy == "direct" or serving.mode != "batch":
        return
    key = {"canary": "steps", "abTest": "weight", "blueGreen": "hold"}[rollout.strategy]
    path: Path = ("spec", "rollout", key)
    after = f"after {runs(serving.shadow_runs)} beside stable's the output pointer moves at once"
    message = f"{_named(path)} has no effect: no requests are divided, and {after}"
    yield Issue(path, message, "`strategy: direct`", about="rollout", on_key=True)


def _named(path: Path) -> str:
    return f"`{show_path(path).removeprefix('spec.')}`"
