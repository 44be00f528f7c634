"""The `LifespecProject` document: what is true of the platform and the same for every model."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .base import SpecModel
from .platform import Artifacts, Dask, Gateway, Quota
from .types import Folder, Image, Items, Label, Name, ObjectName, Url, Word

Severity = Literal["error", "warning", "info"]
TargetName = Literal["kubernetes", "prometheus", "grafana", "docs"]
NamespacePattern = Annotated[str, Field(pattern=r"^([a-z0-9-]|\{namespace\}|\{name\})+$", max_length=80)]


class Repository(SpecModel, effect="compile"):
    """The Git repository that holds the specs."""

    kind: Literal["github", "gitlab"]
    """What hosts it."""
    url: Url
    """Its address."""
    branch: Word = "main"
    """The branch that is applied."""
    secret_ref: ObjectName | None = None
    """The Secret with a token that may open pull requests."""


class Lint(SpecModel, effect="document"):
    """How strict lint is."""

    fail_on: Severity = "warning"
    """The least severity that fails."""
    severities: Annotated[dict[Name, Severity], Field(max_length=128)] = {}
    """By rule: another severity than the rule's own."""


class Defaults(SpecModel, effect="compile"):
    """What all environments share."""

    artifacts: Artifacts | None = None
    """Where models and profiles are kept."""
    image_pull_secrets: Items[ObjectName] = ()
    """Secrets for pulling images."""


class Environment(SpecModel, effect="compile"):
    """A place where models run."""

    name: Label
    """The environment's name; specs patch themselves under it."""
    after: Label | None = None
    """A version comes here when it was Done there."""
    cluster: Label = "default"
    """The cluster's name."""
    namespace: NamespacePattern = "{namespace}"
    """The namespace of a lifecycle here; `{namespace}` and `{name}` are the lifecycle's."""
    gateway: Gateway | None = None
    """The Gateway that routes attach to."""
    prometheus: Url | None = None
    """Where live metrics are read."""
    agent_image: Image | None = None
    """The image of the agent and of the measuring Jobs."""
    dask: Dask | None = None
    """The Dask cluster that checks data; without one the measuring Job does it alone."""
    quota: Quota | None = None
    """What a namespace may use."""


class ProjectSpec(SpecModel, effect="compile"):
    """What is true of the platform."""

    specs: Folder = "specs/"
    """The folder with the specs."""
    output: Folder = "generated/"
    """The folder that compile writes."""
    targets: Items[TargetName] = ("kubernetes", "docs")
    """What is compiled; default: what any cluster with the Gateway API takes, without an operator of Prometheus."""
    ci: Literal["github", "gitlab", "none"] = "none"
    """Which CI gets workflows."""
    gitops: Literal["argocd", "flux", "none"] = "none"
    """What applies the manifests."""
    repository: Repository | None = None
    """The repository that holds the specs."""
    runner: Literal["agent", "ci"] = "agent"
    """Who trains: one owner for each action."""
    lint: Lint | None = None
    """How strict lint is."""
    defaults: Defaults | None = None
    """What all environments share."""
    environments: Annotated[tuple[Environment, ...], Field(max_length=16)] = ()
    """In order of promotion; default: one, `production`."""


class LifespecProject(SpecModel, effect="compile"):
    """The project file, `lifespec.yaml`."""

    api_version: Literal["lifespec.dev/v1alpha1"]
    """The version of the language."""
    kind: Literal["LifespecProject"]
    """The kind of document."""
    spec: ProjectSpec
    """What is true of the platform."""
