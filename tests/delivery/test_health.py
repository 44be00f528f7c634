"""The health check, run by the version of Lua that Argo CD's interpreter speaks, without what its sandbox lacks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lifespec_compiler.targets.argocd import health

SETTING = "resource.customizations.health.lifespec.dev_ModelLifecycle"
UNKNOWN = ("require", "io", "os", "string", "package", "dofile", "loadfile", "debug", "math", "coroutine")


@pytest.fixture(scope="session")
def check(judge):
    """`check(object)`: status and message that the script gives an object."""
    judge("lupa")
    from lupa import lua51

    def run(obj, script=health.LIFECYCLE):
        lua = lua51.LuaRuntime(unpack_returned_tuples=True)
        for name in UNKNOWN:
            lua.globals()[name] = None
        lua.globals()["obj"] = lua.table_from(obj, recursive=True)
        answer: Any = lua.execute(script)
        assert set(answer) == {"status", "message"}
        assert isinstance(answer.message, str)
        return answer.status, answer.message

    return run


def lifecycle(status=None, **metadata):
    return {"metadata": {"name": "churn", "generation": 3, **metadata}, **({"status": status} if status else {})}


def condition(kind, status, message=""):
    return {"type": kind, "status": status, "reason": "Because", "message": message}


def seen(*conditions, **more):
    return lifecycle({"observedGeneration": 3, "conditions": list(conditions), **more})


@pytest.mark.parametrize(
    ("obj", "expected"),
    [
        pytest.param(lifecycle(), "Progressing", id="nobody has looked at it"),
        pytest.param(lifecycle({"observedGeneration": 3}), "Progressing", id="there are no conditions"),
        pytest.param(lifecycle({"conditions": [], "phase": "Done"}), "Progressing", id="there is no condition"),
        pytest.param(
            lifecycle({"observedGeneration": 2, "conditions": [condition("Ready", "True")]}),
            "Progressing",
            id="the newest version has not been seen",
        ),
        pytest.param(lifecycle(deletionTimestamp="2026-11-01T00:00:00Z"), "Progressing", id="it is being deleted"),
        pytest.param(seen(condition("Ready", "True", "churn-17 serves")), "Healthy", id="ready"),
        pytest.param(
            seen(condition("Ready", "True"), condition("Reconciling", "False"), condition("Stalled", "False")),
            "Healthy",
            id="ready, and nothing else",
        ),
        pytest.param(
            seen(condition("Ready", "True"), condition("Reconciling", "True", "step 2"), phase="Canary"),
            "Progressing",
            id="a rollout is open",
        ),
        pytest.param(seen(condition("Ready", "False"), condition("Reconciling", "True")), "Progressing", id="starting"),
        pytest.param(
            seen(condition("Ready", "True"), condition("Reconciling", "True"), phase="Held"),
            "Suspended",
            id="a person is asked",
        ),
        pytest.param(
            seen(condition("Ready", "True"), condition("Stalled", "True", "PlanMismatch")), "Degraded", id="stalled"
        ),
        pytest.param(
            seen(condition("Reconciling", "True"), condition("Stalled", "True"), phase="Held"),
            "Degraded",
            id="stalled is worse than held",
        ),
        pytest.param(seen(condition("Ready", "False", "no pod is ready")), "Degraded", id="not ready"),
        pytest.param(seen(condition("Ready", "Unknown")), "Progressing", id="nobody knows"),
        pytest.param(lifecycle({"conditions": [condition("Ready", "True")]}), "Healthy", id="no generation told"),
    ],
)
def test_a_status_has_a_health(check, obj, expected):
    assert check(obj)[0] == expected


@pytest.mark.parametrize(
    "message", ["half of the traffic", '"]] --[[ return', "line\nline", "$(id) ${x} {{y}}", "ä\u202e"]
)
def test_messages_come_through_as_they_are(check, message):
    assert check(seen(condition("Ready", "True", message))) == ("Healthy", message)
    assert check(seen(condition("Stalled", "True", message))) == ("Degraded", message)


def test_a_message_may_be_missing(check):
    without = {"type": "Stalled", "status": "True", "reason": "Because"}
    assert check(seen(without)) == ("Degraded", "the agent cannot go on")


@pytest.mark.parametrize("known", ["Healthy", "Progressing", "Degraded", "Suspended", "Missing"])
def test_an_application_is_as_healthy_as_it_says(check, known):
    assert check({"status": {"health": {"status": known}}}, health.APPLICATION) == (known, "")
    told = {"status": {"health": {"status": known, "message": "because"}}}
    assert check(told, health.APPLICATION) == (known, "because")


@pytest.mark.parametrize("obj", [{}, {"status": {}}, {"status": {"health": {}}}])
def test_an_application_that_says_nothing_is_on_its_way(check, obj):
    assert check(obj, health.APPLICATION) == ("Progressing", "")


def test_the_settings_are_read_back_as_they_were_written(repository, check, tmp_path, kubectl_read):
    folder = repository("argocd").write(tmp_path)
    (read,) = kubectl_read((folder / "clusters/default/argocd/install/argocd-cm.yaml").read_text())
    assert read["metadata"]["name"] == "argocd-cm"
    assert read["data"][SETTING] == health.LIFECYCLE
    assert check(seen(condition("Ready", "True")), read["data"][SETTING]) == ("Healthy", "")
    assert json.dumps(read)
