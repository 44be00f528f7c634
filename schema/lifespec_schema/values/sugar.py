"""The short forms that people may write, expanded before a section is validated. The canonical form has none."""

from __future__ import annotations

from .form import Info, is_canonical, number


def strict_number(value: object, info: Info) -> object:  # noqa: ARG001 - every validator has this signature
    """A JSON number; a text that looks like one, or a truth value, is refused."""
    return number(value, "wrong-type", "a number")


def feature(value: object, info: Info) -> object:
    """A name is short for a feature of that name over the column of that name."""
    return {"name": value, "column": value} if isinstance(value, str) and not is_canonical(info) else value


def slices(value: object, info: Info) -> object:
    """`[a, b]` is each alone, `[[a, b]]` crosses: both as lists of lists."""
    if is_canonical(info) or not isinstance(value, list):
        return value
    return [[item] if isinstance(item, str) else item for item in value]


def _tagged(value: object, info: Info, tag: str, default: str | None, by_key: dict[str, str] | None = None) -> object:
    """`value` with its discriminator: the written one, the one that a key tells, or the default."""
    if is_canonical(info) or not isinstance(value, dict) or tag in value:
        return value
    kind = next((kind for key, kind in (by_key or {}).items() if key in value), default)
    return {tag: kind, **value} if kind else value


def decision_threshold(value: object, info: Info) -> object:
    """A number is short for a fixed threshold; `tune` tells a tuned one."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and not is_canonical(info):
        return {"kind": "fixed", "value": value}
    return _tagged(value, info, "kind", None, {"tune": "tuned", "value": "fixed"})


def custom_metric(value: object, info: Info) -> object:
    """`base` tells a parameterised metric, `query` one that is measured by query."""
    return _tagged(value, info, "kind", None, {"base": "parameterised", "query": "query"})


def trigger(value: object, info: Info) -> object:
    """What a trigger names tells its kind."""
    return _tagged(
        value, info, "kind", None, {"schedule": "schedule", "monitor": "monitor", "newLabeledRows": "dataVolume"}
    )


def feature_set(value: object, info: Info) -> object:
    """`numeric`, `categorical`, `all`, or a list of names."""
    if is_canonical(info):
        return value
    if isinstance(value, str):
        return {"kind": value}
    return {"kind": "named", "names": value} if isinstance(value, list) else value


def join_columns(value: object, info: Info) -> object:
    """A list names columns that are called the same in both sources."""
    if is_canonical(info) or not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        return value
    return {item: item for item in value}


def splits(value: object, info: Info) -> object:
    """Splits are random unless they say otherwise."""
    return _tagged(value, info, "strategy", "random")


def serving(value: object, info: Info) -> object:
    """A model serves online unless it says otherwise."""
    return _tagged(value, info, "mode", "online")


def rollout(value: object, info: Info) -> object:
    """A rollout is a canary unless it says otherwise."""
    return _tagged(value, info, "strategy", "canary")


def search(value: object, info: Info) -> object:
    """A search is random unless it says otherwise."""
    return _tagged(value, info, "method", "random")


def snapshot(value: object, info: Info) -> object:
    """A snapshot is told by a partition where a column is named, else by the files' digests."""
    return _tagged(value, info, "by", "files", {"column": "partition"})


def quality(value: object, info: Info) -> object:
    """`mustBeLessThan: 1%` is short for the number 1 with `unit: percent`."""
    if is_canonical(info) or not isinstance(value, dict):
        return value
    shares = [key for key, bound in value.items() if key.startswith("must") and _is_share(bound)]
    if not shares or value.get("unit", "percent") != "percent":
        return value
    return {**value, **{key: _unshare(value[key]) for key in shares}, "unit": "percent"}


def _is_share(bound: object) -> bool:
    if isinstance(bound, list):
        return bool(bound) and all(_is_share(item) for item in bound)
    return isinstance(bound, str) and bound.endswith("%") and bound[:-1].replace(".", "", 1).isdigit()


def _unshare(bound: object) -> object:
    if isinstance(bound, list):
        return [_unshare(item) for item in bound]
    return float(str(bound)[:-1])
