"""The measuring Jobs' own command lines, under the account that their manifests give them: one report, and no more."""

from __future__ import annotations

import json
import sys
from copy import deepcopy
from itertools import count

import pytest

from cases import LIFESPEC_IMAGE, objects_of, plans_of, read_case
from controlplane.containers import Container
from lifespec_compiler.targets.kubernetes import measuring
from lifespec_schema.records.report import LifecycleReport

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("definitions")]

LIFESPEC = (sys.executable, "-c", "from lifespec_runtime.cli import main; main()")
NAMESPACE = "measured"
ROWS = "tenure,churned\n1,true\n2,false\n3,false\n,true\n"
NUMBERS = count(1)
HIDDEN = "not-to-be-seen"


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """The folder in which the data lies."""
    return tmp_path_factory.mktemp("lake")


@pytest.fixture(scope="module")
def plan(lake):
    documents = read_case("full")
    for document in filter(None, (documents.lifecycle, documents.model)):
        document["metadata"]["namespace"] = NAMESPACE
    source = documents.spec["data"]["sources"][0]
    source.update(uri=(lake / "customers.csv").as_uri(), format="csv")
    return plans_of(documents)[-1]


@pytest.fixture(scope="module")
def compiled_objects(plan, admin, restricted):
    """All that is compiled for the lifecycle, in the cluster, with the secret of its data."""
    restricted(NAMESPACE)
    secret = {"metadata": {"name": "lake-reader", "namespace": NAMESPACE}, "stringData": {"LAKE_KEY": HIDDEN}}
    admin.apply({"apiVersion": "v1", "kind": "Secret", **secret})
    found = objects_of(plan)
    for each in found:
        admin.apply(each, "gitops")
    return found


@pytest.fixture(scope="module")
def lifecycle(compiled_objects, admin):
    """The lifecycle, as it is in the cluster."""
    (found,) = [each for each in compiled_objects if each["kind"] == "ModelLifecycle"]
    return admin.read(found)


@pytest.fixture
def data(lake):
    """The data, as it should be; a test may break it."""
    file = lake / "customers.csv"
    file.write_text(ROWS)
    return file


@pytest.fixture
def started(admin, controlplane, tmp_path, wait):
    """`started(job)`: the container of the pod that the Job controller makes for the Job."""

    def start(job):
        admin.create(job)
        label = f"job-name={job['metadata']['name']}"
        where = admin.path("v1", "Pod", NAMESPACE)
        pods = wait(lambda: admin.request("GET", where, labelSelector=label)["items"])
        return Container(controlplane, pods[0], "lifespec", tmp_path)

    return start


@pytest.fixture
def from_timer(compiled_objects, admin):
    """`from_timer()`: a Job as the CronJob makes it, but its own: a timer ends all but the last of its Jobs."""
    (timer,) = [each for each in compiled_objects if each["kind"] == "CronJob"]

    def make():
        described = {"name": f"{timer['metadata']['name']}-{next(NUMBERS)}", "namespace": NAMESPACE}
        spec = admin.read(timer)["spec"]["jobTemplate"]["spec"]
        return {"apiVersion": "batch/v1", "kind": "Job", "metadata": described, "spec": spec}

    return make


@pytest.fixture
def reports(admin):
    """`reports()`: the reports in the namespace, by name."""

    def read():
        found = admin.items("lifespec.dev/v1alpha1", "LifecycleReport", NAMESPACE)
        return {each["metadata"]["name"]: each for each in found}

    return read


def measured(report):
    return {each["check"]: (each.get("value"), each["samples"]) for each in report["spec"]["measurements"]}


@pytest.mark.usefixtures("data")
def test_the_timer_s_job_leaves_a_report_of_its_name(from_timer, started, reports, lifecycle, admin):
    job = from_timer()
    done = started(job).run(LIFESPEC)
    assert done.returncode == 0, done.stderr
    report = reports()[job["metadata"]["name"]]
    assert report["metadata"]["labels"] == {"lifespec.dev/lifecycle": "churn"}
    assert "ownerReferences" not in report["metadata"], "reports outlive their lifecycle"
    named = {key: report["metadata"][key] for key in ("name", "namespace")}
    LifecycleReport.model_validate({**report, "metadata": named})
    assert (report["spec"]["uid"], report["spec"]["tier"]) == (lifecycle["metadata"]["uid"], "data")
    assert "stream" not in report["spec"]
    found = measured(report)
    assert found["customers.tenure-type"] == (0, 4)
    assert found["readiness.missingShare"] == (0.25, 4)
    assert not admin.warnings


