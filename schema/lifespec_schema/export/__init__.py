"""What is made from the models and committed: JSON Schemas for editors, CRDs, compiled validators, the field reference.

Values only: `lifespec schema` writes them, and a test proves that what is committed is fresh.
"""

from __future__ import annotations

from typing import Any

from lifespec_schema.compiled.build import ROOTS, compiled_json

from .crds import crds
from .json_schema import json_schemas
from .reference import reference_page


def files() -> dict[str, str | dict[str, Any]]:
    """By path in the repository: a text as it is, or an object to be written as JSON or YAML, as the name says."""
    return {
        **{f"schema/json-schema/{name}": schema for name, schema in json_schemas().items()},
        **{f"schema/crds/{name}": crd for name, crd in crds().items()},
        **{f"schema/lifespec_schema/compiled/{root}.json": compiled_json(root) for root in ROOTS},
        "docs/reference/fields.md": reference_page(),
    }
