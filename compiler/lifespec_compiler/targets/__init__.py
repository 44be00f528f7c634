"""What a plan can be turned into. A target is registered here by one line; nothing is found by scanning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

from lifespec_compiler.plan import Plan
from lifespec_schema.findings import Finding

from .capability import Capabilities, State, Support, refusals
from .target import Target

if TYPE_CHECKING:
    from . import argocd, docs, flux, github, gitlab, grafana, kubernetes, prometheus

    TYPED: tuple[Target, ...] = (kubernetes, prometheus, docs, github, gitlab, grafana, argocd, flux)

__all__ = ["TARGETS", "Capabilities", "State", "Support", "Target", "unsupported"]

NAMES: Final = ("kubernetes", "prometheus", "docs", "github", "gitlab", "grafana", "argocd", "flux")


class _Targets(Mapping[str, Target]):
    """Every target by its name, which is that of its module too; a module is imported when somebody asks for it."""

    def __getitem__(self, name: str) -> Target:
        if name not in NAMES:
            raise KeyError(name)
        return cast("Target", import_module(f".{name}", __name__))

    def __iter__(self) -> Iterator[str]:
        return iter(NAMES)

    def __len__(self) -> int:
        return len(NAMES)


TARGETS: Final[Mapping[str, Target]] = _Targets()


def unsupported(plan: Plan, targets: Sequence[str]) -> list[Finding]:
    """What the chosen targets cannot do with a plan, each at the place where people wrote it.

    An error where a value is refused: it names a value or a target that works. Then what the targets miss: an error
    where they cannot do without it, info where they can. `targets` are names of TARGETS.
    """
    chosen = {name: TARGETS[name].CAPABILITIES for name in targets}
    missing = [found for own in chosen.values() for requirement in own.requirements for found in requirement(plan)]
    return [*refusals(plan, chosen, _landed), *missing]


def _landed() -> dict[str, Capabilities]:
    return {name: target.CAPABILITIES for name, target in TARGETS.items()}
