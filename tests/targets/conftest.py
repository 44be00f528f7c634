from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from cases import Documents, built_for, contents_of, objects_of, plans_of, read_case
from goldens import is_full_run
from lifespec_compiler.manifest import Manifest
from lifespec_compiler.plan import Plan
from lifespec_compiler.targets.kubernetes import Revision, ServingState, nominated

RESTRICTED_VOLUMES = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
}


@pytest.fixture
def case() -> Callable[[str], Documents]:
    """`case(name)`: the documents of a golden case."""
    return read_case


@pytest.fixture
def plans() -> Callable[[Documents], list[Plan]]:
    """`plans(documents)`: the plans of all environments."""
    return plans_of


@pytest.fixture
def planned() -> Callable[..., Plan]:
    """`planned(edit)`: the production plan of the full case, after `edit(documents)`."""

    def make(edit: Callable[[Documents], None] | None = None, name: str = "full") -> Plan:
        documents = copy.deepcopy(read_case(name))
        if edit:
            edit(documents)
        return plans_of(documents)[-1]

    return make


@pytest.fixture
def stable() -> Callable[[Plan], Revision]:
    """`stable(plan)`: the revision that Git nominates."""

    def find(plan: Plan) -> Revision:
        revision = nominated(plan)
        assert revision
        return revision

    return find


@pytest.fixture
def state(stable) -> Callable[..., ServingState]:
    """`state(plan, weight=…, mirroring=…)`: a rollout of another model, served in the same way."""

    def make(plan: Plan, **changes: Any) -> ServingState:
        serves = stable(plan)
        return ServingState(
            serves, Revision("s3://models/churn/18", f"sha256:{'9' * 64}", "onnx", serves.pod), **changes
        )

    return make


@pytest.fixture
def contents() -> Callable[[Iterable[Manifest]], list[dict[str, Any]]]:
    """`contents(manifests)`: the objects in them but kustomizations and the definitions of kinds."""
    return contents_of


@pytest.fixture
def objects() -> Callable[[Plan], list[dict[str, Any]]]:
    """`objects(plan)`: every object that compile emits for a lifecycle."""
    return objects_of


@pytest.fixture
def built() -> Callable[[Plan], list[dict[str, Any]]]:
    """`built(plan)`: every object that the agent, or a command that has not landed, will need."""
    return built_for


@pytest.fixture
def pod_template() -> Callable[[dict[str, Any]], dict[str, Any] | None]:
    """`pod_template(object)`: the template of the pods that an object makes; None if it makes none."""

    def find(item: dict[str, Any]) -> dict[str, Any] | None:
        if item["kind"] == "CronJob":
            return item["spec"]["jobTemplate"]["spec"]["template"]
        return item["spec"]["template"] if item["kind"] in {"Deployment", "Job"} else None

    return find


@pytest.fixture
def pod_security_faults() -> Callable[[dict[str, Any]], list[str]]:
    """`pod_security_faults(spec)`: why a pod would be refused under the level "restricted"; the standard's own list."""

    def check(spec: dict[str, Any]) -> list[str]:
        pod, faults = spec.get("securityContext", {}), []
        faults += [key for key in ("hostNetwork", "hostPID", "hostIPC") if spec.get(key)]
        for volume in spec.get("volumes", []):
            faults += [f"volume {kind}" for kind in volume if kind not in RESTRICTED_VOLUMES | {"name"}]
        for container in [*spec.get("initContainers", []), *spec["containers"]]:
            own = container.get("securityContext", {})
            effective = {**pod, **own}
            wanted = {
                "privileged": not own.get("privileged"),
                "allowPrivilegeEscalation": own.get("allowPrivilegeEscalation") is False,
                "capabilities": own.get("capabilities") == {"drop": ["ALL"]},
                "runAsNonRoot": effective.get("runAsNonRoot") is True,
                "runAsUser": effective.get("runAsUser") != 0,
                "seccompProfile": effective.get("seccompProfile", {}).get("type") in {"RuntimeDefault", "Localhost"},
                "hostPort": not any("hostPort" in port for port in container.get("ports", [])),
                "procMount": "procMount" not in own,
                "probe host": '"host":' not in json.dumps(container),
            }
            faults += [f"{container['name']}: {name}" for name, holds in wanted.items() if not holds]
        return faults

    return check


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say after a full run what becomes of the fields of the language."""
    if not is_full_run(config):
        return
    from lifespec_compiler.targets import TARGETS
    from lifespec_schema.export.leaves import leaves

    fields = leaves()
    table = TARGETS["kubernetes"].CAPABILITIES.fields["ModelLifecycle"]
    waiting = Counter(
        table[field.path].on if field.path in table else "agent" for field in fields if field.form != "authoring"
    )
    people = sum(field.effect == "document" for field in fields)
    terminalreporter.section("fields of the language")
    terminalreporter.write_line(f"{len(fields)}, of which {people} ({people / len(fields):.0%}) are only for people")
    terminalreporter.write_line(f"{waiting.pop('', 0)} have their effect now")
    for name, count in sorted(waiting.items()):
        terminalreporter.write_line(f"{count} pending on {name}")
