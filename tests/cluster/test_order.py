"""The server keeps the order of lists whose items have names: the steps of a rollout come one after the other."""

from __future__ import annotations

from copy import deepcopy

import pytest

from cases import plans_of, read_case
from lifespec_compiler.targets.kubernetes import documents

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("definitions")]


@pytest.fixture
def lifecycle(admin, restricted):
    case = read_case("full")
    case.lifecycle["metadata"]["namespace"] = "order"
    restricted("order")
    found = documents.lifecycle(plans_of(case._replace(model=None))[-1])
    steps = [
        {"name": name, "weight": weight, "hold": 3600} for name, weight in (("one", 5), ("two", 10), ("three", 20))
    ]
    found["spec"]["rollout"]["steps"] = steps
    admin.apply(found, "gitops")
    yield found
    admin.delete(found)


def test_a_step_put_in_front_stands_in_front(admin, lifecycle):
    changed = deepcopy(lifecycle)
    changed["spec"]["rollout"]["steps"].insert(0, {"name": "zero", "weight": 1, "hold": 3600})
    assert names(admin.apply(changed, "gitops")) == ["zero", "one", "two", "three"]


def test_a_step_put_between_stands_between(admin, lifecycle):
    changed = deepcopy(lifecycle)
    changed["spec"]["rollout"]["steps"].insert(2, {"name": "middle", "weight": 15, "hold": 3600})
    assert names(admin.apply(changed, "gitops")) == ["one", "two", "middle", "three"]


def test_steps_in_another_order_are_stored_in_that_order(admin, lifecycle):
    changed = deepcopy(lifecycle)
    steps = changed["spec"]["rollout"]["steps"]
    steps[0]["name"], steps[1]["name"], steps[2]["name"] = "three", "one", "two"
    assert names(admin.apply(changed, "gitops")) == ["three", "one", "two"]
    assert [step["weight"] for step in admin.read(changed)["spec"]["rollout"]["steps"]] == [5, 10, 20]


def test_renaming_a_step_removes_the_old_one(admin, lifecycle):
    changed = deepcopy(lifecycle)
    changed["spec"]["rollout"]["steps"][1]["name"] = "second"
    assert names(admin.apply(changed, "gitops")) == ["one", "second", "three"]


def names(manifest):
    return [step["name"] for step in manifest["spec"]["rollout"]["steps"]]
