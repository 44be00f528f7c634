"""How the model answers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from lifespec_schema.values import constraints, sugar

from .base import SpecModel
from .experiments import Resources
from .types import (
    Count,
    Cron,
    Decides,
    Duration,
    EnvironmentVariable,
    HttpPath,
    Image,
    Items,
    ObjectName,
    PositiveRatio,
    Text,
    TimeZone,
    Uri,
)


class Replicas(SpecModel, effect="compile", constraints=(constraints.replicas_ordered,)):
    """How many pods answer."""

    min: Annotated[int, Field(ge=1, le=1000, strict=True)] = 2
    """The fewest pods."""
    max: Annotated[int, Field(ge=1, le=1000, strict=True)] = 2
    """The most pods; an autoscaler chooses between."""
    target_cpu: PositiveRatio = 0.7
    """The share of the requested cpu that the autoscaler aims at."""


class StableFallback(SpecModel, effect="decide"):
    """The stable revision answers for the candidate."""

    kind: Literal["stable"]
    """By the stable revision."""


class ConstantFallback(SpecModel, effect="decide"):
    """A constant answers."""

    kind: Literal["constant"]
    """By a constant."""
    response: Text
    """The body of the answer."""


Fallback = Annotated[StableFallback | ConstantFallback, Field(discriminator="kind")]


class _Serving(SpecModel, effect="compile"):
    platform: Literal["deployment", "kserve", "seldon"] = "deployment"
    """What runs the pods."""
    image: Image
    """The server's image, by digest."""
    env: Annotated[dict[EnvironmentVariable, Text], Field(max_length=64)] = {}
    """Environment variables of the server; never secrets."""
    secret_refs: Items[ObjectName] = ()
    """Secrets whose keys become environment variables."""
    resources: Resources | None = None
    """What one pod gets; default: 1 core, 1Gi."""


class OnlineServing(_Serving, effect="compile"):
    """The model answers requests."""

    mode: Literal["online"] = "online"
    """By request."""
    protocol: Literal["openInference", "http"] = "openInference"
    """How it is asked: Open Inference Protocol v2, or plain HTTP."""
    port: Annotated[int, Field(ge=1024, le=65535, strict=True)] = 8080
    """The port that the server listens on; above 1023, because it does not run as root."""
    probe: HttpPath = "/v2/health/ready"
    """Answers 200 when the model is loaded."""
    replicas: Replicas | None = None
    """How many pods; default: 2."""
    latency_budget: Decides[Duration] | None = None
    """What the caller allows for one answer, features included."""
    on_delete: Decides[Literal["keep", "remove"]] = "keep"
    """Whether the stable revision goes on serving after its lifecycle is deleted."""
    fallback: Fallback | None = None
    """What answers when no revision can."""


class BatchServing(_Serving, effect="compile"):
    """The model scores a table on a schedule."""

    mode: Literal["batch"]
    """By schedule."""
    schedule: Cron
    """When."""
    time_zone: TimeZone = "UTC"
    """The schedule's time zone."""
    output: Uri
    """Where the predictions go; a pointer there names the current ones."""
    shadow_runs: Decides[Count] = 3
    """How many runs of a candidate are compared with stable's before the pointer moves."""


Serving = Annotated[OnlineServing | BatchServing, Field(discriminator="mode"), BeforeValidator(sugar.serving)]
