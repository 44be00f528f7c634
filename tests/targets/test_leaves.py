"""Every field that the kubernetes target honours changes what it emits.

The model card, the ModelLifecycle object and all hashes do not count: they change with everything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from lifespec_compiler.targets import TARGETS, kubernetes, unsupported
from lifespec_schema.export.leaves import leaves
from lifespec_schema.findings import Severity
from lifespec_schema.spec.lifecycle import ModelLifecycle
from lifespec_schema.spec.model_version import ModelVersion
from lifespec_schema.spec.project import LifespecProject

OTHER = "f" * 64


def put(*path: str | int, value: Any) -> Callable[[dict[str, Any]], None]:
    """An edit that sets the value at a path."""

    def edit(document: dict[str, Any]) -> None:
        inner: Any = document
        for part in path[:-1]:
            inner = inner[part]
        inner[path[-1]] = value

    return edit


def serving(key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return put("spec", "serving", key, value=value)


def production(key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return put("spec", "environments", -1, key, value=value)


def gateway(key: str, value: str) -> Callable[[dict[str, Any]], None]:
    return put("spec", "environments", -1, "gateway", key, value=value)


def batch(document: dict[str, Any]) -> None:
    image = document["spec"]["serving"]["image"]
    document["spec"]["serving"] = {"mode": "batch", "schedule": "0 3 * * *", "output": "s3://o/", "image": image}
    document["spec"]["environments"] = {}


STORE = {"uri": "http://store.blobs:9000/artifacts"}
LIFECYCLE = {
    "metadata.name": put("metadata", "name", value="leavers"),
    "metadata.namespace": put("metadata", "namespace", value="sales"),
    "spec.version": put("spec", "version", value="2.1.1"),
    "spec.owner.team": put("spec", "owner", "team", value="sales-ml"),
    "spec.environments": put("spec", "environments", value={"production": {"serving": {"port": 9001}}}),
    "spec.evaluation.shadow.mirror": put("spec", "evaluation", "shadow", "mirror", value="30%"),
    "spec.serving.platform": serving("platform", "kserve"),
    "spec.serving.image": serving("image", f"registry.example.com/churn-serve@sha256:{OTHER}"),
    "spec.serving.env": serving("env", {"LOG_LEVEL": "debug"}),
    "spec.serving.secretRefs": serving("secretRefs", ["other-store"]),
    "spec.serving.resources.cpu": put("spec", "serving", "resources", "cpu", value="3"),
    "spec.serving.resources.memory": put("spec", "serving", "resources", "memory", value="5Gi"),
    "spec.serving.resources.gpu": put("spec", "serving", "resources", "gpu", value=2),
    "spec.serving.mode": batch,
    "spec.serving.port": serving("port", 9001),
    "spec.serving.probe": serving("probe", "/healthy"),
    "spec.serving.replicas.min": put("spec", "serving", "replicas", "min", value=3),
    "spec.serving.replicas.max": put("spec", "serving", "replicas", "max", value=11),
    "spec.serving.replicas.targetCpu": put("spec", "serving", "replicas", "targetCpu", value="61%"),
    "spec.rollout.via": put("spec", "rollout", "via", value="argoRollouts"),
    "spec.rollout.assignment.unit": put("spec", "rollout", "assignment", value={"unit": "request"}),
    "spec.rollout.assignment.bucketHeader": put("spec", "rollout", "assignment", "bucketHeader", value="x-bucket"),
}
VERSION = {
    "metadata.name": put("metadata", "name", value="churn-18"),
    "spec.model.uri": put("spec", "model", "uri", value="s3://models/churn/18"),
    "spec.model.digest": put("spec", "model", "digest", value=f"sha256:{OTHER}"),
    "spec.model.format": put("spec", "model", "format", value="safetensors"),
    "spec.image": put("spec", "image", value=f"registry.example.com/churn-serve@sha256:{OTHER}"),
}
PROJECT = {
    "spec.runner": put("spec", "runner", value="ci"),
    "spec.defaults.artifacts.uri": put("spec", "defaults", "artifacts", value=STORE),
    "spec.defaults.imagePullSecrets": put("spec", "defaults", "imagePullSecrets", value=["other"]),
    "spec.environments.*.name": production("name", "live"),
    "spec.environments.*.cluster": put("spec", "environments", 0, "cluster", value="vienna"),
    "spec.environments.*.namespace": production("namespace", "{namespace}-live"),
    "spec.environments.*.gateway.name": gateway("name", "inner"),
    "spec.environments.*.gateway.namespace": gateway("namespace", "doors"),
    "spec.environments.*.gateway.hostname": gateway("hostname", "{name}.example.org"),
    "spec.environments.*.prometheus": production("prometheus", "http://prometheus.metrics:9090"),
}
PLATFORM = {
    "spec.platform.environment": "spec.environments.*.name",
    "spec.platform.cluster": "spec.environments.*.cluster",
    "spec.platform.runner": "spec.runner",
    "spec.platform.gateway.name": "spec.environments.*.gateway.name",
    "spec.platform.gateway.namespace": "spec.environments.*.gateway.namespace",
    "spec.platform.gateway.hostname": "spec.environments.*.gateway.hostname",
    "spec.platform.prometheus": "spec.environments.*.prometheus",
    "spec.platform.artifacts.uri": "spec.defaults.artifacts.uri",
    "spec.platform.imagePullSecrets": "spec.defaults.imagePullSecrets",
}
"""A lifecycle's platform is the project's facts, so each is proven by the project's own field."""

