"""What the files that lifecycles share may know of one: small enough to keep of thousands, and to send to a process."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from .model import Plan
from .origins import Origins

if TYPE_CHECKING:
    from lifespec_schema.spec.project import LifespecProject


class Outline(NamedTuple):
    """A plan without what only its own files need."""

    name: str
    namespace: str
    environment: str
    file: str
    document: int
    spec: Any
    """The spec, with some of its sections."""


def outline(plan: Plan, sections: Iterable[str]) -> Outline:
    """The outline of a plan; `sections` are attributes of its spec."""
    spec: Any = object.__new__(type(plan.spec))
    spec.__dict__.update((name, getattr(plan.spec, name)) for name in sections)
    object.__setattr__(spec, "__pydantic_fields_set__", plan.spec.__pydantic_fields_set__ & spec.__dict__.keys())
    return Outline(plan.name, plan.namespace, plan.environment, plan.origins.file, plan.origins.document, spec)


def outlined(outline: Outline, project: LifespecProject) -> Plan:
    """The plan as far as the outline has it. What is missing is unset: to read it is an AttributeError, not a guess."""
    name, namespace, environment, file, document, spec = outline
    plan = object.__new__(Plan)
    known = {"name": name, "namespace": namespace, "environment": environment, "spec": spec, "project": project}
    for key, value in (*known.items(), ("origins", Origins(file, document))):
        object.__setattr__(plan, key, value)
    return plan
