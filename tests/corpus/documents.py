"""Lifecycles in which every branch of every union of the language occurs, and a record of each kind."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from lifespec_schema.loader import read

HERE = Path(__file__).parent

VARIANTS: dict[str, Any] = yaml.safe_load((HERE / "variants.yaml").read_bytes())
"""Patches of the full lifecycle, by what they show."""
CEL_CASES: dict[str, Any] = yaml.safe_load((HERE / "cel_cases.yaml").read_bytes())
"""Mappings that a rule over several fields accepts and refuses, by the rule's name."""


def patched(document: Any, patch: Any) -> Any:
    """A JSON merge patch."""
    if not isinstance(patch, dict) or not isinstance(document, dict):
        return deepcopy(patch)
    merged = {key: patched(document.get(key), value) for key, value in patch.items() if value is not None}
    kept = {key: deepcopy(value) for key, value in document.items() if key not in patch}
    return {**kept, **merged}


@cache
def authored_variants() -> dict[str, dict[str, Any]]:
    (document,), findings = read("full.yaml", (HERE / "full.yaml").read_bytes())
    assert not findings
    assert isinstance(document.value, dict)
    return {
        name: {**document.value, "spec": patched(document.value["spec"], patch)} for name, patch in VARIANTS.items()
    }
