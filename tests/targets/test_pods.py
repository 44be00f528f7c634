from __future__ import annotations

import json

import pytest


@pytest.fixture(params=["minimal", "full", "inside-the-cluster"])
def workloads(request, planned, objects, built, pod_template):
    """Each object that makes pods, with their template."""
    plan = planned(name=request.param)
    found = [(item, pod_template(item)) for item in [*objects(plan), *built(plan)]]
    return [(item, template) for item, template in found if template]


def containers(template):
    return [*template["spec"].get("initContainers", []), *template["spec"]["containers"]]


def test_pods_pass_pod_security_restricted(workloads, pod_security_faults):
    faults = {item["metadata"]["name"]: pod_security_faults(template["spec"]) for item, template in workloads}
    assert [name for name, found in faults.items() if found] == []


def test_the_check_of_pod_security_can_fail(pod_security_faults):
    root = {
        "containers": [{"name": "bare"}],
        "hostNetwork": True,
        "volumes": [{"name": "etc", "hostPath": {"path": "/"}}],
    }
    assert {"hostNetwork", "volume hostPath", "bare: runAsNonRoot", "bare: capabilities"} <= set(
        pod_security_faults(root)
    )


def test_containers_ask_for_cpu_and_memory_and_are_limited_in_memory(workloads):
    for _, template in workloads:
        for container in containers(template):
            assert {"cpu", "memory"} <= set(container["resources"]["requests"])
            assert container["resources"]["limits"]["memory"] == container["resources"]["requests"]["memory"]


def test_containers_cannot_write_to_their_root_and_images_are_by_digest(workloads):
    for _, template in workloads:
        for container in containers(template):
            assert container["securityContext"]["readOnlyRootFilesystem"] is True
            assert "@sha256:" in container["image"]
            assert "/tmp" in [mount["mountPath"] for mount in container["volumeMounts"]]  # noqa: S108


def test_every_mount_has_its_volume(workloads):
    for _, template in workloads:
        volumes = {volume["name"] for volume in template["spec"]["volumes"]}
        assert {mount["name"] for container in containers(template) for mount in container["volumeMounts"]} == volumes


def test_selectors_find_exactly_the_pods_of_their_template(workloads):
    deployments = [(item, template) for item, template in workloads if item["kind"] == "Deployment"]
    for item, template in deployments:
        assert item["spec"]["selector"]["matchLabels"] == template["metadata"]["labels"]


def test_services_budgets_and_policies_find_the_pods(planned, objects):
    made = objects(planned())
    (pods,) = [item["spec"]["template"]["metadata"]["labels"] for item in made if item["kind"] == "Deployment"]
    for item in made:
        spec = item.get("spec", {})
        if any(job in str(spec.get("podSelector")) for job in ("measuring", "training")):
            continue
        selectors = {
            "Service": lambda spec: spec["selector"],
            "PodDisruptionBudget": lambda spec: spec["selector"]["matchLabels"],
            "NetworkPolicy": lambda spec: spec["podSelector"]["matchLabels"],
        }
        if item["kind"] in selectors:
            assert selectors[item["kind"]](spec).items() <= pods.items()


def test_no_hash_of_the_plan_is_inside_of_a_workload(planned, objects, built):
    plan = planned()
    for item in [*objects(plan), *built(plan)]:
        if item["kind"] in {"ModelLifecycle", "ModelVersion"}:
            continue
        inside = json.dumps({key: value for key, value in item.items() if key != "metadata"})
        # An evaluation says which revision it measures: its Job is made for that one, and no later plan changes it.
        says = {plan.hashes.serving} if "evaluate" in item["metadata"]["name"] else set()
        assert [value for value in {*plan.hashes} - says if value in inside or value[7:20] in inside] == []


def test_only_measuring_containers_and_the_agent_hold_a_token(workloads):
    for item, template in workloads:
        assert template["spec"]["automountServiceAccountToken"] is (item["metadata"]["name"] == "lifespec-agent")
        for container in containers(template):
            has_token = "reporter" in [mount["name"] for mount in container["volumeMounts"]]
            assert not has_token or container["image"].startswith("registry.example.com/lifespec@")


def test_the_trainer_gets_its_configuration_and_no_secret(planned, built):
    plan = planned()
    (job,) = [item for item in built(plan) if item["kind"] == "Job" and "train" in item["metadata"]["name"]]
    pod = job["spec"]["template"]["spec"]
    trainer = next(container for container in pod["initContainers"] if container["name"] == "trainer")
    assert [container["name"] for container in [*pod["initContainers"], *pod["containers"]]] == [
        "splits",
        "trainer",
        "store",
    ]
    assert "envFrom" not in trainer
    assert trainer["env"] == [{"name": "LIFESPEC_CONFIG", "value": "/lifespec/config/config.json"}]
    assert trainer["resources"]["limits"] == {"memory": "8Gi", "nvidia.com/gpu": "1"}
    assert job["spec"]["activeDeadlineSeconds"] == 6 * 3600
    (config,) = [item for item in built(plan) if item["kind"] == "ConfigMap" and "train" in item["metadata"]["name"]]
    written = json.loads(config["data"]["config.json"])
    assert (
        written.items()
        >= {
            "task": "train",
            "input": "/lifespec/input",
            "output": "/lifespec/output",
            "parameters": {"depth": 6, "sampling": "0.5", "rate": 0.1},
            "seed": 42,
        }.items()
    )
    assert written["label"]["name"] == "churned"


def test_variables_reach_the_server_as_they_are_written(planned, objects):
    (deployment,) = [item for item in objects(planned(name="inside-the-cluster")) if item["kind"] == "Deployment"]
    (server,) = deployment["spec"]["template"]["spec"]["containers"]
    variables = {item["name"]: item["value"] for item in server["env"]}
    assert variables["GREETING"] == "costs $$5, $$(HOME) and $$$$"
    assert variables["LIFESPEC_REVISION"] == deployment["metadata"]["labels"]["lifespec.dev/revision"]
