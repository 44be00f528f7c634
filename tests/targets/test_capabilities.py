from __future__ import annotations

import pytest

from lifespec_compiler.rules.values import leaves
from lifespec_compiler.targets import TARGETS, unsupported
from lifespec_compiler.targets.capability import HONOURED, Capabilities, refusals
from lifespec_schema.export.leaves import leaves as fields_with_values
from lifespec_schema.findings import Severity
from lifespec_schema.spec.lifecycle import ModelLifecycle
from lifespec_schema.spec.model_version import ModelVersion
from lifespec_schema.spec.project import LifespecProject

ROOTS = {"ModelLifecycle": ModelLifecycle, "ModelVersion": ModelVersion, "LifespecProject": LifespecProject}
KUBERNETES = TARGETS["kubernetes"].CAPABILITIES


@pytest.mark.parametrize("root", ROOTS)
def test_every_field_that_compiles_is_in_the_matrix(root):
    compiled = {field.path for field in fields_with_values(ROOTS[root]) if field.effect == "compile"}
    assert compiled - set(KUBERNETES.fields[root]) == set()


@pytest.mark.parametrize("name", TARGETS)
def test_no_matrix_lists_a_field_that_does_not_exist(name):
    for root, table in TARGETS[name].CAPABILITIES.fields.items():
        assert set(table) - {field.path for field in fields_with_values(ROOTS[root])} == set()


def test_fields_that_are_measured_or_decided_are_pending_by_name():
    later = [field for field in fields_with_values() if field.effect in {"measure", "decide"}]
    assert {KUBERNETES.support(tuple(field.path.split("."))).state for field in later} == {"pending"}
    assert KUBERNETES.otherwise.on == "agent"


def test_fields_for_people_are_carried_into_the_cluster():
    read = [field for field in fields_with_values() if field.effect == "document" and field.form != "authoring"]
    assert {KUBERNETES.support(tuple(field.path.split("."))).state for field in read} == {"honoured"}


def test_every_pending_field_says_what_it_waits_for():
    for table in KUBERNETES.fields.values():
        assert all(bool(support.on) is (support.state == "pending") for support in table.values())


def test_every_value_of_a_lifecycle_has_a_state(planned):
    for path, _ in leaves(("spec",), planned().canonical["spec"]):
        assert KUBERNETES.state(path) in {"honoured", "pending"}


@pytest.mark.parametrize(
    ("path", "state"),
    [
        pytest.param(("spec", "serving", "env", "LOG_LEVEL"), "honoured", id="a key of a mapping"),
        pytest.param(("spec", "serving", "secretRefs", 0), "honoured", id="an item of a list"),
        pytest.param(("spec", "data", "sources", 3, "uri"), "honoured", id="a field of an item"),
        pytest.param(("spec", "experiments", "candidates", 0, "parameters", "a.b"), "pending", id="a key with a dot"),
        pytest.param(("spec", "rollout", "strategy"), "pending", id="a discriminator"),
        pytest.param(("spec", "objective", "stakeholders", 1), "honoured", id="a text for people"),
    ],
)
def test_a_path_finds_its_field(path, state):
    assert KUBERNETES.state(path) == state


def test_a_supported_lifecycle_has_no_finding(planned):
    assert unsupported(planned(), ["kubernetes"]) == []


def score_in_batches(documents):
    image = documents.spec["serving"]["image"]
    batch = {"mode": "batch", "schedule": "0 3 * * *", "output": "s3://scores/churn/", "image": image}
    documents.spec.update(serving=batch, environments={})


@pytest.mark.parametrize(
    ("edit", "place", "instead"),
    [
        pytest.param(
            lambda documents: documents.spec["serving"].update(platform="kserve"),
            ("spec", "serving", "platform"),
            "`platform: deployment`",
            id="another platform",
        ),
        pytest.param(
            lambda documents: documents.spec["rollout"].update(via="argoRollouts"),
            ("spec", "rollout", "via"),
            "`via: gatewayApi`",
            id="another way to move traffic",
        ),
        pytest.param(
            score_in_batches,
            ("spec", "serving", "mode"),
            "`mode: online`",
            id="batch scoring",
        ),
    ],
)
def test_what_no_target_honours_is_one_error_that_names_what_works(edit, place, instead, planned):
    errors = [found for found in unsupported(planned(edit), ["kubernetes"]) if found.severity is Severity.ERROR]
    (error,) = errors
    assert error.rule == "unsupported-value"
    assert error.place.path == place
    assert instead in error.help
    assert "no landed target honours" in error.help


def test_a_target_that_honours_the_value_is_named(planned):
    plan = planned(lambda documents: documents.spec["serving"].update(platform="kserve"))
    able = Capabilities({"ModelLifecycle": {"spec.serving.platform": HONOURED}})
    (error,) = refusals(plan, {"kubernetes": KUBERNETES}, lambda: {"kubernetes": KUBERNETES, "servers": able})
    assert "add the target `servers`" in error.help
    assert list(refusals(plan, {"kubernetes": KUBERNETES, "servers": able}, dict)) == []


def test_a_variable_that_lifespec_sets_itself_is_an_error_on_its_key(planned):
    plan = planned(lambda documents: documents.spec["serving"]["env"].update(LIFESPEC_REVISION="mine"))
    (error,) = unsupported(plan, ["kubernetes"])
    assert error.rule == "reserved-variable"
    assert error.place.path[-1] == "LIFESPEC_REVISION"
    assert error.place.on_key


@pytest.mark.parametrize(
    ("edit", "key"),
    [
        pytest.param(lambda documents: documents.environment.pop("gateway"), "gateway: {", id="no Gateway"),
        pytest.param(
            lambda documents: documents.environment["gateway"].pop("hostname"), "gateway.hostname", id="no hostname"
        ),
    ],
)
def test_a_missing_fact_says_which_key_to_add(edit, key, planned):
    (info,) = unsupported(planned(edit), ["kubernetes"])
    assert info.severity is Severity.INFO
    assert key in info.help
    assert info.place.file == "lifespec.yaml"


def test_targets_are_registered_under_their_own_names():
    assert all(name == target.NAME for name, target in TARGETS.items())
