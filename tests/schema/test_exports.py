from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from lifespec_schema.export import files

ROOT = Path(__file__).parents[2]
YAML_1_1_WORDS = {"y", "n", "yes", "no", "true", "false", "on", "off", "null", "~", ""}


@pytest.mark.parametrize("path", sorted(files()))
def test_what_is_committed_is_what_the_models_say(path):
    committed = (ROOT / path).read_text("utf-8")
    exported = files()[path]
    if isinstance(exported, str):
        assert committed == exported
    else:
        # As text, so that 1 and 1.0, or true and 1, are different.
        read = yaml.safe_load(committed) if path.endswith(".yaml") else json.loads(committed)
        assert json.dumps(read, sort_keys=True) == json.dumps(exported, sort_keys=True)


def test_nothing_stale_lies_beside_what_is_exported():
    folders = {(ROOT / path).parent for path in files()}
    present = {
        str(file.relative_to(ROOT))
        for folder in folders
        for file in folder.iterdir()
        if file.suffix in {".json", ".yaml", ".md"}
    }
    # `tools/generate` writes these from elsewhere than the language's models.
    assert present - set(files()) == {"docs/reference/metrics.md", "schema/json-schema/evaluation.json"}


def test_no_key_and_no_choice_is_a_boolean_or_null_of_yaml_1_1(exported, nodes):
    found = set()
    for file, schema in exported.items():
        for place, node in nodes(schema):
            # A condition's status is `True`, `False` or `Unknown` in all of Kubernetes; people never write it.
            if place.endswith("/conditions/items/status"):
                continue
            words = [*node.get("properties", {}), *node.get("enum", ()), *([node["const"]] if "const" in node else [])]
            found |= {(file, place, word) for word in words if str(word).lower() in YAML_1_1_WORDS}
    assert found == set()


def test_every_field_has_a_description_that_is_a_sentence(exported, nodes):
    wrong = set()
    for file, schema in exported.items():
        for place, node in nodes(schema):
            for name, field in node.get("properties", {}).items():
                target = schema["$defs"][field["$ref"].removeprefix("#/$defs/")] if "$ref" in field else {}
                description = field.get("description") or target.get("description", "")
                # Kubernetes describes `metadata` itself.
                if not description.endswith((".", "?", "`")) and (place, name) != ("", "metadata"):
                    wrong.add((file, place, name, description))
    assert wrong == set()
