"""Walking a canonical document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lifespec_schema.findings import Path

if TYPE_CHECKING:
    from lifespec_compiler.plan import Check


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


def slice_names(check: Check) -> Iterator[tuple[Path, str]]:
    """Every feature or column that the check slices or groups by, and where its name stands."""
    for index, crossed in enumerate(check.slices):
        for place, name in enumerate(crossed):
            if check.kind == "fairness":
                yield (*check.path, "attribute"), name
            else:
                # One name alone is written without the list that the canonical form puts around it.
                yield (*check.path, "slices", index, *((place,) if len(crossed) > 1 else ())), name
