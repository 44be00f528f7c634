from __future__ import annotations

import re
from collections import Counter

import pytest

from lifespec_schema.export.leaves import fields, leaves
from lifespec_schema.export.reference import reference_page
from lifespec_schema.forms import canonical_value, filled_value, read_lifecycle
from lifespec_schema.spec.lifecycle import ModelLifecycle
from lifespec_schema.spec.model_version import ModelVersion
from lifespec_schema.spec.project import LifespecProject

BY_PATH = {field.path: field for field in fields()}


def test_paths_are_unique_and_parents_come_first():
    paths = [field.path for field in fields()]
    assert len(paths) == len(set(paths))
    for index, path in enumerate(paths):
        parent = re.sub(r"(\.\*)*\.[^.*]+$", "", path)
        assert parent in {*paths[:index], path}, path


@pytest.mark.parametrize("root", [ModelLifecycle, ModelVersion, LifespecProject], ids=lambda root: root.__name__)
def test_every_leaf_has_an_effect_a_type_and_a_description(root):
    for leaf in leaves(root):
        assert leaf.effect in {"compile", "measure", "decide", "document"}, leaf.path
        assert leaf.description, leaf.path
        assert leaf.type not in {"", "None"}, leaf.path


def test_at_most_15_per_cent_of_the_leaves_only_document():
    free = [leaf for leaf in leaves() if not leaf.fixed]
    effects = Counter(leaf.effect for leaf in free)
    share = effects["document"] / len(free)
    assert share <= 0.15, (
        f"{share:.1%} of {len(free)} leaves: {[leaf.path for leaf in free if leaf.effect == 'document']}"
    )


@pytest.mark.parametrize(
    ("path", "known"),
    [
        pytest.param(
            "spec.rollout.steps.*.weight",
            {"type": "weight", "unit": "per cent", "effect": "decide", "required": True, "only_with": ()},
            id="a step's weight",
        ),
        pytest.param(
            "spec.rollout.steps",
            {"type": "list of mappings", "leaf": False, "required": True, "only_with": ("strategy: canary",)},
            id="a branch's own field",
        ),
        pytest.param(
            "spec.rollout.hold",
            {"type": "duration", "only_with": ("strategy: blueGreen", "strategy: direct")},
            id="a field of two branches",
        ),
        pytest.param(
            "spec.rollout.strategy",
            {"choices": ("canary", "blueGreen", "direct", "abTest"), "default": "canary", "required": False},
            id="a discriminator with a default",
        ),
        pytest.param(
            "spec.monitoring.monitors.*.kind",
            {"choices": ("data", "prediction", "concept"), "default": None, "required": True},
            id="a discriminator that must be written",
        ),
        pytest.param(
            "spec.retraining.triggers.*.kind",
            {"default": None, "required": False},
            id="a discriminator that other fields tell",
        ),
        pytest.param(
            "spec.rollout.analysis.interval", {"default": "1m", "unit": "seconds"}, id="a default, as it is written"
        ),
        pytest.param("spec.data.sources.*.uri", {"effect": "compile"}, id="a leaf whose effect is not its model's"),
        pytest.param(
            "spec.serving.env", {"leaf": True, "type": "mapping of texts", "effect": "compile"}, id="a mapping of texts"
        ),
        pytest.param(
            "spec.evaluation.offline.gates.*.slices", {"leaf": True, "type": "list of lists of texts"}, id="slices"
        ),
        pytest.param("spec.environments", {"form": "authoring", "effect": "compile"}, id="what only people write"),
        pytest.param(
            "spec.platform.cluster", {"form": "canonical", "default": "default"}, id="what only compile writes"
        ),
        pytest.param(
            "spec.experiments.candidates.*.search.space.*.choices", {"type": "list of scalars"}, id="through a mapping"
        ),
    ],
)
def test_what_is_known_of_a_field(path, known):
    assert {name: getattr(BY_PATH[path], name) for name in known} == known


def test_whatever_a_document_holds_is_a_known_field(authored):
    lifecycle, _ = read_lifecycle(authored)
    for value in (canonical_value(lifecycle), filled_value(lifecycle)):
        assert written_paths(value) - BY_PATH.keys() == set()


def test_every_leaf_that_people_write_occurs_in_the_documents_of_these_tests(variants):
    written = set().union(*(written_paths(filled_value(read_lifecycle(document)[0])) for document in variants.values()))
    missing = {leaf.path for leaf in leaves() if leaf.form != "canonical"} - written
    # Resolved before a document is read.
    assert missing == {"spec.data.contractRef", "spec.data.sources.*.contractRef"}


def written_paths(value, path=""):
    """The paths of a document's leaves, with the keys of open mappings and the indexes of lists as `*`."""
    if path in BY_PATH and BY_PATH[path].leaf:
        return {path}
    if isinstance(value, list):
        return set().union(*(written_paths(item, f"{path}.*") for item in value))
    if not isinstance(value, dict):
        return {path}
    open_mapping = (
        path in BY_PATH
        and "additionalProperties" in BY_PATH[path].schema
        and not BY_PATH[path].schema.get("properties")
    )
    return set().union(
        *(
            written_paths(item, f"{path}.*" if open_mapping else f"{path}.{key}".lstrip("."))
            for key, item in value.items()
        )
    )


def test_the_reference_page_has_every_field_that_people_write_once():
    page = reference_page()
    for root in (ModelLifecycle, ModelVersion, LifespecProject):
        for field in fields(root):
            parent, _, name = field.path.rpartition(".")
            if parent and field.form != "canonical":
                start = page.index(f"### `{parent}`\n", page.index(f"## {root.__name__}\n"))
                section = page[start : page.find("\n###", start + 4)]
                assert len(re.findall(rf"^\| \**`{re.escape(name)}`", section, re.MULTILINE)) == 1, field.path


def test_every_table_of_the_reference_page_has_four_cells_in_a_row():
    for line in reference_page().splitlines():
        if line.startswith("| ") and not line.startswith(("| type | as", "| --- | --- | --- |")):
            assert len(re.split(r"(?<!\\)\|", line)) in {5, 6}, line