FOLLOWS = {"spec.lifecycle", "metadata.namespace"}
"""Fields of a model version that must equal their lifecycle's, and are proven by those."""

ROOTS = {
    "ModelLifecycle": (ModelLifecycle, LIFECYCLE),
    "ModelVersion": (ModelVersion, VERSION),
    "LifespecProject": (LifespecProject, PROJECT),
}
EDITS = [(root, path, edit) for root, (_, edits) in ROOTS.items() for path, edit in edits.items()]


def honoured(root):
    table = TARGETS["kubernetes"].CAPABILITIES.fields[root]
    fields = [field for field in leaves(ROOTS[root][0]) if field.effect == "compile" and len(field.choices) != 1]
    return {field.path for field in fields if table[field.path].state == "honoured"}


def test_every_honoured_field_is_proven_here():
    assert honoured("ModelLifecycle") == {*LIFECYCLE, *PLATFORM}
    assert honoured("ModelVersion") == {*VERSION, *FOLLOWS}
    assert honoured("LifespecProject") == set(PROJECT)
    assert set(PLATFORM.values()) <= set(PROJECT)


@pytest.mark.parametrize(("root", "path", "edit"), EDITS, ids=[f"{root} {path}" for root, path, _ in EDITS])
def test_a_honoured_field_changes_what_is_emitted(root, path, edit, case, plans, state, contents):
    before, after = case("full"), case("full")
    edit(dict(zip(ROOTS, after, strict=True))[root])
    if path == "metadata.name" and root == "ModelLifecycle":
        after.model["spec"]["lifecycle"] = after.lifecycle["metadata"]["name"]
    changed = plans(after)
    if any(found.severity is Severity.ERROR for plan in changed for found in unsupported(plan, ["kubernetes"])):
        return  # the other value is refused, and so is not ignored either
    assert emitted(plans(before), state, contents) != emitted(changed, state, contents)


def test_a_field_without_effect_would_be_seen(case, plans, state, contents):
    before, after = case("full"), case("full")
    after.spec["owner"]["email"] = "other@example.com"
    assert emitted(plans(before), state, contents) == emitted(plans(after), state, contents)


def test_at_most_fifteen_fields_of_a_hundred_are_only_for_people():
    effects = [field.effect for field in leaves()]
    assert effects.count("document") / len(effects) <= 0.15


def emitted(made, state, contents):
    """All that is emitted, and what the agent renders in shadow and in a step, without what changes always."""
    manifests = [*(item for plan in made for item in kubernetes.compile(plan)), *kubernetes.compile_shared(made)]
    objects: list[Any] = [sorted(manifest.path for manifest in manifests)]
    objects += [item for item in contents(manifests) if item["kind"] != "ModelLifecycle"]
    states = [(plan, {"mirroring": True}) for plan in made] + [(plan, {"weight": 10}) for plan in made]
    objects += [item for plan, changes in states for item in kubernetes.render(plan, state(plan, **changes))]
    text = json.dumps(objects)
    text = re.sub(r'"lifespec\.dev/[a-z]+-hash": "[^"]*"', '"hash"', text)
    for plan in made:
        rollout = state(plan)
        for revision in rollout.revisions:
            text = text.replace(revision.id, "<revision>")
    return text
