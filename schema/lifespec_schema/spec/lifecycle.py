"""The `ModelLifecycle` document: one model for both of its forms.

The authoring form is what people write; the canonical form, one per environment, is what compile writes.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from .base import OnlyIn, SpecModel
from .data import Data
from .evaluation import Evaluation
from .experiments import Experiments
from .features import Feature
from .governance import Governance, Waiver
from .metrics import CustomMetric
from .monitoring import Monitoring
from .objective import Objective, Owner
from .platform import ModelReference, Platform
from .retraining import Retraining
from .rollout import Rollout
from .serving import Serving
from .traffic import Traffic
from .types import Compiles, Items, Label, Version

API_VERSION = "lifespec.dev/v1alpha1"


class Metadata(SpecModel, effect="compile"):
    """The lifecycle's name in Git and in the cluster."""

    name: Label
    """The model's name."""
    namespace: Label
    """The namespace that the project file's environments build theirs from."""


class LifecycleSpec(SpecModel, effect="document"):
    """The whole life of one model."""

    version: Compiles[Version]
    """The version of this spec."""
    owner: Owner
    """Who answers for the model."""
    objective: Objective
    """What the model is for."""
    traffic: Traffic | None = None
    """How much the model is asked."""
    metrics: Items[CustomMetric] = ()
    """Metrics of the team's own; the catalog's need no entry."""
    data: Data
    """What the data must be like."""
    features: Annotated[tuple[Feature, ...], Field(min_length=1, max_length=512)]
    """What the model sees of a row."""
    experiments: Experiments
    """How models are found."""
    evaluation: Evaluation
    """What a model must show."""
    serving: Serving
    """How the model answers."""
    rollout: Rollout
    """How a candidate gets traffic."""
    monitoring: Monitoring | None = None
    """What is watched once the model serves."""
    retraining: Retraining | None = None
    """When the model is trained anew."""
    governance: Governance | None = None
    """Who decides, and what is kept."""
    environments: Compiles[Annotated[dict[Label, dict[str, Any]], Field(max_length=16), OnlyIn("authoring")]] = {}
    """By environment: a JSON merge patch on the spec (lists replace, null deletes)."""
    waivers: Annotated[Items[Waiver], OnlyIn("authoring")] = ()
    """Findings that the team lives with."""
    platform: Annotated[Platform, OnlyIn("canonical")] | None = None
    """The facts of the project file that hold for this environment."""
    model_version: Annotated[ModelReference, OnlyIn("canonical")] | None = None
    """The model version that Git nominates."""


class ModelLifecycle(SpecModel, effect="document"):
    """One model's lifecycle."""

    api_version: Literal["lifespec.dev/v1alpha1"]
    """The version of the language."""
    kind: Literal["ModelLifecycle"]
    """The kind of document."""
    metadata: Metadata
    """The lifecycle's name."""
    spec: LifecycleSpec
    """The whole life of the model."""
