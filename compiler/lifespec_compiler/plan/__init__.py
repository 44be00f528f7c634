"""From a bundle of documents to plans, one for each environment.

The way is one line: authoring form -> canonical form -> plan. The agent enters it in the middle, with the canonical
object that it reads from the cluster, and gets the same plan.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lifespec_schema.findings import Finding
from lifespec_schema.forms import Problem, filled_value, read_lifecycle

from . import references
from .bundle import (
    DUPLICATE,
    Bundle,
    Documents,
    Named,
    Project,
    assemble,
    contract_files,
    duplicates,
    finding,
    is_ours,
    named,
    parse,
)
from .canonical import canonical_form
from .defaults import fill
from .hashes import SEMANTICS, hashes
from .joins import joins, unjoined
from .model import Check, Column, Feature, Hashes, Join, Metric, Monitor, Plan, Stage
from .names import taken_twice
from .origins import Origins, exists
from .platform import environments, project_findings
from .policy import policy_json, too_large
from .unbound import unbound

if TYPE_CHECKING:
    from lifespec_schema.spec.lifecycle import ModelLifecycle
    from lifespec_schema.spec.project import Environment

__all__ = [
    "DUPLICATE",
    "SEMANTICS",
    "Bundle",
    "Check",
    "Column",
    "Documents",
    "Feature",
    "Hashes",
    "Join",
    "Metric",
    "Monitor",
    "Named",
    "Origins",
    "Plan",
    "Project",
    "Stage",
    "assemble",
    "contract_files",
    "duplicates",
    "environments",
    "exists",
    "is_ours",
    "named",
    "parse",
    "plan",
    "plan_canonical",
    "project_findings",
]


def plan(bundle: Bundle, project: Project, environment: Environment) -> tuple[Plan | None, list[Finding]]:
    """The plan of a lifecycle in one environment, or every error that keeps it from having one."""
    canonical, findings = canonical_form(bundle, project, environment)
    if canonical is None:
        return None, findings
    planned, problems = _resolved(canonical.document, canonical.origins, canonical.read)
    findings += [finding(problem, canonical.origins.place(problem.path)) for problem in problems]
    if planned is None:
        return None, findings
    model = bundle.model[1] if bundle.model else None
    return replace(planned, waivers=canonical.read.spec.waivers, model=model, project=project.value), findings


def plan_canonical(document: dict[str, Any], origins: Origins | None = None) -> tuple[Plan | None, list[Problem]]:
    """The plan of a canonical document, as the agent computes it from the object in the cluster."""
    lifecycle, problems = read_lifecycle(document, "canonical")
    return _resolved(document, origins or Origins("<cluster>")) if lifecycle else (None, problems)


def _resolved(
    document: dict[str, Any], origins: Origins, read: ModelLifecycle | None = None
) -> tuple[Plan | None, list[Problem]]:
    """The plan of a document that has the form of a canonical one; what its values contradict is found here."""
    filled, problems = read_lifecycle(fill(document, read), "canonical")
    if filled is None or filled.spec.platform is None:
        return None, problems
    spec, values = filled.spec, filled_value(filled)
    columns = references.columns(spec)
    checks = references.checks(spec)
    problems = [*unbound(spec, columns, checks), *unjoined(spec, columns, checks), *taken_twice(spec, checks)]
    policy = policy_json(values["spec"])
    problems += too_large(values["spec"], policy)
    if problems:
        return None, problems
    logged = spec.monitoring.predictions.columns or () if spec.monitoring else ()
    return (
        Plan(
            name=filled.metadata.name,
            namespace=filled.metadata.namespace,
            environment=filled.spec.platform.environment,
            spec=spec,
            canonical=document,
            values=values,
            columns=columns,
            joins=joins(spec, columns),
            features=references.features(spec, columns),
            checks=checks,
            stages=references.stages(spec),
            monitors=references.monitors(spec),
            logged=frozenset(logged),
            hashes=hashes(values, policy),
            origins=origins,
        ),
        [],
    )
