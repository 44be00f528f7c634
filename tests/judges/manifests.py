"""Which judge a manifest belongs to, and what that judge says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from judges import crd
from judges.judge import Judge

OUR_CRDS = Path(__file__).parents[2] / "schema" / "crds"

BY_GROUP = {
    "argoproj.io": "argo-cd",
    "gateway.networking.k8s.io": "gateway-api",
    "kustomize.toolkit.fluxcd.io": "flux-kustomize-controller",
    "monitoring.coreos.com": "prometheus-operator",
    "source.toolkit.fluxcd.io": "flux-source-controller",
}
"""By API group: the judge with the definitions of its kinds."""

Find = Callable[[str], Judge]


def validate(manifest: dict[str, Any], find: Find) -> list[str]:
    """Return what is wrong with one Kubernetes object, an empty list for nothing.

    The apiVersion's group chooses the judge: our own CRDs, another project's, or Kubernetes' own schemas, always
    strictly. An object that no judge knows is wrong too, never passed over. `find` brings a judge by name.
    """
    api_version, kind = manifest.get("apiVersion", ""), manifest.get("kind", "")
    group = api_version.rpartition("/")[0]
    if group == "lifespec.dev":
        return _custom(manifest, OUR_CRDS, find)
    if group in BY_GROUP:
        return _custom(manifest, find(BY_GROUP[group]).path, find)
    if not api_version or not kind:
        return ["an object needs apiVersion and kind"]
    return _core(manifest, find)


def _core(manifest: dict[str, Any], find: Find) -> list[str]:
    find("kubernetes-validate")
    import kubernetes_validate

    try:
        kubernetes_validate.validate(manifest, kubernetes_validate.latest_version(), strict=True)
    except kubernetes_validate.SchemaNotFoundError as unknown:
        return [unknown.message]
    except kubernetes_validate.ValidationError as wrong:
        return [f"{_dotted(wrong.absolute_path)}: {wrong.message}"]
    return []


def _custom(manifest: dict[str, Any], crds: Path, find: Find) -> list[str]:
    name = (manifest["apiVersion"], manifest.get("kind", ""))
    validator = crd.validators(crds).get(name)
    if validator is None:
        return [f"{name[0]} {name[1]}: no CRD for it among {len(crd.validators(crds))} in {crds.name}"]
    wrong = sorted(validator.iter_errors(manifest), key=lambda error: [str(step) for step in error.absolute_path])
    # A CRD leaves `metadata` to the API server, so the metadata is judged as that of a core object.
    metadata = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": manifest.get("metadata", {})}
    return [f"{_dotted(error.absolute_path)}: {error.message}" for error in wrong] + _core(metadata, find)


def _dotted(path: Any) -> str:
    return ".".join(str(step) for step in path) or "the object"
