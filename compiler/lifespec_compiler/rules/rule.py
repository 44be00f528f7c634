"""What a rule is: a pure function over the plan, with all that is told about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from lifespec_schema.findings import Path, Severity

from .context import Context

if TYPE_CHECKING:
    from lifespec_compiler.plan import Plan

Area = Literal[
    "data",
    "features",
    "experiments",
    "evaluation",
    "serving",
    "rollout",
    "monitoring",
    "retraining",
    "governance",
    "supply-chain",
    "completeness",
    "statistics",
    "lint",
]
"""The section of the spec that a rule is about. `statistics`: the rule computes with chance, whatever the section;
`supply-chain`: what the spec lets in from outside; `completeness`: what a spec may leave out, so information only."""

HEADINGS: Final = ("What it does", "Why is this bad?", "Example", "Use instead")
"""The headings of every rule's docstring, in this order."""


class Edit(NamedTuple):
    """A value that mends the issue, at a path of the canonical form; as people would write it."""

    title: str
    path: Path
    value: object
    safe: bool = False
    """Whether the meaning stays what the author plainly wanted, so that no person has to look at it."""


class Issue(NamedTuple):
    """What a rule reports: where in the canonical form, what is wrong with which numbers, and what would be right."""

    path: Path
    message: str
    help: str = ""
    about: str | None = None
    """The name that a waiver's `at` takes; None: of the nearest thing around `path` that has a name."""
    severity: Severity | None = None
    """Where it differs from the rule's; None: the rule's."""
    on_key: bool = False
    """Whether the key is what is wrong, not its value."""
    related: tuple[tuple[str, Path], ...] = ()
    edit: Edit | None = None
    concealed: bool = False
    """Whether what stands at `path` must never be shown."""


class Unknown(NamedTuple):
    """A fact that the spec leaves out and without which a check could not be made. Never guessed."""

    fact: Path
    check: str
    """What would be checked, as a clause: "whether …"."""


Check = Callable[["Plan", Context], Iterable[Issue | Unknown]]


class Rule(NamedTuple):
    """A rule. Its docstring is the only source of its documentation."""

    id: str
    area: Area
    severity: Severity
    since: str
    """The version of lifespec that had it first."""
    documentation: str
    """The summary in one sentence, then a section for each of `HEADINGS`, in Markdown."""
    check: Check | None
    """None for what the engine itself finds out."""

    @property
    def summary(self) -> str:
        """The first sentence of the documentation."""
        return self.documentation.partition("\n\n")[0].replace("\n", " ")

    @property
    def sections(self) -> dict[str, str]:
        """The text under each heading."""
        parts = self.documentation.split("\n## ")[1:]
        return {part.partition("\n")[0].strip(): part.partition("\n")[2].strip() for part in parts}


def rule(
    *, area: Area, severity: Severity, since: str
) -> Callable[[Callable[[Plan, Context], Iterator[Issue | Unknown]]], Rule]:
    """Turns a function over the plan into the rule of its name, in kebab case."""

    def make(check: Callable[[Plan, Context], Iterator[Issue | Unknown]]) -> Rule:
        return Rule(_kebab(check), area, severity, since, _documentation(check), check)

    return make


def engine_rule(*, area: Area, severity: Severity, since: str) -> Callable[[Callable[[], None]], Rule]:
    """Turns an empty function into the rule of its name: documentation for what the engine itself reports."""

    def make(described: Callable[[], None]) -> Rule:
        return Rule(_kebab(described), area, severity, since, _documentation(described), None)

    return make


def register(*rules: Rule) -> Mapping[str, Rule]:
    """The rules by id; raises ValueError where two share one."""
    registered: dict[str, Rule] = {}
    for each in rules:
        if each.id in registered:
            raise ValueError(f"two rules are called {each.id!r}")
        registered[each.id] = each
    return MappingProxyType(registered)


def _kebab(function: Callable[..., object]) -> str:
    return function.__name__.replace("_", "-")


def _documentation(function: Callable[..., object]) -> str:
    """The docstring without its indentation, which newer Pythons have already taken away."""
    lines = (function.__doc__ or "").expandtabs().split("\n")
    margin = min((len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()), default=0)
    return "\n".join([lines[0], *(line[margin:].rstrip() for line in lines[1:])]).strip()
