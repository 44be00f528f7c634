"""The rules: what is wrong, or worth knowing, with a plan that the language itself allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from lifespec_schema.findings import Finding, Place, Severity

from . import engine, waivers
from .capacity import over_capacity
from .context import Capabilities, Context, State, Support
from .dangling import dangling_monitor, dangling_slice
from .delay import label_delay_gate
from .effect import no_op_field, pending_field
from .latency import latency_budget_exceeded
from .leakage import leaking_feature
from .metrics import metric_not_computable
from .placeholder import placeholder_digest
from .privacy import privacy_flow
from .reports import internal_error, unknown_fact
from .retraining import retrain_storm, short_retrain_window
from .rollback import toothless_rollback
from .rule import HEADINGS, Edit, Issue, Rule, Unknown, register
from .satisfiability import unsatisfiable_gates

if TYPE_CHECKING:
    from lifespec_compiler.plan import Plan, Project

__all__ = [
    "HEADINGS",
    "RULES",
    "Capabilities",
    "Context",
    "Edit",
    "Issue",
    "Rule",
    "State",
    "Support",
    "Unknown",
    "lint",
    "lint_lifecycle",
    "severities",
]

RULES: Final[Mapping[str, Rule]] = register(
    dangling_monitor,
    dangling_slice,
    no_op_field,
    pending_field,
    metric_not_computable,
    label_delay_gate,
    short_retrain_window,
    retrain_storm,
    leaking_feature,
    toothless_rollback,
    latency_budget_exceeded,
    unsatisfiable_gates,
    privacy_flow,
    over_capacity,
    placeholder_digest,
    unknown_fact,
    waivers.expired_waiver,
    waivers.unused_waiver,
    waivers.unknown_rule,
    internal_error,
)
"""Every rule by its id, in the order in which they run."""


def lint(plan: Plan, context: Context, today: date) -> list[Finding]:
    """What the rules find in one environment's plan. `today` is the day in UTC that waivers are judged by."""
    return lint_lifecycle([plan], context, today)


def lint_lifecycle(plans: Sequence[Plan], context: Context, today: date) -> list[Finding]:
    """What the rules find in the plans of one lifecycle, one for each environment.

    A finding that all environments have is one finding; a waiver is unused only when no environment needs it.
    """
    return engine.lint_lifecycle(RULES, plans, context, today)


def severities(project: Project) -> tuple[dict[str, Severity], list[Finding]]:
    """The severities that the project gives to rules, for `Context`, and a finding for each that names no rule."""
    written = project.value.spec.lint.severities if project.value.spec.lint else {}
    known = {name: Severity(severity) for name, severity in written.items() if name in RULES}
    findings = [
        waivers.unknown(name, RULES, Place(project.file or "", ("spec", "lint", "severities", name), on_key=True))
        for name in written
        if name not in RULES
    ]
    return known, findings
