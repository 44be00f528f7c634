"""The capability matrix: what a target does with each field of the language, and what that means for one plan.

A table lists the fields with the effect `compile`, by pattern: dotted keys, with `*` for every item of a list and every
key of a map. All other fields follow from their effect: a report must change with a `measure` field, a decision of the
engine with a `decide` field, the model card with a `document` field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, NamedTuple

from lifespec_compiler.plan import Plan, exists
from lifespec_schema.findings import Finding, Path, Severity, show_path

from .landed import AGENT, LANDED_COMMANDS

Root = Literal["ModelLifecycle", "ModelVersion", "LifespecProject"]
Requirement = Callable[[Plan], Iterable[Finding]]


class State(StrEnum):
    """What a target does with a field."""

    HONOURED = "honoured"
    REFUSED = "not honoured"
    PENDING = "pending"
    ELSEWHERE = "elsewhere"
    """Not this target's business."""


class Support(NamedTuple):
    """What a target does with a field, or with one value of it."""

    state: State
    on: str = ""
    """What a pending field waits for: `report`, `engine`, `agent`, `command <name>`, `target <name>`."""
    reason: str = ""
    """Why a value is refused."""
    use: str = ""
    """What to write instead of a refused value."""


HONOURED = Support(State.HONOURED)
ELSEWHERE = Support(State.ELSEWHERE)
BY_EFFECT: Mapping[str, Support] = {
    "measure": Support(State.PENDING, "report"),
    "decide": Support(State.PENDING, "engine"),
    "document": ELSEWHERE,
    "compile": ELSEWHERE,
}


def refused(reason: str, use: str) -> Support:
    """A value that the target cannot honour, and what works instead."""
    return Support(State.REFUSED, reason=reason, use=use)


def awaits_target(name: str) -> Support:
    """A field that another target will honour; once it lands, its table says so, and this entry goes."""
    return Support(State.PENDING, f"target {name}")


def awaits(command: str) -> Support:
    """A field of a manifest that is emitted as soon as its command has landed."""
    if command in LANDED_COMMANDS:
        return HONOURED
    return Support(State.PENDING, "agent" if command == AGENT else f"command {command}")


@dataclass(frozen=True, slots=True)
class Capabilities:
    """One target's matrix.

    `fields` holds a table for each kind of document; `values` narrows it for single values of a lifecycle's fields.
    `requirements` find facts that the target misses in a plan, and values that clash with what it adds itself.
    """

    fields: Mapping[Root, Mapping[str, Support]]
    values: Mapping[str, Mapping[str, Support]] = field(default_factory=dict)
    requirements: tuple[Requirement, ...] = ()

    def of(self, pattern: str, effect: str, root: Root = "ModelLifecycle") -> Support:
        """What the target does with a field of this effect."""
        return self.fields.get(root, {}).get(pattern) or BY_EFFECT[effect]

    def of_value(self, path: Path, value: object) -> Support:
        """What the target does with a value that stands in a lifecycle."""
        pattern = _find(path, self.fields.get("ModelLifecycle", {}))
        if pattern is None:
            return ELSEWHERE
        return self.values.get(pattern, {}).get(str(value)) or self.fields["ModelLifecycle"][pattern]


def findings(
    plan: Plan, chosen: Mapping[str, Capabilities], landed: Mapping[str, Capabilities]
) -> list[Finding]:
    """What the chosen targets cannot do with a plan; `landed` are all targets that could be chosen."""
    found: list[Finding] = []
    waiting: dict[str, list[Path]] = {}
    refusals: set[tuple[str, Support]] = set()
    for path, value in leaves(plan.values):
        supports = {name: target.of_value(path, value) for name, target in chosen.items()}
        states = {support.state for support in supports.values()}
        if State.HONOURED in states:
            continue
        if State.REFUSED in states:
            refusal = next(item for item in supports.items() if item[1].state is State.REFUSED)
            if refusal not in refusals:  # fields that only go with a refused value share its refusal
                refusals.add(refusal)
                found.append(_refusal(plan, path, value, refusal, landed))
        elif State.PENDING in states and _is_written(plan, path):
            on = next(support.on for support in supports.values() if support.state is State.PENDING)
            waiting.setdefault(on, []).append(path)
    found += [_pending(plan, on, paths) for on, paths in waiting.items()]
    for target in chosen.values():
        for requirement in target.requirements:
            found += requirement(plan)
    return found


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value of a document that is no mapping and no list, with its path."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    else:
        yield path, value


def _find(path: Path, table: Mapping[str, Support]) -> str | None:
    """The pattern of the table that a path matches. Items of lists, and keys of maps, stand as `*`."""
    parts = ["*" if isinstance(part, int) else part for part in path]
    plain, any_key = ".".join(parts), ".".join([*parts[:-1], "*"])
    return next((pattern for pattern in (plain, any_key) if pattern in table), None)


def _is_written(plan: Plan, path: Path) -> bool:
    """Whether the team wrote the value; defaults, and what the project file adds, are nobody's unmet wish."""
    return exists(plan.canonical, path) and path[:2] not in (("spec", "platform"), ("spec", "modelVersion"))


def _refusal(
    plan: Plan, path: Path, value: object, refusal: tuple[str, Support], landed: Mapping[str, Capabilities]
) -> Finding:
    target, support = refusal
    able = [name for name, other in landed.items() if other.of_value(path, value).state is State.HONOURED]
    other = f"add the target `{able[0]}`" if able else f"no landed target honours `{path[-1]}: {value}`"
    return Finding(
        "unsupported-value",
        Severity.ERROR,
        f"the target `{target}` does not honour `{show_path(path)}: {value}`: {support.reason}",
        plan.origins.place(path),
        f"{other}; {support.use}",
    )


def _pending(plan: Plan, on: str, paths: list[Path]) -> Finding:
    shown = ", ".join(f"`{show_path(path)}`" for path in paths[:3])
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return Finding(
        "pending-field",
        Severity.INFO,
        f"nothing acts on {shown}{more} yet: that waits for the {on}",
        plan.origins.place(paths[0]),
        "it is checked, and kept in the canonical lifecycle",
    )
