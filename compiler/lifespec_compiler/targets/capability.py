"""The capability matrix: what a target does with each field of the language, and what that means for one plan.

A table lists fields as the language's reference does: dotted, with `*` for the items of a list and the values of a
mapping; a list or a mapping of plain values is one field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from lifespec_compiler.plan import Plan
from lifespec_schema.findings import Finding, Path, Severity, show_path

from .landed import AGENT, LANDED_COMMANDS

Root = Literal["ModelLifecycle", "ModelVersion", "LifespecProject"]
State = Literal["honoured", "not-honoured", "pending"]
Requirement = Callable[[Plan], Iterable[Finding]]


class Support(NamedTuple):
    """What a target does with a field, or with one value of it."""

    state: State
    on: str = ""
    """What a pending field waits for: `agent`, `command <name>`, `target <name>`."""
    reason: str = ""
    """Why a value is refused; empty: the field is just not this target's business."""
    use: str = ""
    """What to write instead of a refused value."""


HONOURED = Support("honoured")
ELSEWHERE = Support("not-honoured")


def refused(reason: str, use: str) -> Support:
    """A value that the target cannot honour, and what works instead."""
    return Support("not-honoured", reason=reason, use=use)


def awaits_target(name: str) -> Support:
    """A field that another target will honour; once it lands, its table says so, and this entry goes."""
    return Support("pending", f"target {name}")


def awaits(command: str) -> Support:
    """A field of a manifest that is emitted as soon as its command has landed."""
    if command in LANDED_COMMANDS:
        return HONOURED
    return Support("pending", "agent" if command == AGENT else f"command {command}")


@dataclass(frozen=True, slots=True)
class Capabilities:
    """One target's matrix.

    `fields` holds a table for each kind of document, and `otherwise` is what holds of fields that it does not list.
    `values` narrows it for single values of a lifecycle's fields. `requirements` find facts that the target misses in
    a plan, and values that clash with what it adds itself.
    """

    fields: Mapping[Root, Mapping[str, Support]]
    otherwise: Support = ELSEWHERE
    values: Mapping[str, Mapping[str, Support]] = field(default_factory=dict)
    requirements: tuple[Requirement, ...] = ()

    def state(self, path: Path) -> State:
        """What the target does with the field of a lifecycle that a leaf's path leads to, whatever its value."""
        return self.support(path).state

    def refusable(self) -> set[str]:
        """The fields of a lifecycle of which the target refuses some value with a reason."""
        table = self.fields.get("ModelLifecycle", {})
        return {*self.values, *(field for field, support in table.items() if support.reason)}

    def support(self, path: Path, value: object = None) -> Support:
        """The same with its reasons; with a value, what the target does with exactly that value."""
        table = self.fields.get("ModelLifecycle", {})
        pattern = _pattern(path, table)
        if pattern is None:
            return self.otherwise
        return self.values.get(pattern, {}).get(str(value)) or table[pattern]


def refusals(
    plan: Plan, chosen: Mapping[str, Capabilities], landed: Callable[[], Mapping[str, Capabilities]]
) -> Iterator[Finding]:
    """An error for each value that a chosen target refuses and no other chosen one honours.

    `landed` gives all targets that could be chosen; most plans need to know only of those that are.
    """
    refusable = _tree(field for target in chosen.values() for field in target.refusable())
    for path, value in _leaves(plan.values, refusable):
        supports = {name: target.support(path, value) for name, target in chosen.items()}
        if any(support.state == "honoured" for support in supports.values()):
            continue
        refusal = next(((name, support) for name, support in supports.items() if support.reason), None)
        if refusal is None:
            continue
        target, support = refusal
        able = [name for name, other in landed().items() if other.support(path, value).state == "honoured"]
        other = f"add the target `{able[0]}`" if able else f"no landed target honours `{path[-1]}: {value}`"
        yield Finding(
            "unsupported-value",
            Severity.ERROR,
            f"the target `{target}` does not honour `{show_path(path)}: {value}`: {support.reason}",
            plan.origins.place(path),
            f"{other}; {support.use}",
        )


_Tree = dict[str, "_Tree"]
_FIELD = ""
"""The key that a tree of fields has where a field ends."""


def _tree(fields: Iterable[str]) -> _Tree:
    """Dotted fields by their parts, so that a document is only walked where there are any."""
    tree: _Tree = {}
    for dotted in fields:
        inner = tree
        for part in dotted.split("."):
            inner = inner.setdefault(part, {})
        inner[_FIELD] = {}
    return tree


def _leaves(value: Any, tree: _Tree, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The values of the tree's fields, and those directly inside a field, in the order of the document."""
    items = value.items() if isinstance(value, Mapping) else enumerate(value)
    for part, item in items:
        inner = tree.get("*" if isinstance(part, int) else part, {})
        if isinstance(item, (Mapping, list, tuple)):
            if inner:
                yield from _leaves(item, inner, (*path, part))
        elif _FIELD in inner or _FIELD in tree:
            yield (*path, part), item


def _pattern(path: Path, table: Mapping[str, Support]) -> str | None:
    """The field of the table that a path leads to, or into."""
    parts = ["*" if isinstance(part, int) else part for part in path]
    fields = (".".join(parts[:length]) for length in range(len(parts), len(parts) - 2, -1))
    return next((field for field in fields if field in table), None)
