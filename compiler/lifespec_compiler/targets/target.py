"""What every target offers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from lifespec_compiler.manifest import Manifest
from lifespec_compiler.plan import Plan

from .capability import Capabilities


class Target(Protocol):
    """A module that turns plans into files for one system. Pure: the same plan gives the same files."""

    @property
    def NAME(self) -> str:  # noqa: N802 - a module's constant
        """What project files and `--target` call it."""
        ...

    @property
    def CAPABILITIES(self) -> Capabilities:  # noqa: N802 - a module's constant
        """What it does with each field of the language."""
        ...

    @property
    def SHARED(self) -> tuple[str, ...]:  # noqa: N802 - a module's constant
        """The sections of the spec, as its attributes, that `compile_shared` reads."""
        ...

    def compile(self, plan: Plan) -> list[Manifest]:
        """The files of one lifecycle in one environment."""
        ...

    def compile_shared(self, plans: Sequence[Plan]) -> list[Manifest]:
        """The files that lifecycles share, for instance one for each namespace; right only for all plans at once.

        The plans may be outlines: a name, a namespace, an environment, the origin's file, the project, and those
        sections of the spec that `SHARED` lists.
        """
        ...
