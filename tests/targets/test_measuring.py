"""What the measuring and training Jobs run is what our own command line reads."""

from __future__ import annotations

from dataclasses import replace

import click
import pytest

from cases import LIFESPEC_IMAGE
from lifespec_compiler.targets.kubernetes import measuring, networks, nominated
from lifespec_compiler.targets.kubernetes.networks import NAMESPACE_NAME
from lifespec_compiler.targets.landed import AGENT, LANDED_COMMANDS
from lifespec_runtime.cli.app import COMMANDS, lifespec

RUN = "drifted-20261101-0300"


@pytest.fixture
def calls(pod_template):
    """`calls(objects)`: the arguments of every container of lifespec's own image that runs a command."""

    def found(objects):
        templates = [template for item in objects if (template := pod_template(item))]
        containers = [
            each
            for template in templates
            for each in [*template["spec"].get("initContainers", []), *template["spec"]["containers"]]
        ]
        return [
            each["args"]
            for each in containers
            if each["image"].startswith("registry.example.com/lifespec@") and "command" not in each
        ]

    return found


def revision_of(plan):
    found = nominated(plan)
    assert found
    return found


def test_landed_commands_are_there():
    assert {*COMMANDS, AGENT} >= LANDED_COMMANDS


def test_what_compile_emits_calls_landed_commands_only(planned, objects, calls):
    called = calls(objects(planned()))
    assert called
    assert {arguments[0] for arguments in called} <= LANDED_COMMANDS


@pytest.mark.parametrize("case", ["minimal", "full", "inside-the-cluster"])
def test_our_own_command_line_reads_every_call_of_a_landed_command(case, planned, objects, built, calls):
    plan = planned(name=case)
    called = [each for each in calls([*objects(plan), *built(plan)]) if each[0] in LANDED_COMMANDS]
    assert called
    for name, *arguments in called:
        command = lifespec.get_command(click.Context(lifespec), name)
        assert command
        command.make_context(name, arguments)


def test_every_measuring_container_reports_to_the_cluster_and_judges_nothing(planned, built, pod_template):
    jobs = [item for item in built(planned()) if "measuring" in str(item["metadata"].get("labels"))]
    containers = [each for item in jobs if (found := pod_template(item)) for each in found["spec"]["containers"]]
    assert len(containers) == 5
    for each in containers:
        assert each["args"][-4:] == ["--report", "cluster", "--fail-on", "never"]
        (variable,) = each["env"]
        assert variable["valueFrom"]["fieldRef"]["fieldPath"] == "metadata.labels['batch.kubernetes.io/job-name']"


def test_broken_data_ends_a_measuring_job_at_once_and_a_broken_trainer_does_not(planned, built):
    for item in built(planned()):
        if item["kind"] == "Job":
            rules = item["spec"]["podFailurePolicy"]["rules"]
            fatal = [rule["onExitCodes"] for rule in rules if rule["action"] == "FailJob"]
            codes = {"containerName": "lifespec", "operator": "In", "values": [1]}
            assert fatal == ([] if "train" in item["metadata"]["name"] else [codes])


