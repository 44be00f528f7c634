"""What the agent and the commands build besides compile's files: it goes in, Jobs complete, CronJobs fire."""

from __future__ import annotations

import pytest

from cases import built_for, objects_of, plans_of, read_case
from controlplane.client import RefusedError

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("definitions")]

CASES = ("full", "inside-the-cluster")


@pytest.fixture(scope="module")
def built(admin, restricted):
    """Every object of the last environment of each case, in the cluster; timers fire every minute."""
    found, refused = [], []
    for case in CASES:
        documents = read_case(case)
        for document in filter(None, (documents.lifecycle, documents.model)):
            document["metadata"]["namespace"] = f"runs-{case}"
        plan = plans_of(documents)[-1]
        found += [*objects_of(plan), *built_for(plan)]
    for manifest in found:
        restricted(manifest["metadata"]["namespace"])
        try:
            admin.apply(manifest, "lifespec-agent")
        except RefusedError as refusal:  # all are named, not the first one only
            refused.append(f"{manifest['kind']} {manifest['metadata']['name']}: {refusal}")
    assert not refused, "\n".join(refused)
    for each in of_kind(found, "CronJob"):
        admin.merge(each, {"spec": {"schedule": "* * * * *"}})
    return found


def test_the_server_warns_of_nothing(built, admin):
    assert built
    assert not admin.warnings


def of_kind(found, kind):
    return [each for each in found if each["kind"] == kind]


def test_jobs_complete(built, admin, wait):
    assert of_kind(built, "Job")
    for each in of_kind(built, "Job"):
        wait(lambda each=each: admin.read(each)["status"].get("succeeded") == 1)


def test_deployments_become_available(built, admin, wait):
    for each in of_kind(built, "Deployment"):
        wait(
            lambda each=each: any(
                (found["type"], found["status"]) == ("Available", "True")
                for found in admin.read(each).get("status", {}).get("conditions", ())
            )
        )


def test_cron_jobs_fire(built, admin, wait):
    timers = of_kind(built, "CronJob")
    assert timers
    for each in timers:
        wait(lambda each=each: admin.read(each)["status"].get("lastSuccessfulTime"), seconds=100)