@pytest.mark.usefixtures("data")
def test_a_run_s_job_says_which_run_it_is_of(plan, compiled_objects, started, reports):
    assert compiled_objects
    done = started(measuring.data_check_job(plan, LIFESPEC_IMAGE, "drifted-20261101-0300")).run(LIFESPEC)
    assert done.returncode == 0, done.stderr
    (found,) = [each for each in reports().values() if each["spec"].get("stream")]
    assert found["spec"]["stream"] == "drifted-20261101-0300"


@pytest.mark.usefixtures("data")
def test_it_is_what_the_same_command_writes_to_a_file(from_timer, started, reports):
    job = from_timer()
    container = started(job)
    assert container.run(LIFESPEC).returncode == 0
    done = container.run(LIFESPEC, {"cluster": "/tmp/report.json"})  # noqa: S108 - a path in the container
    assert done.returncode == 0, done.stderr
    written = json.loads((container.mounts["/tmp"] / "report.json").read_text())  # noqa: S108
    there = reports()[job["metadata"]["name"]]
    assert [*measured(written)] == [*measured(there)]
    aged = "customers.freshness"
    assert measured(written) | {aged: None} == measured(there) | {aged: None}
    assert written["spec"]["inputs"] == there["spec"]["inputs"]


@pytest.mark.usefixtures("data")
def test_a_pod_that_takes_another_s_place_writes_no_second_report(from_timer, started, reports):
    job = from_timer()
    container = started(job)
    assert container.run(LIFESPEC).returncode == 0
    first = reports()
    again = container.run(LIFESPEC)
    assert (again.returncode, again.stderr.count("was there already")) == (0, 1), again.stderr
    assert reports() == first


def test_a_report_of_other_data_is_not_taken_for_this_job_s(from_timer, started, reports, data):
    container = started(from_timer())
    assert container.run(LIFESPEC).returncode == 0
    first = reports()
    data.write_text(ROWS + "5,true\n")
    again = container.run(LIFESPEC)
    assert (again.returncode, "error[cluster-conflict]" in again.stderr) == (2, True), again.stderr
    assert reports() == first


def test_broken_data_is_an_exit_code_and_no_report_that_looks_complete(from_timer, started, reports, data):
    data.write_text(ROWS + 'a row, with, too many, values\n"never closed\n')
    job = from_timer()
    done = started(job).run(LIFESPEC)
    assert done.returncode == 1, done.stderr
    report = reports()[job["metadata"]["name"]]
    assert {each["check"]: each for each in report["spec"]["measurements"] if "value" in each} == {}
    assert {each["samples"] for each in report["spec"]["measurements"]} == {0}
    assert all(each["reason"] for each in report["spec"]["measurements"])


def test_data_that_is_not_reached_leaves_the_report_to_the_next_try(from_timer, started, reports, data):
    data.unlink()
    job = from_timer()
    container = started(job)
    done = container.run(LIFESPEC)
    assert (done.returncode, job["metadata"]["name"] in reports()) == (2, False), done.stdout
    data.write_text(ROWS)
    assert container.run(LIFESPEC).returncode == 0
    assert job["metadata"]["name"] in reports()


@pytest.mark.usefixtures("data")
def test_neither_token_nor_secret_is_ever_shown(from_timer, started):
    container = started(from_timer())
    token = container.token.read_text()
    done = container.run(LIFESPEC)
    container.token.write_text(token[:-8] + "tampered")
    refused = container.run(LIFESPEC)
    assert (refused.returncode, "error[cluster-refused]" in refused.stderr) == (2, True), refused.stderr
    shown = done.stdout + done.stderr + refused.stdout + refused.stderr
    assert not [part for part in (*token.split("."), HIDDEN) if part in shown]
    assert "Traceback" not in shown


