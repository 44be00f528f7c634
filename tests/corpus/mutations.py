"""Documents with one thing changed."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a document but its root."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield (*path, key)
        yield from places(member, (*path, key))


STRANGE: tuple[Any, ...] = (
    *(None, True, 0, -1, 1.5, 95, 10**13),
    *("", "x", "Not A Name!", "5%", "950%", "15m", "0s", "2000w", "a" * 2000),
    *([], {}, ["x"], {"kind": "x"}),
)


def mutants(document: dict[str, Any], every: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """The document with one thing changed: left out, replaced by something strange, or with a field that nobody knows.

    Only every `every`-th change: a number without common divisors with the changes at a place meets all kinds.
    """
    changes: list[tuple[tuple[Any, ...], Any]] = []
    for path in places(document):
        changes += [(path, delete), (path, surprise), *((path, strange) for strange in STRANGE)]
    for path, change in changes[::every]:
        mutant = deepcopy(document)
        parent = mutant
        for part in path[:-1]:
            parent = parent[part]
        if change is delete:
            del parent[path[-1]]
        elif change is surprise:
            if not isinstance(parent[path[-1]], dict):
                continue
            parent[path[-1]]["surprise"] = 1
        else:
            parent[path[-1]] = deepcopy(change)
        shown = change.__name__ if callable(change) else repr(change)[:40]
        yield f"{'.'.join(map(str, path))}: {shown}", mutant


def delete() -> None:
    """Marks a change that leaves a member out."""


def surprise() -> None:
    """Marks a change that adds a field."""


def branch_changes(schema: Any, value: Any, path: str, seen: set[Any]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Change a value in place, one field of one branch at a time and each kind of branch once, and then back again."""
    if isinstance(value, list):
        for item in value:
            yield from branch_changes(schema["items"], item, path, seen)
    if not isinstance(value, dict):
        return
    for key in list(value):
        node = schema["properties"][key] if "properties" in schema else schema["additionalProperties"]
        yield from branch_changes(node, value[key], f"{path}.{key}", seen)
    tag = next((key for key in ("kind", "strategy", "mode", "by", "perturb") if key in value), None)
    choices = schema.get("properties", {}).get(tag, {}).get("enum", ())
    branch = (path, tag, value.get(tag))
    if len(choices) < 2 or branch in seen:
        return
    seen.add(branch)
    original = dict(value)
    for changed in [
        *({**original, tag: choice} for choice in choices if choice != original[tag]),
        *({name: item for name, item in original.items() if name != key} for key in original),
    ]:
        value.clear()
        value.update(changed)
        yield branch, changed
    value.clear()
    value.update(original)
