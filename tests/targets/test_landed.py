from __future__ import annotations

import pytest

from lifespec_compiler.targets import kubernetes
from lifespec_compiler.targets.kubernetes import compiling


@pytest.fixture
def landed(monkeypatch):
    """`landed(*commands)`: from now on these commands have landed, and no others."""
    return lambda *commands: monkeypatch.setattr(compiling, "LANDED_COMMANDS", frozenset(commands))


@pytest.fixture
def kinds(contents):
    """`kinds(manifests)`: the kind of each object in them."""
    return lambda manifests: [item["kind"] for item in contents(manifests)]


def test_while_no_command_has_landed_nothing_calls_one(planned, landed, kinds):
    landed()
    plan = planned()
    made = [*kubernetes.compile(plan), *kubernetes.compile_shared([plan])]
    assert not {"CronJob", "Job", "ConfigMap"} & set(kinds(made))
    assert [manifest.path for manifest in made if "/agent/" in manifest.path] == []


@pytest.mark.parametrize(("command", "jobs"), [("check-data", 1), ("drift", 2)])
def test_a_landed_command_brings_its_cron_jobs_and_what_they_need(command, jobs, planned, landed, kinds):
    landed(command)
    made = kinds(kubernetes.compile(planned()))
    assert made.count("CronJob") == jobs
    assert made.count("ConfigMap") == 1


def test_the_agent_is_installed_once_in_a_namespace(planned, landed, kinds):
    landed("lifespec-agent")
    plan = planned()
    made = [manifest for manifest in kubernetes.compile_shared([plan, plan]) if "/agent/" in manifest.path]
    assert [manifest.path for manifest in made] == [
        "production/growth/agent/kustomization.yaml",
        "production/growth/agent/agent.yaml",
    ]
    assert kinds(made).count("Deployment") == 1


def test_without_lifespecs_image_nothing_runs_it(planned, landed, kinds):
    landed("check-data", "drift", "lifespec-agent")
    plan = planned(lambda documents: documents.environment.pop("agentImage"))
    made = [*kubernetes.compile(plan), *kubernetes.compile_shared([plan])]
    assert "CronJob" not in kinds(made)
    assert kinds(made).count("Deployment") == 1, "only the server's"