@pytest.mark.usefixtures("data")
def test_without_its_lifecycle_nothing_is_measured(from_timer, started, reports, admin, lifecycle):
    container = started(from_timer())
    before = reports()
    admin.delete(lifecycle)
    try:
        done = container.run(LIFESPEC)
    finally:
        bare = {key: lifecycle["metadata"][key] for key in ("name", "namespace", "labels", "annotations")}
        admin.apply({**{key: lifecycle[key] for key in ("apiVersion", "kind", "spec")}, "metadata": bare}, "gitops")
    assert (done.returncode, "error[cluster-no-lifecycle]" in done.stderr) == (2, True), done.stderr
    assert (done.stdout, reports()) == ("", before)


@pytest.mark.usefixtures("data")
def test_the_account_may_do_this_and_nothing_else(from_timer, started, controlplane, lifecycle):
    client = controlplane.client(started(from_timer()).token.read_text())
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectRulesReview",
        "spec": {"namespace": NAMESPACE},
    }
    rules = client.request("POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", review)["status"]
    everybody = {"selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews"}
    allowed = {
        (verb, resource, name)
        for rule in rules["resourceRules"]
        for verb in rule["verbs"]
        for resource in rule["resources"]
        for name in rule.get("resourceNames") or [""]
        if resource not in everybody
    }
    assert not rules["incomplete"]
    assert allowed == {
        ("create", "lifecyclereports", ""),
        ("get", "lifecyclereports", ""),
        ("get", "modellifecycles", lifecycle["metadata"]["name"]),
    }


@pytest.mark.usefixtures("data")
def test_what_it_may_not_do_is_refused(from_timer, started, controlplane, reports, lifecycle, refused):
    job = from_timer()
    container = started(job)
    assert container.run(LIFESPEC).returncode == 0
    report = reports()[job["metadata"]["name"]]
    client = controlplane.client(container.token.read_text())
    assert client.read(report) == report
    core, ours = f"/api/v1/namespaces/{NAMESPACE}", f"/apis/lifespec.dev/v1alpha1/namespaces/{NAMESPACE}"
    changed = deepcopy(report)
    changed["spec"]["measurements"] = []
    decision = {"apiVersion": "lifespec.dev/v1alpha1", "kind": "LifecycleDecision", "metadata": {"name": "churn-1"}}
    tries = {
        "read its secret": lambda: client.request("GET", f"{core}/secrets/lake-reader"),
        "list secrets": lambda: client.request("GET", f"{core}/secrets"),
        "list pods": lambda: client.request("GET", f"{core}/pods"),
        "list reports": lambda: client.request("GET", f"{ours}/lifecyclereports"),
        "replace its report": lambda: client.request("PUT", client.path_of(report), changed),
        "patch its report": lambda: client.merge(report, {"spec": {"measurements": []}}),
        "label its report": lambda: client.merge(report, {"metadata": {"labels": {"a": "b"}}}),
        "delete its report": lambda: client.delete(report),
        "decide": lambda: client.request("POST", f"{ours}/lifecycledecisions", decision),
        "ask": lambda: client.request("POST", f"{ours}/lifecyclerequests", {**decision, "kind": "LifecycleRequest"}),
        "change its lifecycle": lambda: client.merge(lifecycle, {"spec": {"version": "9.9.9"}}),
        "read another lifecycle": lambda: client.request("GET", f"{ours}/modellifecycles/another"),
        "list lifecycles": lambda: client.request("GET", f"{ours}/modellifecycles"),
        "report elsewhere": lambda: client.request(
            "POST", "/apis/lifespec.dev/v1alpha1/namespaces/default/lifecyclereports", changed
        ),
        "mint a token": lambda: client.request("POST", f"{core}/serviceaccounts/churn-measuring/token", {}),
        "start a pod": lambda: client.request("POST", f"{core}/pods", {"kind": "Pod"}),
    }
    reasons = {what: refused(call) for what, call in tries.items()}
    assert {what: reason for what, reason in reasons.items() if "forbidden" not in reason} == {}
    assert reports()[job["metadata"]["name"]] == report
