"""Retraining: how old the model gets, what rollouts came of it, and what asks for the next training."""

from __future__ import annotations

from lifespec_compiler.plan import Plan
from lifespec_compiler.series import ROLLBACKS, ROLLOUT_PHASE, STABLE_SINCE
from lifespec_compiler.targets.docs import operation
from lifespec_compiler.targets.prometheus.promql import selector

from . import markdown
from .layout import Band, Section
from .panels import BLUE, RED, Json, Look, Query, lines, stat, states, steps, text, values


def section(plan: Plan) -> Section:
    """What became of trainings, and the rules for the next one."""
    top = Band(8, (_age(plan), _phases(plan), _rollbacks(plan)), (3, 3, 2))
    if plan.spec.platform and not plan.spec.platform.retrains_here:
        return Section("Rollouts", (top,))
    rules = text("What asks for a training", markdown.joined(operation.retraining(plan)))
    return Section("Retraining and rollouts", (top, Band(8, (rules,))))


def _age(plan: Plan) -> Json:
    query = Query(f"time() - max({selector(plan, STABLE_SINCE)})", "model age", BLUE)
    description = "Time since the serving model was trained. It falls when another one is promoted."
    return lines("Model age", description, [query], Look("s", low=0))


def _phases(plan: Plan) -> Json:
    query = Query(f"max by (phase) ({selector(plan, ROLLOUT_PHASE)}) == 1", "{{phase}}")
    look = Look("none", mappings=values({1: ("here", BLUE)}))
    return states("Phases of rollouts", "Which phase a rollout was in at a time.", [query], look)


def _rollbacks(plan: Plan) -> Json:
    query = Query(f"sum by (cause) (increase({selector(plan, ROLLBACKS)}[$__range])) > 0", "{{cause}}")
    description = "Rollouts rolled back in the time shown, by the check that caused it."
    look = Look("none", steps((1, RED)), decimals=0, empty="none")
    return stat("Rollbacks", description, [query], look, both=True)
