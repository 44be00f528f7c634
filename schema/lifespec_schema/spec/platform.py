"""What a canonical lifecycle carries of the project file and of the nominated model version."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .base import SpecModel
from .types import Digest, Image, Items, Label, Name, ObjectName, Quantity, Uri, Url


class Gateway(SpecModel, effect="compile"):
    """The Gateway that routes attach to."""

    name: ObjectName
    """The Gateway's name."""
    namespace: Label
    """The Gateway's namespace."""
    hostname: Annotated[str, Field(pattern=r"^[a-z0-9*{]([a-z0-9.{}-]*[a-z0-9}])?$", max_length=253)] | None = None
    """The host that requests name; `{name}` and `{namespace}` are filled in."""


class Artifacts(SpecModel, effect="compile"):
    """Where models, profiles and reports' details are kept."""

    uri: Uri
    """The folder."""
    secret_ref: ObjectName | None = None
    """The Secret with what is needed to reach it."""


class Dask(SpecModel, effect="compile"):
    """A Dask cluster whose workers have lifespec, in the version of the agent's image, and may read the data."""

    scheduler: Annotated[str, Field(pattern=r"^(tcp|tls)://[a-z0-9]([a-z0-9.-]*[a-z0-9])?:[0-9]{1,5}$", max_length=512)]
    """The scheduler's address, as `tcp://dask.mlops:8786`."""


class Quota(SpecModel, effect="decide"):
    """What a namespace of the environment may use."""

    cpu: Quantity | None = None
    """Cores."""
    memory: Quantity | None = None
    """Memory."""
    gpu: Annotated[int, Field(ge=0, le=100000, strict=True)] | None = None
    """Whole GPUs."""


class Platform(SpecModel, effect="compile"):
    """The facts of the project file that hold for this environment."""

    environment: Label
    """The environment's name."""
    after: Label | None = None
    """The environment in which a version must be Done before."""
    after_namespace: Label | None = None
    """The lifecycle's namespace in that environment."""
    cluster: Label = "default"
    """The cluster's name."""
    runner: Literal["agent", "ci"] = "agent"
    """Who trains."""
    gateway: Gateway | None = None
    """The Gateway that routes attach to."""
    prometheus: Url | None = None
    """Where live metrics are read."""
    agent_image: Image | None = None
    """The image of the agent and of the measuring Jobs."""
    dask: Dask | None = None
    """The Dask cluster that checks data."""
    artifacts: Artifacts | None = None
    """Where models and profiles are kept."""
    image_pull_secrets: Items[ObjectName] = ()
    """Secrets for pulling images."""
    quota: Quota | None = None
    """What a namespace may use."""
    retrains_here: bool = True
    """Whether retraining's triggers run in this environment."""


class ModelReference(SpecModel, effect="decide"):
    """A model version by name and by what it is."""

    name: Name
    """The ModelVersion's name."""
    digest: Digest
    """The model's digest."""
