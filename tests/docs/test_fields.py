"""Every field that is written for people shows in the card, hashes aside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from lifespec_compiler.targets.docs import CAPABILITIES
from lifespec_schema.export.leaves import leaves
from lifespec_schema.spec.lifecycle import ModelLifecycle
from lifespec_schema.spec.model_version import ModelVersion

ROOTS = {"lifecycle.yaml": ModelLifecycle, "model.yaml": ModelVersion}
OTHERS = {"increase": "decrease", "annotated": "derived", "opportunity-by-age": "gaps", "underpowered-canary-step": "x"}
FIELDS = [
    (file, field.path)
    for file, root in ROOTS.items()
    for field in leaves(root)
    if field.effect == "document" and not field.fixed
]


@pytest.mark.parametrize(("file", "path"), FIELDS, ids=[path for _, path in FIELDS])
def test_a_field_for_people_changes_the_card(file, path, documents, plans, card):
    before = documents("full")
    places = list(written(before[file], path.split(".")))
    assert places, f"the full case does not write {path}"
    for place in places:
        after = deepcopy(before)
        change(after[file], place)
        assert shown(card, plans(before)) != shown(card, plans(after)), place


def test_the_capability_matrix_honours_exactly_the_fields_for_people():
    assert {
        kind: {path for path, support in table.items() if support.state == "honoured"}
        for kind, table in CAPABILITIES.fields.items()
    } == {
        root.__name__: {field.path for field in leaves(root) if field.effect == "document"} for root in ROOTS.values()
    }
    assert CAPABILITIES.otherwise.state == "not-honoured"


def test_a_field_that_another_target_must_honour_does_not_count_as_honoured_by_being_shown():
    assert CAPABILITIES.state(("spec", "serving", "image")) == "not-honoured"


def written(value: Any, path: list[str], place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where a field of the language stands in a document; of a list of plain values, its items."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from written(item, path[1:] if path[:1] == ["*"] else path, (*place, index))
    elif not path:
        yield place
    elif isinstance(value, dict) and path[0] in value:
        yield from written(value[path[0]], path[1:], (*place, path[0]))


def change(document: Any, place: tuple[str | int, ...]) -> None:
    for part in place[:-1]:
        document = document[part]
    document[place[-1]] = other(document[place[-1]])


def other(value: Any) -> Any:
    if isinstance(value, int):
        return value + 1
    if re.fullmatch(r"[0-9a-f:]*sha256:[0-9a-f]+|[0-9a-f]{7,}", value):
        return value[:-1] + "3"
    number = re.match(r"\d+(?=[a-z%]+$)|\d{4}(?=-)", value)
    return str(int(number[0]) + 1) + value[number.end() :] if number else OTHERS.get(value) or f"x{value}"


def shown(card: Any, plans: Any) -> list[str]:
    return [re.sub(r"^\| (plan|policy|serving|training) \|.*$", "", card(plan), flags=re.MULTILINE) for plan in plans]