@pytest.mark.parametrize(
    ("scheduler", "to"),
    [("tcp://dask.mlops:8786", "mlops"), ("tls://dask.mlops.svc:8786", "mlops"), ("tls://dask:8786", None)],
)
def test_a_dask_cluster_of_the_platform_checks_the_data(scheduler, to, planned, built, objects, calls):
    plan = planned(lambda documents: documents.environment.update(dask={"scheduler": scheduler}))
    checks = [each for each in calls([*objects(plan), *built(plan)]) if each[0] == "check-data"]
    assert checks
    for arguments in checks:
        at = arguments.index("--engine")
        assert arguments[at : at + 4] == ["--engine", "dask", "--scheduler", scheduler]
    (policy,) = [
        item
        for item in objects(plan)
        if item["kind"] == "NetworkPolicy" and item["metadata"]["name"].endswith("measuring")
    ]
    (way,) = [way for way in policy["spec"]["egress"] if {"protocol": "TCP", "port": 8786} in way["ports"]]
    labels = [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": to}}}]
    assert way.get("to") == (labels if to else None)


def test_secrets_of_the_data_reach_the_check_and_no_others(planned, objects):
    (timer,) = [item for item in objects(planned()) if item["kind"] == "CronJob"]
    (container,) = timer["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    assert container["envFrom"] == [{"secretRef": {"name": "lake-reader"}}]


def test_an_evaluation_asks_the_candidate_and_the_stable_model_apart(planned):
    plan = planned()
    candidate = revision_of(plan)
    stable = replace(candidate, model_uri="s3://models/churn/16", model_digest=f"sha256:{'7' * 64}")
    job = measuring.evaluation_job(plan, LIFESPEC_IMAGE, candidate, RUN, stable)
    pod = job["spec"]["template"]["spec"]
    arguments = pod["containers"][0]["args"]
    assert arguments[:2] == ["evaluate", "/etc/lifespec/lifecycle.json"]
    at = {name: arguments[arguments.index(name) + 1] for name in ("--model", "--against", "--stream")}
    assert at == {"--model": "http://127.0.0.1:9000", "--against": "http://127.0.0.1:9001", "--stream": RUN}
    told = arguments.index("--revision")
    assert arguments[told + 1 : told + 3] == [candidate.model_digest, candidate.serving_hash]
    told = arguments.index("--stable")
    assert arguments[told + 1 : told + 3] == [stable.model_digest, stable.serving_hash]
    alone = measuring.evaluation_job(plan, LIFESPEC_IMAGE, candidate, RUN)["spec"]["template"]["spec"]
    assert not {"--against", "--stable"} & set(alone["containers"][0]["args"])
    servers = {each["name"]: {one["name"]: one.get("value") for one in each["env"]} for each in pod["initContainers"]}
    assert {name: each["LIFESPEC_MODEL_URI"] for name, each in servers.items()} == {
        "server": candidate.model_uri,
        "stable": "s3://models/churn/16",
    }
    assert [each["LIFESPEC_PORT"] for each in servers.values()] == ["9000", "9001"]
    assert {each["restartPolicy"] for each in pod["initContainers"]} == {"Always"}


def test_a_stable_model_with_a_port_of_its_own_keeps_it(planned):
    plan = planned()
    candidate = revision_of(plan)
    stable = replace(candidate, pod={**candidate.pod, "port": 8080})
    arguments = measuring.evaluation_job(plan, LIFESPEC_IMAGE, candidate, RUN, stable)["spec"]["template"]["spec"][
        "containers"
    ][0]["args"]
    assert arguments[arguments.index("--against") + 1] == "http://127.0.0.1:8080"


def test_the_last_port_has_its_neighbour_below(planned):
    plan = planned()
    candidate = revision_of(plan)
    last = replace(candidate, pod={**candidate.pod, "port": 65535})
    arguments = measuring.evaluation_job(plan, LIFESPEC_IMAGE, last, RUN, last)["spec"]["template"]["spec"][
        "containers"
    ][0]["args"]
    assert arguments[arguments.index("--against") + 1] == "http://127.0.0.1:65534"


def test_no_two_containers_share_a_folder_that_can_be_written(planned, built, pod_template):
    for item in built(planned()):
        template = pod_template(item)
        if not template or "evaluate" not in item["metadata"]["name"]:
            continue
        pod = template["spec"]
        folders = [
            mount["name"]
            for each in [*pod["initContainers"], *pod["containers"]]
            for mount in each["volumeMounts"]
            if not mount.get("readOnly")
        ]
        assert len(folders) == len(set(folders)) == 2


def ways_out(policy):
    """The namespaces and ports that a policy lets pods reach; "" is anywhere."""
    return {
        (namespace, port["port"])
        for rule in policy["spec"]["egress"]
        for namespace in [each["namespaceSelector"]["matchLabels"][NAMESPACE_NAME] for each in rule.get("to", [])]
        or [""]
        for port in rule["ports"]
    }


def test_measuring_pods_reach_data_models_and_the_api_server_and_training_pods_the_tracker(planned):
    def documents(found):
        found.spec["data"]["sources"][0]["uri"] = "http://lake.storage:9000/customers/"
        found.project["spec"]["defaults"]["artifacts"]["uri"] = "http://minio.artifacts:9000/models/"
        found.model["spec"]["model"]["uri"] = "http://registry.models:8081/churn/17"
        found.spec["monitoring"]["predictions"]["log"] = "http://log.requests:9001/churn/"

    plan = planned(documents)
    both = {("storage", 9000), ("artifacts", 9000), ("", 443)}
    asked = {("models", 8081), ("", 6443)}
    assert ways_out(networks.measuring(plan, "measuring", log=False)) == both | asked
    assert ways_out(networks.measuring(plan, "measuring")) == both | asked | {("requests", 9001)}
    assert ways_out(networks.training(plan, "training")) == both | {("mlops", 5000)}


@pytest.mark.parametrize("runner", ["agent", "ci"])
def test_the_policy_of_training_pods_comes_with_their_account(planned, objects, runner):
    def documents(found):
        found.project["spec"]["runner"] = runner

    plan = planned(documents)
    emitted = objects(plan)
    accounts = {item["metadata"]["name"] for item in emitted if item["kind"] == "ServiceAccount"}
    own = networks.training(plan, "training")
    assert (own in emitted) == ("churn-training" in accounts) == (runner == "agent")
    (denied,) = [item for item in emitted if item["metadata"]["name"] == "churn-default-deny"]
    governed = {"lifespec.dev/lifecycle": "churn"}
    assert denied["spec"]["podSelector"]["matchLabels"] == governed
    assert own["spec"]["podSelector"]["matchLabels"].items() >= governed.items()
    assert "ingress" not in own["spec"]


def test_the_policy_of_measuring_pods_comes_with_their_jobs(planned, objects):
    plan = planned()
    found = [item for item in objects(plan) if item["kind"] == "NetworkPolicy"]
    assert networks.measuring(plan, "measuring", log=False) in found
