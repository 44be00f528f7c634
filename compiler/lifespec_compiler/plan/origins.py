"""Where each leaf of a plan was written: in the spec, in an environment's patch, in a data contract, or nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from lifespec_schema.findings import Path, Place

OriginKind = Literal["written", "patched", "contract", "project", "default"]


@dataclass(frozen=True, slots=True)
class Origins:
    """Maps paths of the canonical form to places in the user's files.

    A path has the place that its longest recorded prefix has, extended by the rest of the path; a path without any
    stands in the spec itself, under the same path.
    """

    file: str
    document: int = 0
    recorded: dict[Path, tuple[OriginKind, Place]] = field(default_factory=dict)

    def record(self, path: Path, kind: OriginKind, place: Place) -> None:
        """Everything under `path` now comes from `place`."""
        for inner in [known for known in self.recorded if known[: len(path)] == path]:
            del self.recorded[inner]
        self.recorded[path] = (kind, place)

    def find(self, path: Path) -> tuple[OriginKind, Place]:
        """Where the value at `path` was written, and how it came into the plan."""
        for length in range(len(path), -1, -1):
            known = self.recorded.get(path[:length])
            if known:
                kind, place = known
                return kind, place._replace(path=(*place.path, *path[length:]))
        return "written", Place(self.file, path, self.document)

    def place(self, path: Path) -> Place:
        """Where the value at `path` was written, or would have to be."""
        return self.find(path)[1]

    def to_blame(self, path: Path) -> Place:
        """Where the mapping at `path` got what contradicts the rest of it: in a patch of something inside, if any."""
        inside = (
            place for known, (kind, place) in self.recorded.items() if kind == "patched" and known[: len(path)] == path
        )
        return next(inside, self.place(path))


def exists(value: Any, path: Path) -> bool:
    """Whether `path` leads to something in `value`."""
    part: Any
    for part in path:
        inside = isinstance(value, Mapping) and part in value
        if not inside and not (isinstance(value, list) and isinstance(part, int) and 0 <= part < len(value)):
            return False
        value = value[part]
    return True
