"""The help in the exported schemas is whole, and none of it is about what is gone."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from lifespec_schema.export.annotated import resolve
from lifespec_schema.export.choices import CHOICES
from lifespec_schema.export.examples import EXAMPLES
from lifespec_schema.export.json_schema import json_schemas

WRITTEN = ("model-lifecycle.json", "model-version.json", "lifespec-project.json", "scenario.json")


def fields(schema, place=""):
    """Every schema below one, with the definition and the property it belongs to."""
    if isinstance(schema, list):
        for item in schema:
            yield from fields(item, place)
    elif isinstance(schema, dict):
        yield place, schema
        for key, value in schema.items():
            if key == "$defs":
                for name, item in value.items():
                    yield from fields(item, name)
            elif key == "properties":
                for name, item in value.items():
                    yield from fields(item, f"{place.partition('.')[0]}.{name}")
            elif key not in ("enum", "enumDescriptions", "examples", "default"):
                yield from fields(value, place)


ALL = [(file, place, schema) for file in WRITTEN for place, schema in fields(json_schemas()[file])]


@pytest.mark.parametrize("file", WRITTEN)
def test_every_choice_says_what_it_means(file):
    choices = [(place, schema) for name, place, schema in ALL if name == file and isinstance(schema.get("enum"), list)]
    assert choices
    for place, schema in choices:
        said = schema.get("enumDescriptions", ())
        assert len(said) == len(schema["enum"]), place
        assert all(re.fullmatch(r".*\S[.%]?", meaning) for meaning in said), place


@pytest.mark.parametrize(("table", "key"), [(CHOICES, "enum"), (EXAMPLES, "examples")], ids=["choices", "examples"])
def test_no_help_is_about_what_is_gone(table, key):
    used = {name for _, place, schema in ALL if key in schema for name in (place, place.partition(".")[2])}
    assert table.keys() <= used, table.keys() - used


def test_no_choice_is_explained_that_no_field_has():
    for name, meanings in CHOICES.items():
        offered = {
            choice
            for _, place, schema in ALL
            if name in (place, place.partition(".")[2]) and isinstance(schema.get("enum"), list)
            for choice in schema["enum"]
        }
        assert offered
        if name not in ("DataMonitor.method", "PredictionMonitor.method"):  # which share one table
            assert meanings.keys() <= offered, name


def test_every_definition_and_document_has_a_title():
    for file, schema in json_schemas().items():
        for name, definition in {file: schema, **schema.get("$defs", {})}.items():
            assert definition["title"], name
            assert definition.get("description"), name


def test_every_property_is_described():
    for file, schema in json_schemas().items():
        for place, node in fields(schema):
            for name, item in node.get("properties", {}).items() if "oneOf" not in node else ():
                assert resolve(item, schema.get("$defs", {})).get("description"), (file, place, name)


def test_the_npm_lock_holds_names_versions_and_hashes_and_no_address(pytestconfig):
    folder = Path(pytestconfig.rootpath) / "tests/judges/npm"
    text = (folder / "package-lock.json").read_text("utf-8")
    packages = json.loads(text)["packages"]
    assert "://" not in text
    wanted = json.loads((folder / "package.json").read_text("utf-8"))["dependencies"]
    assert packages.pop("")["dependencies"] == wanted
    for name, package in packages.items():
        assert package["version"]
        assert package["integrity"].startswith("sha512-"), name
        assert not package.get("hasInstallScript"), name
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
