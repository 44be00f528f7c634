"""Environments: JSON merge patches (RFC 7396) on the spec, with the place of each patched leaf."""

from __future__ import annotations

from typing import Any

from lifespec_schema.compiled.fields import fields_at
from lifespec_schema.findings import Path, Place

from .origins import Origins

DISCRIMINATORS = ("kind", "strategy", "mode", "method", "by", "perturb")


def merge(document: dict[str, Any], patch: object, origins: Origins, source: Place) -> dict[str, Any]:
    """`document` with `patch` merged into its `spec`: mappings merge, lists and scalars replace, null deletes.

    A patch that changes a discriminator drops the inherited keys that only the other branch knows.
    """
    return {**document, "spec": _merge(document, ("spec",), document["spec"], patch, origins, source)}


def _merge(document: dict[str, Any], path: Path, base: Any, patch: Any, origins: Origins, source: Place) -> Any:
    if not isinstance(patch, dict):
        origins.record(path, "patched", source)
        return patch
    if not isinstance(base, dict):
        origins.record(path, "patched", source)
        return _without_nulls(patch)
    merged = dict(base)
    for key, value in patch.items():
        place = source._replace(path=(*source.path, key))
        if value is None:
            merged.pop(key, None)
            origins.record((*path, key), "patched", place)
        else:
            merged[key] = _merge(document, (*path, key), base.get(key), value, origins, place)
    changed = any(
        key in patch and base.get(key) != patch[key] and isinstance(patch[key], str) for key in DISCRIMINATORS
    )
    if changed:
        known = fields_at("ModelLifecycle", _replaced(document, path, merged), path)
        merged = {key: value for key, value in merged.items() if key in known or key in patch} if known else merged
        for key in known:  # what the other branch needs is missing from the patch that chose it
            if key not in merged:
                origins.record((*path, key), "patched", source._replace(path=(*source.path, key)))
    return merged


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return value


def _replaced(document: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    inner = document.get(path[0], {}) if isinstance(document, dict) else {}
    return {**(document if isinstance(document, dict) else {}), path[0]: _replaced(inner, path[1:], value)}
