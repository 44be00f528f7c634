"""The `ModelVersion` document: a trained model by digest, and where it comes from."""

from __future__ import annotations

from typing import Literal

from .base import SpecModel
from .lifecycle import Metadata
from .types import Commit, Compiles, Digest, Image, Label, Name, Uri


class ModelArtifact(SpecModel, effect="compile"):
    """The model's files."""

    uri: Uri
    """Where they lie."""
    digest: Digest
    """What they are."""
    format: Literal["onnx", "safetensors", "gguf", "xgboost", "lightgbm", "tensorflow", "pytorch", "sklearn", "pickle"]
    """How the model is stored; `pytorch`, `sklearn` and `pickle` run code when they are loaded."""


class Provenance(SpecModel, effect="document"):
    """What the model was trained on; not part of its identity."""

    snapshot: Digest | None = None
    """The data."""
    profile: Digest | None = None
    """The summary of the data that drift is measured against."""


class Producer(SpecModel, effect="document"):
    """What made the model."""

    job: Name | None = None
    """The Job."""
    commit: Commit | None = None
    """The commit of the repository."""


class ModelVersionSpec(SpecModel, effect="compile"):
    """A trained model."""

    lifecycle: Label
    """The lifecycle it belongs to."""
    model: ModelArtifact
    """The model's files."""
    image: Image | None = None
    """The server's image, only when it is not the spec's."""
    trained_on: Provenance | None = None
    """What it was trained on."""
    produced_by: Producer | None = None
    """What made it."""


class ModelVersion(SpecModel, effect="compile"):
    """One trained model. Immutable."""

    api_version: Compiles[Literal["lifespec.dev/v1alpha1"]]
    """The version of the language."""
    kind: Literal["ModelVersion"]
    """The kind of document."""
    metadata: Metadata
    """The version's name."""
    spec: ModelVersionSpec
    """A trained model."""
