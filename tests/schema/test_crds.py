from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings

from corpus.mutations import branch_changes, mutants
from lifecycles import lifecycles, plans_of
from lifespec_compiler.emit.yaml import to_yaml
from lifespec_compiler.plan import plan_canonical
from lifespec_schema.export.crds import KINDS, crds
from lifespec_schema.forms import read_lifecycle

CRDS = crds()
ALLOWED = {
    "type", "description", "properties", "required", "items", "additionalProperties", "enum", "pattern",
    "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
    "minItems", "maxItems", "minProperties", "maxProperties", "x-kubernetes-validations", "x-kubernetes-list-type",
    "x-kubernetes-list-map-keys",
}  # fmt: skip
# What a structural schema cannot say, by the code of the finding.
ONLY_OURS = {
    "bad-cron": "the ranges of a schedule's fields",
    "bad-date": "the calendar",
    "bad-name": "the keys of a mapping: CEL cannot afford to match them, it only bounds their length",
    "bad-pattern": "the regular expressions that RE2 reads",
    "bad-time-zone": "the names in the time zone database",
    "bad-value": "the length of a text inside of JSON text",
    "wrong-length": "an empty key of a mapping",
}


@pytest.fixture(params=sorted(CRDS))
def crd(request):
    return CRDS[request.param]


def schema_of(crd):
    return crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]


def test_a_crd_is_a_valid_object_of_kubernetes(crd, validate_manifest):
    assert validate_manifest(crd) == []


def test_a_crd_fits_into_the_annotation_of_client_side_apply(crd):
    assert len(to_yaml(crd).encode()) < 200 * 1024


def test_a_crd_is_structural_and_everything_in_it_is_bounded(crd, nodes):
    unbounded = []
    for place, node in nodes(schema_of(crd)):
        assert node.keys() <= ALLOWED, (place, node.keys() - ALLOWED)
        kind = node["type"]
        assert isinstance(kind, str), place
        bounded = {
            "string": "enum" in node or "maxLength" in node,
            "array": "maxItems" in node and "items" in node,
            "object": ("properties" in node) != ("additionalProperties" in node)
            and ("properties" in node or "maxProperties" in node),
            "integer": "minimum" in node and "maximum" in node,
        }
        if not bounded.get(kind, True):
            unbounded.append(place)
    # The envelope is Kubernetes' own.
    assert set(unbounded) - {"/apiVersion", "/kind", "/metadata"} == set()


def test_patterns_are_anchored_and_of_the_kind_that_takes_linear_time(crd, nodes):
    for place, node in nodes(schema_of(crd)):
        pattern = node.get("pattern", "^$")
        assert pattern.startswith("^"), place
        assert pattern.endswith("$"), place
        assert not re.search(r"\(\?[=!<]|\\[1-9]|\\Z|\\p|\(\?P", pattern), place
        assert all(int(count) <= 1000 for count in re.findall(r"\{(?:\d+,)?(\d+)\}", pattern)), place


def test_lists_of_things_with_names_are_kept_apart_by_name(crd, nodes):
    for place, node in nodes(schema_of(crd)):
        if node["type"] == "array":
            named = "name" in node["items"].get("required", ())
            conditions = place == "/status/conditions"
            assert node["x-kubernetes-list-type"] == ("map" if named or conditions else "atomic"), place


def test_names_columns_and_scope_are_as_people_expect(crd):
    spec, names = crd["spec"], crd["spec"]["names"]
    version = spec["versions"][0]
    assert crd["metadata"]["name"] == f"{names['plural']}.lifespec.dev"
    assert (spec["group"], spec["scope"], names["listKind"], names["categories"]) == (
        "lifespec.dev",
        "Namespaced",
        f"{names['kind']}List",
        ["lifespec"],
    )
    assert (version["name"], version["served"], version["storage"]) == ("v1alpha1", True, True)
    assert version["additionalPrinterColumns"][-1]["jsonPath"] == ".metadata.creationTimestamp"
    assert ("subresources" in version) == (names["kind"] == "ModelLifecycle")


