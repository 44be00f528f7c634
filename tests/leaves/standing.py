"""Where every leaf stands by the capability tables: its effect is proven, or it waits for something by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from leaves.deciding import BY_LINT, DECIDED
from leaves.measuring import AWAITED, MEASURED, standing
from lifespec_compiler.targets import TARGETS, Support, docs
from lifespec_compiler.targets.capability import Root
from lifespec_schema.export.leaves import Field, leaves
from lifespec_schema.spec.base import SpecModel
from lifespec_schema.spec.lifecycle import ModelLifecycle
from lifespec_schema.spec.model_version import ModelVersion
from lifespec_schema.spec.project import LifespecProject

ROOTS: dict[Root, type[SpecModel]] = {
    "ModelLifecycle": ModelLifecycle,
    "ModelVersion": ModelVersion,
    "LifespecProject": LifespecProject,
}
EFFECTS = ("compile", "measure", "decide", "document")
WAYS = frozenset(MEASURED.values())
ENGINE, LINT = "engine", "lifespec lint"
SERVED = "drift"
"""What the only leaf that nothing decides by waits for: how old features were when they were served, logs will tell."""

BY_COMMANDS = {
    "spec.specs": "compile",
    "spec.output": "compile",
    "spec.targets": "compile",
    "spec.ci": "compile",
    "spec.gitops": "compile",
    "spec.lint.failOn": "lint",
    "spec.lint.severities": "lint",
}
"""Fields of a project that no target sees: by path the command of ours that acts on them."""

State = Literal["fixed", "proven", "pending"]


class Leaf(NamedTuple):
    """A leaf, and where it stands."""

    kind: Root
    field: Field
    state: State
    by: tuple[str, ...] = ()
    """Proven: the targets, or the command, whose output changes with it, or how measuring shows it. Pending: what it
    waits for; () for nothing."""

    @property
    def name(self) -> str:
        """The kind of document, and the path in it."""
        return f"{self.kind} {self.field.path}"

    @property
    def by_command(self) -> bool:
        """Whether a command acts on it, and no target."""
        return self.kind == "LifespecProject" and self.field.path in BY_COMMANDS

    @property
    def by_measuring(self) -> bool:
        """Whether measuring acts on it, and no target."""
        return self.state == "proven" and self.by[0] in WAYS

    @property
    def by_deciding(self) -> bool:
        """Whether the engine, or lint, decides by it, and no target acts on it."""
        return self.state == "proven" and self.by[0] in (ENGINE, LINT)


def all_leaves() -> list[Leaf]:
    """Every leaf of the three kinds of document that people write, and of the canonical lifecycle."""
    return [_stand(kind, field) for kind, root in ROOTS.items() for field in leaves(root)]


def support(target: str, kind: Root, path: str) -> Support:
    """What a target's capability table says of a field."""
    table = TARGETS[target].CAPABILITIES
    return table.fields.get(kind, {}).get(path, table.otherwise)


def pending_list(stands: Iterable[Leaf]) -> str:
    """The counts by effect and the pending leaves by what they wait for, as they are committed."""
    stands = list(stands)
    return "\n".join([*_counts(stands), *_pending(stands)]) + "\n"


def share_of_documents(stands: Iterable[Leaf]) -> float:
    """The share of leaves that only document something, of those that can change."""
    effects = Counter(leaf.field.effect for leaf in stands if leaf.state != "fixed")
    return effects["document"] / effects.total()


def _stand(kind: Root, field: Field) -> Leaf:
    if field.fixed:
        return Leaf(kind, field, "fixed")
    if kind == "LifespecProject" and field.path in BY_COMMANDS:
        return Leaf(kind, field, "proven", (f"lifespec {BY_COMMANDS[field.path]}",))
    # People read the card; that another target carries their fields into the cluster is no effect of its own.
    wanted = [name for name in TARGETS if (name == docs.NAME) is (field.effect == "document")]
    supports = {name: support(name, kind, field.path) for name in wanted}
    proven = tuple(name for name, found in supports.items() if found.state == "honoured")
    if proven:
        return Leaf(kind, field, "proven", proven)
    if field.effect == "measure":
        way, awaited = standing(MEASURED, field.path), standing(AWAITED, field.path)
        if awaited is None and way is not None:
            return Leaf(kind, field, "proven", (way,))
        return Leaf(kind, field, "pending", (awaited or "report",))
    if field.effect == "decide":
        if field.path in DECIDED or field.path in BY_LINT:
            return Leaf(kind, field, "proven", (ENGINE if field.path in DECIDED else LINT,))
        return Leaf(kind, field, "pending", (SERVED,))
    listed = [TARGETS[name].CAPABILITIES.fields.get(kind, {}).get(field.path) for name in wanted]
    return Leaf(kind, field, "pending", tuple(found.on for found in listed if found and found.on)[:1])


def _counts(stands: list[Leaf]) -> Iterator[str]:
    states = ("proven", "pending", "fixed")
    yield f"# {'effect':<10}{'leaves':>8}{''.join(f'{state:>10}' for state in states)}"
    for effect in EFFECTS:
        counts = Counter(leaf.state for leaf in stands if leaf.field.effect == effect)
        yield f"# {effect:<10}{counts.total():>8}{''.join(f'{counts[state]:>10}' for state in states)}"
    total = Counter(leaf.state for leaf in stands)
    yield f"# {'all':<10}{total.total():>8}{''.join(f'{total[state]:>10}' for state in states)}"
    yield f"# only for people: {share_of_documents(stands):.1%} of the leaves that can change (at most 15%)"


def _pending(stands: list[Leaf]) -> Iterator[str]:
    waiting: dict[str, list[str]] = {}
    for leaf in stands:
        if leaf.state == "pending":
            waiting.setdefault(" ".join(leaf.by), []).append(leaf.name)
    for what in sorted(waiting):
        yield ""
        yield f"{what}: {len(waiting[what])}"
        yield from (f"  {name}" for name in waiting[what])
