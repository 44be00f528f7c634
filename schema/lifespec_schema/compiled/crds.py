"""The CRDs as committed texts: what is applied to a cluster, without the models that they are made from."""

from __future__ import annotations

from pathlib import Path


def crd_texts() -> dict[str, str]:
    """By file name: each CRD as YAML."""
    return {file.name: file.read_text(encoding="utf-8") for file in sorted(_folder().glob("*.yaml"))}


def _folder() -> Path:
    package = Path(__file__).parents[1]
    shipped = package / "crds"  # in an installed package; in a checkout they stand beside it, for people to find
    return shipped if shipped.is_dir() else package.parent / "crds"
