"""A value in the making that remembers where in the contract each of its parts comes from."""

from __future__ import annotations

from typing import Any

from lifespec_schema.findings import Path

JsonObject = dict[str, Any]
"""A mapping read from JSON or YAML, of whatever shape its author gave it."""


class Draft:
    """A mapping in lifespec's authoring form, with the contract's path for each path in it."""

    def __init__(self, origin: Path) -> None:
        self.value: JsonObject = {}
        self.paths: dict[Path, Path] = {(): origin}

    def put(self, key: str, value: object, origin: Path) -> None:
        """Set `key` to a value that `origin` gives; what lies inside both lies at the same path."""
        self.value[key] = value
        self.paths[(key,)] = origin

    def put_all(self, key: str, drafts: list[Draft]) -> None:
        """Set `key` to the list of these drafts' values; nothing where there are none."""
        if not drafts:
            return
        self.value[key] = [draft.value for draft in drafts]
        for index, draft in enumerate(drafts):
            self.paths.update({(key, index, *path): origin for path, origin in draft.paths.items()})

    def put_draft(self, key: str, draft: Draft) -> None:
        """Set `key` to another draft's value; nothing where it is empty."""
        if draft.value:
            self.value[key] = draft.value
            self.paths.update({(key, *path): origin for path, origin in draft.paths.items()})


def items(parent: object, key: str) -> list[tuple[int, JsonObject]]:
    """The mappings in the list `parent[key]`, with their indexes; what has another shape is left out."""
    listed = parent.get(key) if isinstance(parent, dict) else None
    return [(i, item) for i, item in enumerate(listed) if isinstance(item, dict)] if isinstance(listed, list) else []
