"""Changes to documents that keep them YAML, which bytes changed at random seldom stay."""

from __future__ import annotations

import json
import random
from functools import cache
from typing import Any

from hostile.dictionary import TEXTS
from leaves.standing import all_leaves
from lifespec_schema.loader import read

Place = tuple[str | int, ...]


def mutated(data: bytes, seed: int, most: int) -> bytes | None:
    """A document of the bytes with one to three changes; None where there is none, or where it gets too long."""
    documents, _ = read("a.yaml", data)
    if not documents:
        return None
    chance = random.Random(seed)
    document = json.loads(json.dumps(documents[0].value))
    for _ in range(chance.randint(1, 3)):
        found = places(document)
        if found:
            _change(document, chance.choice(found), chance)
    made = json.dumps(document, ensure_ascii=chance.random() < 0.5).encode(errors="replace")
    return made if len(made) <= most else None


def places(value: Any, place: Place = ()) -> list[Place]:
    """Every place in a document but the document itself."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, item in members for found in [(*place, key), *places(item, (*place, key))]]


def _change(document: Any, place: Place, chance: random.Random) -> None:
    around = document
    for part in place[:-1]:
        around = around[part]
    key: Any = place[-1]
    match chance.randrange(8):
        case 0:
            del around[key]
        case 1:
            around[key] = chance.choice(_values())
        case 2:
            around[key] = chance.choice([[around[key]], {"kind": around[key]}, {"x": around[key]}])
        case 3 if isinstance(around, dict):
            around[chance.choice(_names())] = around.pop(key)
        case 4 if isinstance(around, list):
            around.append(json.loads(json.dumps(around[key])))
        case 5 if isinstance(around, dict):
            around[chance.choice(_names())] = chance.choice(_values())
        case 6 if isinstance(around[key], str):
            around[key] = around[key] + chance.choice(TEXTS)
        case _:
            other = document
            for part in chance.choice(places(document)):
                other = other[part]
            around[key] = json.loads(json.dumps(other))


@cache
def _names() -> list[str]:
    return sorted({part for leaf in all_leaves() for part in leaf.field.path.split(".") if part != "*"})


@cache
def _values() -> list[Any]:
    choices = {choice for leaf in all_leaves() for choice in leaf.field.choices}
    written = [
        "30d",
        "1ms",
        "10%",
        "100%",
        "0 3 * * 1",
        "UTC",
        "2026-11-21",
        "8Gi",
        "500m",
        "stable",
        "rocAuc",
        "churn",
    ]
    numbers = [0, 1, -1, 2**31, 2**53, -(2**53), 0.5, 1e-9, 1e300, -0.0]
    return [*sorted(choices), *written, *numbers, *TEXTS, True, False, None, [], {}]
