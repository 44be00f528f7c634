"""Scenarios from YAML: those that lifespec brings, and those that users write."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from lifespec_compiler.plan.bundle import API_VERSION, SCENARIO, finding
from lifespec_schema.findings import Finding, Place, Severity
from lifespec_schema.forms import read_scenario as read_value
from lifespec_schema.loader import locate, read
from lifespec_schema.values.form import shown

from .soundness import unsound

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from lifespec_compiler.plan import Plan
    from lifespec_schema.scenario import Scenario

_BUILT_IN: Final = "scenarios"


def read_scenario(file: str, data: bytes) -> tuple[Scenario | None, tuple[Finding, ...]]:
    """The scenario in a file, or everything that is wrong with it, each with its place."""
    documents, findings = read(file, data)
    document = next(iter(documents), None)
    if document is None or any(found.severity is Severity.ERROR for found in findings):
        return None, findings
    if len(documents) > 1:
        place = Place(file, (), documents[1].index)
        wrong = Finding(
            "wrong-length",
            Severity.ERROR,
            "there is more than one document here",
            place,
            "write one scenario in a file",
        )
        return None, tuple(locate([*findings, wrong], {file: data}))
    value = document.value
    known = {"apiVersion": API_VERSION, "kind": SCENARIO}
    for key, wanted in known.items():
        if key in value and value[key] != wanted:
            message = f"{shown(value[key])} is not the `{key}` of a scenario"
            wrong = Finding("wrong-value", Severity.ERROR, message, Place(file, (key,), 0), f"write `{wanted}`")
            return None, tuple(locate([*findings, wrong], {file: data}))
    scenario, problems = read_value(value)
    found = [finding(problem, Place(file, problem.path, document.index)) for problem in problems]
    if scenario is not None:
        found += unsound(scenario, file, document.index)
        scenario = None if found else scenario
    return scenario, tuple(locate([*findings, *found], {file: data}))


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """The scenarios that lifespec brings, `healthy` first."""
    found = sorted(one.name.removesuffix(".yaml") for one in _folder().iterdir() if one.name.endswith(".yaml"))
    return tuple(sorted(found, key=lambda name: (name != "healthy", name)))


def built_in(name: str) -> Scenario:
    """A scenario that lifespec brings. Raises KeyError for any other name."""
    if name not in names():
        raise KeyError(name)
    scenario, findings = read_scenario(f"{name}.yaml", (_folder() / f"{name}.yaml").read_bytes())
    if scenario is None:
        raise ValueError(f"the scenario {name} is broken: {findings}")
    return scenario


def missing_facts(plan: Plan) -> tuple[Finding, ...]:
    """What the spec must say before it can be simulated: an error for each fact, where it is to be written."""
    if plan.spec.traffic is None and plan.spec.serving.mode == "online":
        place = plan.origins.place(("spec", "traffic"))
        message = "how many requests there are is not known, so there is nothing to simulate"
        return (Finding("unknown-traffic", Severity.ERROR, message, place, "add `traffic.rps`"),)
    return ()


def unreplayable(plan: Plan) -> tuple[Finding, ...]:
    """What keeps recorded metrics from being replayed: an error where the spec says it, besides missing facts."""
    if plan.spec.serving.mode == "batch":
        place = plan.origins.place(("spec", "serving", "mode"))
        message = "recorded metrics are of requests, and a model that scores in batches answers none"
        return (Finding("no-requests", Severity.ERROR, message, place, "simulate it without `--trace`"),)
    return missing_facts(plan)


def _folder() -> Traversable:
    return files(__name__.rpartition(".")[0]) / _BUILT_IN