def test_columns_show_fields_that_exist(crd):
    for column in crd["spec"]["versions"][0]["additionalPrinterColumns"][:-1]:
        node = schema_of(crd)
        for part in re.findall(r"[A-Za-z]+", re.sub(r"\[.*?\]", "", column["jsonPath"])):
            node = node["items"] if node["type"] == "array" else node
            assert part in node["properties"], column["jsonPath"]
            node = node["properties"][part]
        assert node["type"] == column["type"], column["jsonPath"]


def test_short_names_are_unique():
    names = [name for kind in KINDS for name in (*kind.short_names, kind.plural, kind.model.__name__.lower())]
    assert len(names) == len(set(names))


def test_only_the_lifecycle_may_change(crd):
    rules = [rule["rule"] for rule in schema_of(crd)["properties"]["spec"].get("x-kubernetes-validations", ())]
    assert ("self == oldSelf" in rules) == (crd["spec"]["names"]["kind"] != "ModelLifecycle")


def test_a_cluster_accepts_every_canonical_form(canonical, cluster):
    assert cluster(canonical) == []


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(document=lifecycles())
def test_a_cluster_accepts_the_canonical_form_of_every_lifecycle(document, cluster):
    plans, findings = plans_of(document)
    assert plans, findings
    assert [cluster(plan.canonical) for plan in plans] == [[]]


def test_a_cluster_refuses_the_authoring_form(authored, cluster):
    assert cluster(authored)


def test_a_cluster_and_we_agree_on_what_is_wrong(canonical, cluster):
    seen = 0
    for change, mutant in mutants(canonical, 167):
        if not change.startswith("spec."):
            continue  # the API server itself judges the envelope
        problems = {problem.code for problem in read_lifecycle(mutant, "canonical")[1]}
        refused = cluster(mutant)
        seen += bool(problems)
        if not refused:
            assert problems <= ONLY_OURS.keys(), change
        elif not problems:
            # Compile writes quantities as text; we also read the number that a person may have meant.
            assert re.match(r"spec\.(.*\.)?(resources|quota)\.(cpu|memory): [0-9]", change), (change, refused)
    assert seen > 10


def test_a_cluster_and_we_agree_on_the_branches_of_unions(variants, cluster, openapi):
    """In each branch the discriminator is changed to every other choice, and each field beside it is left out."""
    spec = openapi("ModelLifecycle")["properties"]["spec"]
    seen, refused = set(), 0
    for document in variants.values():
        canonical = plans_of(document)[0][0].canonical
        for change in branch_changes(spec, canonical["spec"], "spec", seen):
            ours = read_lifecycle(canonical, "canonical")[1] != []
            assert ours == (cluster(canonical) != []), change
            refused += ours
        assert cluster(canonical) == []
    assert len(seen) >= 40
    assert refused > 100


def test_two_things_of_one_name_are_refused_by_us_too(canonical, openapi):
    assert plan_canonical(canonical)[0] is not None
    checked = 0
    for items in named_lists(openapi("ModelLifecycle")["properties"]["spec"], canonical["spec"]):
        items.append(items[0])
        planned, problems = plan_canonical(canonical)
        items.pop()
        assert planned is None, items[0]
        assert problems
        checked += 1
    assert checked > 3


def named_lists(schema, value):
    if schema["type"] == "array" and value:
        if schema["x-kubernetes-list-type"] == "map":
            yield value
        for item in value:
            yield from named_lists(schema["items"], item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from named_lists(
                schema["properties"][key] if "properties" in schema else schema["additionalProperties"], item
            )


@pytest.mark.parametrize("length", [52, 53])
def test_a_name_leaves_room_for_the_names_of_children(length, canonical, cluster):
    canonical["metadata"]["name"] = "n" * length
    assert bool(cluster(canonical)) == (length > 52)


def test_the_judge_of_manifests_accepts_canonical_forms_too(canonical, validate_manifest):
    assert validate_manifest(canonical) == []
