"""The rules: what is wrong, or worth knowing, with a plan that the language itself allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

from lifespec_schema.findings import Finding, Place, Severity

from . import engine, waivers
from .artifacts import movable_reference, pickled_model, plain_http_artifact
from .cadence import overlapping_rollouts, suppressed_schedule
from .capacity import over_capacity
from .column_types import mistyped_column
from .comparison import gate_without_counterpart
from .context import Capabilities, Context, State, Support
from .credentials import secret_in_spec
from .dangling import dangling_monitor, dangling_slice
from .delay import label_delay_gate
from .effect import no_op_field, pending_field
from .engine import Linted, Waived
from .engines import overstretched_engine
from .expectations import missing_data_check
from .exposure import excess_exposure
from .fallback import malformed_fallback
from .freezes import rollout_into_freeze
from .idle import silent_monitor, starved_trigger
from .label_facts import contradictory_label_facts, missing_raters
from .latency import latency_budget_exceeded
from .leakage import leaking_feature
from .metrics import metric_not_computable
from .oversight import missing_approval, missing_robustness, missing_slice, short_record, unexamined_attribute
from .placeholder import placeholder_digest
from .privacy import privacy_flow
from .purpose import (
    missing_baseline,
    missing_business_objective,
    missing_hypothesis,
    missing_provenance,
    missing_risk,
    undetected_risk,
)
from .reports import internal_error, unknown_fact
from .retention import outlived_retention, short_retention
from .retraining import retrain_storm, short_retrain_window
from .rollback import toothless_rollback
from .rule import HEADINGS, Edit, Issue, Rule, Unknown, register
from .satisfiability import unsatisfiable_gates
from .shuffles import shuffled_split
from .spending import over_budget
from .starvation import starved_gate
from .trigger_happy import trigger_happy_guard
from .unattended import promotion_without_data, unasked_approval, ungated_first_model
from .vacuous import vacuous_gate
from .watching import (
    missing_concept_monitor,
    missing_monitor,
    unanswered_page,
    undecided_ab_test,
    ungated_step,
    unheard_monitor,
)

if TYPE_CHECKING:
    from lifespec_compiler.plan import Plan, Project

__all__ = [
    "HEADINGS",
    "RULES",
    "Capabilities",
    "Context",
    "Edit",
    "Issue",
    "Linted",
    "Rule",
    "State",
    "Support",
    "Unknown",
    "Waived",
    "judge_lifecycle",
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
    mistyped_column,
    shuffled_split,
    contradictory_label_facts,
    missing_raters,
    vacuous_gate,
    ungated_first_model,
    starved_gate,
    gate_without_counterpart,
    excess_exposure,
    trigger_happy_guard,
    promotion_without_data,
    unasked_approval,
    overstretched_engine,
    rollout_into_freeze,
    malformed_fallback,
    overlapping_rollouts,
    suppressed_schedule,
    over_budget,
    short_retention,
    outlived_retention,
    pickled_model,
    movable_reference,
    plain_http_artifact,
    secret_in_spec,
    silent_monitor,
    starved_trigger,
    undecided_ab_test,
    missing_business_objective,
    missing_baseline,
    missing_hypothesis,
    missing_risk,
    undetected_risk,
    missing_data_check,
    missing_slice,
    unexamined_attribute,
    missing_robustness,
    missing_approval,
    short_record,
    ungated_step,
    missing_monitor,
    missing_concept_monitor,
    unheard_monitor,
    unanswered_page,
    missing_provenance,
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


def judge_lifecycle(plans: Sequence[Plan], context: Context, today: date) -> Linted:
    """What `lint_lifecycle` finds, and beside it what is waived."""
    return engine.judge_lifecycle(RULES, plans, context, today)


def severities(project: Project) -> tuple[dict[str, Severity], list[Finding]]:
    """The severities that the project gives to rules, for `Context`, and a finding for each that names no rule."""
    written = project.value.spec.lint.severities if project.value.spec.lint else {}
    known = {name: Severity(severity) for name, severity in written.items() if name in RULES}
    findings = [
        waivers.unknown(name, RULES, Place(project.file or "", ("spec", "lint", "severities", name), on_key=True))
        for name in written
        if name not in RULES
    ]
    return known, [replace(found, severity=known.get(found.rule, found.severity)) for found in findings]
