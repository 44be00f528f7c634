"""What kubectl and kustomize make of our files, read back as they would apply them. Both work without a cluster."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from judges.judge import Judge


def kustomize_build(kubectl: Judge, folder: Path) -> list[dict[str, Any]]:
    """Return the objects that the folder's kustomization builds; raise `ValueError` with kustomize's complaint."""
    done = kubectl.run("kustomize", str(folder))
    if done.returncode:
        raise ValueError(done.stderr.strip())
    return read(kubectl, done.stdout)


def read(kubectl: Judge, text: str) -> list[dict[str, Any]]:
    """Return the objects of a YAML stream, typed as kubectl types them; raise `ValueError` with kubectl's complaint.

    Each object needs apiVersion, kind and metadata. Empty annotations are not told from absent ones.
    """
    if not text.strip():
        return []
    # This prints any object without asking a server: it removes an annotation that is not there.
    done = kubectl.run("annotate", "--local", "--filename=-", "--output=json", "lifespec.dev/absent-", text=text)
    if done.returncode:
        raise ValueError(done.stderr.strip())
    objects = []
    rest = done.stdout.strip()
    while rest:
        value, end = json.JSONDecoder().raw_decode(rest)
        if value["metadata"].get("annotations") == {}:
            del value["metadata"]["annotations"]
        objects.append(value)
        rest = rest[end:].lstrip()
    return objects
