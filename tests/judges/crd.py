"""A strict check of custom resources against the schema in their definition (CRD).

An API server prunes what a CRD does not name; here it is an error. Rules in CEL (`x-kubernetes-validations`) stay
unchecked: only an API server can judge those.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema.validators
import yaml

type_name = tuple[str, str]
"""apiVersion and kind."""


class _Loader(yaml.CSafeLoader):
    """YAML as Go reads it: a lone `=` is a text, which PyYAML has a type for and no way to make it."""


def _text(loader: _Loader, node: Any) -> str:
    return str(loader.construct_scalar(node))


_Loader.add_constructor("tag:yaml.org,2002:value", _text)


def read(file: Path) -> list[dict[str, Any]]:
    """Return the documents of a YAML file of definitions."""
    return [document for document in yaml.load_all(file.read_bytes(), _Loader) if document]


@cache
def validators(folder: Path) -> Mapping[type_name, jsonschema.Draft4Validator]:
    """Make a strict validator for every version of every CRD in the folder's YAML files."""
    found = {}
    for file in sorted(folder.glob("*.yaml")):
        for document in read(file):
            if document.get("kind") != "CustomResourceDefinition":
                continue
            spec = document["spec"]
            for version in spec["versions"]:
                name = (f"{spec['group']}/{version['name']}", spec["names"]["kind"])
                # CRD schemas are OpenAPI 3.0, whose exclusiveMinimum is a boolean as in draft 4.
                found[name] = _Validator(strict(version["schema"]["openAPIV3Schema"]))
    return found


def strict(schema: Any) -> Any:
    """Return the schema with every object closed and Kubernetes' own keywords said in JSON Schema."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _inner(key, value) for key, value in schema.items()}
    if schema.get("x-kubernetes-int-or-string"):
        closed["type"] = ["integer", "string"]
    if "properties" in schema and not schema.get("x-kubernetes-preserve-unknown-fields"):
        closed.setdefault("additionalProperties", False)
    if schema.get("nullable") and isinstance(closed.get("type"), str):
        closed["type"] = [closed["type"], "null"]
    return closed


def _inner(key: str, value: Any) -> Any:
    if key == "properties":
        return {name: strict(node) for name, node in value.items()}
    if key in ("enum", "default", "example"):
        return value
    if key in ("allOf", "anyOf", "oneOf", "not"):
        # A branch only narrows what its node has closed; closing it too would refuse the node's other properties.
        return value
    return strict(value)


def _pattern(_: Any, pattern: str, instance: Any, __: Any) -> Iterator[jsonschema.ValidationError]:
    # Kubernetes matches with RE2, where `$` is the end of the text; Python's `$` also matches before a last newline.
    exact = re.sub(r"(\\.|\[(?:\\.|[^\]])*\])|\$", lambda part: part[1] or r"\Z", pattern)
    if isinstance(instance, str) and not re.search(exact, instance):
        yield jsonschema.ValidationError(f"{instance!r} does not match {pattern!r}")


_Validator = jsonschema.validators.extend(jsonschema.Draft4Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]
