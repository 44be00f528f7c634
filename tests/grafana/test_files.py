from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from leaves.witnesses import VARIANTS, production, witness
from lifespec_compiler.emit.render import render_all
from lifespec_compiler.pipeline import Planned, compile_all
from lifespec_compiler.plan import Bundle
from lifespec_compiler.targets import grafana
from lifespec_schema.loader import Document

LIMIT = 256 * 1024
"""Of all annotations of an object, one of which holds what kubectl applied last."""


@pytest.fixture
def plan():
    made, findings = production(witness())
    assert made is not None, findings
    return made


def many(documents):
    """As many checks, monitors and objectives as the language takes."""
    spec = documents["lifecycle"]["spec"]
    spec["monitoring"]["alerts"] = []
    spec["monitoring"]["monitors"] = [
        {"name": f"monitor-{index:02}-{'n' * 40}", "kind": "data", "method": "psi", "max": 0.3, "window": "7d"}
        for index in range(64)
    ]
    spec["monitoring"]["slos"] = [
        {"name": f"slo-{index:02}-{'n' * 40}", "sli": "availability", "target": "99.9%", "window": "30d"}
        for index in range(64)
    ]
    spec["rollout"]["guards"] = [
        {"name": f"guard-{index:02}-{'n' * 40}", "metric": "latencyP99", "max": "120ms", "window": "15m"}
        for index in range(64)
    ]
    spec["retraining"]["triggers"] = [{"name": "weekly", "kind": "schedule", "schedule": "0 3 * * 1"}]
    return documents


def config_map(plan) -> dict[str, Any]:
    (found,) = [each for each in grafana.compile(plan) if each.path.endswith("/apply/dashboard.yaml")]
    content: Any = found.content
    return content[0]


def test_the_config_map_is_valid_and_found_by_the_sidecar(plan, validate_manifest):
    found = config_map(plan)
    assert validate_manifest(found) == []
    assert found["metadata"]["labels"]["grafana_dashboard"] == "1"
    assert found["metadata"]["namespace"] == "growth"


def test_flux_is_told_to_leave_grafanas_variables_alone(plan):
    assert config_map(plan)["metadata"]["annotations"]["kustomize.toolkit.fluxcd.io/substitute"] == "disabled"


def test_both_files_hold_the_same_dashboard(plan, kubectl_read):
    files = render_all(grafana.compile(plan))
    (read,) = kubectl_read(files["production/growth/churn/apply/dashboard.yaml"].decode())
    ((name, text),) = read["data"].items()
    assert name == "production-growth-churn.json"
    assert json.loads(text) == json.loads(files["production/growth/churn/grafana/dashboard.json"])


def test_the_largest_dashboard_can_be_applied_by_the_server():
    made, findings = production(many(witness()))
    assert made is not None, findings
    assert len(json.dumps(config_map(made))) < 1024 * 1024


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_dashboard_can_be_applied_by_kubectl(variant):
    made, findings = production(witness(variant))
    assert made is not None, findings
    assert len(json.dumps(config_map(made))) < LIMIT / 2


@pytest.mark.parametrize("targets", [("kubernetes", "grafana"), ("grafana",), ("kubernetes",)])
def test_the_apply_folder_lists_the_files_of_all_targets(targets, tmp_path, kustomize_build):
    documents = witness()
    documents["project"]["spec"]["targets"] = ["kubernetes", "grafana"]
    plan, _ = production(documents)
    assert plan is not None
    planned = Planned(Bundle(Document("lifecycle.yaml", 0, {}, 1)), [plan])
    folder = tmp_path / "production/growth/churn/apply"
    # What was compiled before stays where it is; compiling a part must not forget it.
    for chosen in (("kubernetes", "grafana"), targets):
        manifests, _ = compile_all([planned], chosen, shared=False)
        for path, content in render_all(manifests).items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(content)
    kinds = {each["kind"] for each in kustomize_build(folder)}
    assert {"ConfigMap", "ModelLifecycle", "ServiceAccount"} <= kinds


@pytest.mark.parametrize("variant", ["small", "batch"])
def test_a_dashboard_is_its_golden_file(variant, golden):
    made, findings = production(witness(variant))
    assert made is not None, findings
    (text,) = [each.content for each in grafana.compile(made) if each.path.endswith("/grafana/dashboard.json")]
    assert isinstance(text, str)
    golden(Path("grafana", f"{variant}.json")).check(text)
