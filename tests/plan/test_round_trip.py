"""Authoring form -> canonical form -> plan is one way: entering it in the middle gives the same plan."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from lifecycles import SMALL, lifecycles, plan_of
from lifespec_compiler.emit.yaml import to_yaml
from lifespec_compiler.pipeline import plan_all
from lifespec_compiler.plan import plan_canonical
from lifespec_runtime.local.workspace import open_workspace
from lifespec_schema.compiled import language
from lifespec_schema.compiled.build import ROOTS, compiled_json
from lifespec_schema.compiled.language import dump, validator
from lifespec_schema.forms import canonical_value, read_lifecycle
from lifespec_schema.loader import read

ROOT = Path(__file__).parents[2]


@given(lifecycles())
def test_a_canonical_form_reads_back_as_itself_and_gives_the_same_plan(document):
    made = plan_of(document)
    text = to_yaml(made.canonical)
    documents, findings = read("canonical.yaml", text.encode())
    assert findings == ()
    assert documents[0].value == made.canonical
    lifecycle, problems = read_lifecycle(documents[0].value, "canonical")
    assert problems == []
    assert canonical_value(lifecycle) == made.canonical
    again, problems = plan_canonical(documents[0].value)
    assert again is not None
    assert (again.values, again.hashes) == (made.values, made.hashes)


def test_the_specs_of_this_repository_round_trip_in_every_environment():
    workspace = open_workspace([str(ROOT / "specs")])
    assert workspace.project is not None
    plans = [made for item in plan_all(workspace.bundles, workspace.project) for made in item.plans]
    assert len(plans) == 2 * len(workspace.bundles)
    for made in plans:
        again, problems = plan_canonical(read("x", to_yaml(made.canonical).encode())[0][0].value)
        assert again is not None, problems
        assert (again.values, again.hashes, again.checks) == (made.values, made.hashes, made.checks)
        assert again.joins == made.joins


@pytest.mark.parametrize("root", ROOTS)
def test_the_compiled_language_is_what_the_models_say_now(root):
    file = ROOT / f"schema/lifespec_schema/compiled/{root}.json"
    assert file.read_text(encoding="utf-8") == compiled_json(root)


@given(lifecycles())
def test_the_compiled_language_reads_what_the_models_read(document):
    node = validator("ModelLifecycle").validate_python(document)
    model = ROOTS["ModelLifecycle"].model_validate(document)
    assert dump(node) == _plain(model)


def _plain(value):
    """What pydantic itself has read, as canonical JSON."""
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        return {
            fields[name].alias or name: _plain(getattr(value, name))
            for name in fields
            if name in value.model_fields_set
        }
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return {key: _plain(item) for key, item in value.items()} if isinstance(value, dict) else value


@given(lifecycles(), st.randoms(use_true_random=False))
def test_the_order_of_keys_changes_no_hash(document, random):
    assert plan_of(_shuffled(document, random)).hashes == plan_of(document).hashes


def _shuffled(value, random):
    if isinstance(value, dict):
        keys = list(value)
        random.shuffle(keys)
        return {key: _shuffled(value[key], random) for key in keys}
    return [_shuffled(item, random) for item in value] if isinstance(value, list) else value


def test_with_another_pydantic_core_the_validators_are_built_from_the_models(monkeypatch):
    monkeypatch.setattr(language, "__version__", "0.0.0")
    built = language.validator.__wrapped__("ModelLifecycle")
    assert dump(built.validate_python(SMALL)) == dump(validator("ModelLifecycle").validate_python(SMALL))
