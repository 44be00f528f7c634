"""Where Flux fetches from."""

from __future__ import annotations

from lifespec_compiler.targets.delivery import Cluster
from lifespec_compiler.targets.kubernetes.metadata import Json

NAMESPACE = "flux-system"
"""Where Flux runs, and where its own objects stand."""


def repository(cluster: Cluster) -> Json:
    """The GitRepository, of which Flux keeps only what compile writes: specs may lie beside large files."""
    known = cluster.repository
    return {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "GitRepository",
        "metadata": {"name": cluster.title("models"), "namespace": NAMESPACE},
        "spec": {
            "interval": "1m",
            "url": known.url,
            "ref": {"branch": known.branch},
            **({"secretRef": {"name": known.secret_ref}} if known.secret_ref else {}),
            "ignore": _all_but(cluster.output),
        },
    }


def _all_but(folder: str) -> str:
    """Patterns as in `.gitignore` that leave one folder: each level is ignored but for the way down."""
    lines, above = [], ""
    for part in folder.split("/"):
        lines += [f"{above}/*", f"!{above}/{part}"]
        above = f"{above}/{part}"
    return "\n".join(lines) + "\n"
