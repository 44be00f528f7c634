"""Deleting a ModelLifecycle ends what it runs, and leaves what serves and what is recorded."""

from __future__ import annotations

from copy import deepcopy

import pytest

from cases import LIFESPEC_IMAGE, plans_of, read_case, trial_of
from corpus.records import RECORDS
from lifespec_compiler.targets.kubernetes import (
    ServingState,
    access,
    documents,
    measuring,
    nominated,
    ownership,
    render,
    training,
)

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("definitions")]

NAMESPACE = "deletion"


@pytest.fixture(scope="module")
def plan():
    case = read_case("full")
    assert case.model
    for document in (case.lifecycle, case.model):
        document["metadata"]["namespace"] = NAMESPACE
    return plans_of(case)[-1]


@pytest.fixture
def lifecycle(admin, plan, restricted):
    restricted(plan.namespace)
    for each in access.accounts(plan):
        admin.apply(each, "gitops")
    made = admin.apply(documents.lifecycle(plan), "gitops")
    yield made
    admin.delete(made, missing_ok=True)


def jobs_of(plan, lifecycle):
    """A training and a data check, as the agent creates them."""
    trial, candidate = trial_of(plan)
    found = [
        training.configuration(plan, candidate, trial),
        training.training_job(plan, LIFESPEC_IMAGE, candidate, trial),
        measuring.data_check_job(plan, LIFESPEC_IMAGE, trial.run),
    ]
    return [ownership.owned(each, plan, lifecycle["metadata"]["uid"]) for each in found]


def records_of(plan):
    for _, record in RECORDS.values():
        yield {**deepcopy(record), "metadata": {"name": "deletion-1", "namespace": plan.namespace}}


def is_gone(admin, manifest, refused):
    return "not found" in refused(lambda: admin.read(manifest))


def test_its_jobs_go_and_serving_and_records_stay(admin, plan, lifecycle, wait, refused):
    jobs = jobs_of(plan, lifecycle)
    stable = nominated(plan)
    assert stable
    serving = render(plan, ServingState(stable, uid=lifecycle["metadata"]["uid"]))
    records = list(records_of(plan))
    for each in [*jobs, *serving]:
        admin.apply(each, "lifespec-agent")
    for each in records:
        admin.create(each)
    wait(lambda: pods_of(admin, plan, "Job"))
    deployments = [each for each in serving if each["kind"] == "Deployment"]
    wait(lambda: all(admin.read(each).get("status", {}).get("availableReplicas") for each in deployments))
    before = [standing(admin, each) for each in [*serving, *records]]

    admin.delete(lifecycle)

    wait(lambda: is_gone(admin, lifecycle, refused))
    for each in jobs:
        wait(lambda each=each: is_gone(admin, each, refused))
    wait(lambda: not pods_of(admin, plan, "Job"))
    assert [standing(admin, each) for each in [*serving, *records]] == before
    assert all(admin.read(each)["status"]["availableReplicas"] for each in deployments)
    assert pods_of(admin, plan, "ReplicaSet")
    for each in [*serving, *records]:
        admin.delete(each)


def standing(admin, manifest):
    """What is the same for as long as an object is neither deleted nor made again."""
    metadata = admin.read(manifest)["metadata"]
    return metadata["uid"], metadata.get("deletionTimestamp")


def pods_of(admin, plan, owner):
    pods = admin.items("v1", "Pod", plan.namespace)
    return [each for each in pods if [by["kind"] for by in each["metadata"].get("ownerReferences", ())] == [owner]]


def test_a_lifecycle_made_again_owns_nothing_of_the_first(admin, plan, lifecycle, wait, refused):
    first = jobs_of(plan, lifecycle)
    admin.delete(lifecycle)
    wait(lambda: is_gone(admin, lifecycle, refused))
    again = admin.apply(documents.lifecycle(plan), "gitops")
    assert again["metadata"]["uid"] != lifecycle["metadata"]["uid"]
    for each in first:  # an agent that has not seen the deletion yet
        admin.apply(each, "lifespec-agent")
    for each in first:
        wait(lambda each=each: is_gone(admin, each, refused))
    assert not is_gone(admin, again, refused)
