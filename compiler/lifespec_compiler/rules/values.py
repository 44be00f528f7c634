"""Walking a canonical document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lifespec_schema.findings import Path


def written(document: Any, path: Path) -> Any:
    """The value at `path`; None where the document has none."""
    for part in path:
        if isinstance(document, dict):
            document = document.get(part)
        elif isinstance(document, list) and isinstance(part, int) and 0 <= part < len(document):
            document = document[part]
        else:
            return None
    return document


def leaves(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    """Everything in `value`, which stands at `path`, that is neither mapping nor list."""
    if isinstance(value, (dict, list)):
        for part in value if isinstance(value, dict) else range(len(value)):
            yield from leaves((*path, part), value[part])
    else:
        yield path, value
