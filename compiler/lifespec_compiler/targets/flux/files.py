"""Where Flux's objects stand."""

from __future__ import annotations

from collections.abc import Sequence

from lifespec_compiler.manifest import Manifest
from lifespec_compiler.plan import Plan
from lifespec_compiler.targets import delivery
from lifespec_compiler.targets.kubernetes import folders

from . import kustomizations
from .source import repository


def manifests(plans: Sequence[Plan]) -> list[Manifest]:
    """`clusters/<cluster>/flux/` for each cluster."""
    made: list[Manifest] = []
    for cluster in delivery.clusters(plans):
        files = {"repository.yaml": [repository(cluster)], "kustomizations.yaml": kustomizations.all_of(cluster)}
        made += folders.applied(f"{cluster.folder}/flux", files)
    return made
