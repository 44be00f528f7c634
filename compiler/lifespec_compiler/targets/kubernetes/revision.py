"""What serves: revisions, and how traffic is divided between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lifespec_compiler.plan import Plan
from lifespec_compiler.plan.hashes import POD_KEYS, digest

if TYPE_CHECKING:
    from lifespec_schema.spec.model_version import ModelVersion

_ID_LENGTH = 10
"""Hexadecimal digits: with a lifecycle's longest name and a dash they fill a DNS label exactly."""


@dataclass(frozen=True)
class Revision:
    """A model under one way of serving: what a rollout moves. The pods of a running one are never edited."""

    model_uri: str
    model_digest: str
    model_format: str
    pod: Mapping[str, Any]
    """What of the canonical `serving` section reaches the pod; another value is another revision."""

    @cached_property
    def serving_hash(self) -> str:
        """SHA-256 of what reaches the pod."""
        return digest(dict(self.pod))

    @cached_property
    def id(self) -> str:
        """A short name, made of the model's digest and the serving hash."""
        whole = digest({"model": self.model_digest, "serving": self.serving_hash})
        return whole.removeprefix("sha256:")[:_ID_LENGTH]


@dataclass(frozen=True, slots=True)
class ServingState:
    """Which revisions there are, and who gets the traffic.

    `weight` is the candidate's share of live traffic in per cent, the rest is stable's. `mirroring` copies the share
    of requests that the plan's shadow tier names to a candidate that has no live traffic. `uid` is the lifecycle's
    identity in the cluster, where it has one.

    Raises ValueError where the parts contradict each other.
    """

    stable: Revision
    candidate: Revision | None = None
    weight: int = 0
    mirroring: bool = False
    uid: str | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.weight <= 100:
            raise ValueError(f"a weight is 0 to 100 per cent, not {self.weight}")
        if self.candidate is None and (self.weight or self.mirroring):
            raise ValueError("traffic for a candidate, and there is none")
        if self.candidate is not None and self.candidate.id == self.stable.id:
            raise ValueError(f"revision {self.stable.id} cannot be its own candidate")
        if self.weight and self.mirroring:
            raise ValueError("a candidate with live traffic is not in shadow any more")

    @property
    def revisions(self) -> tuple[Revision, ...]:
        """Stable, and the candidate if there is one."""
        return (self.stable, self.candidate) if self.candidate else (self.stable,)


def revision(plan: Plan, model: ModelVersion) -> Revision:
    """A model version, served as the plan says."""
    serving = plan.values["spec"]["serving"]
    pod = {key: serving[key] for key in POD_KEYS if key in serving}
    if model.spec.image:
        pod["image"] = model.spec.image
    artifact = model.spec.model
    return Revision(artifact.uri, artifact.digest, artifact.format, pod)


def nominated(plan: Plan) -> Revision | None:
    """The revision that Git nominates; None while there is no model version."""
    return revision(plan, plan.model) if plan.model else None
