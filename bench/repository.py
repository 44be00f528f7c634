"""A repository with as many specs as wanted: 200 lines each, no two alike, the same ones every time."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from string import Template

WORKLOAD = Path(__file__).resolve().parent / "workload"
NAMESPACES = 20
"""Specs share namespaces as models share teams."""


def write_repository(folder: Path, count: int) -> int:
    """Writes `lifespec.yaml` and `count` specs with their model versions; returns the bytes of all of them."""
    project = (WORKLOAD / "lifespec.yaml").read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "lifespec.yaml").write_bytes(project)
    templates = {name: Template((WORKLOAD / name).read_text("utf-8")) for name in ("lifecycle.yaml", "model.yaml")}
    total = len(project)
    for number in range(count):
        known = values(number)
        place = folder / "specs" / known["name"]
        place.mkdir(parents=True, exist_ok=True)
        for name, template in templates.items():
            text = template.substitute(known).encode()
            (place / name).write_bytes(text)
            total += len(text)
    return total


def values(number: int) -> dict[str, str]:
    """What tells a lifecycle from the others."""
    name = f"model-{number:05}"

    def digest(of: str) -> str:
        return hashlib.sha256(f"{name} {of}".encode()).hexdigest()

    return {
        "name": name,
        "namespace": f"team-{number % NAMESPACES:02}",
        "minor": str(number % 7),
        "share": str(5 + number % 30),
        "floor": str(70 + number % 23),
        "rps": str(4 + number % 60),
        "replicas": str(3 + number % 9),
        "hold": str(12 + number % 13),
        "training": digest("training"),
        "serving": digest("serving"),
        "model": digest("model"),
    }


if __name__ == "__main__":
    write_repository(Path(sys.argv[1]), int(sys.argv[2]))
