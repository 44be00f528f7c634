"""What the github target does with each field: few reach CI, since its commands read the specs themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lifespec_compiler.plan import Plan
from lifespec_compiler.targets.capability import HONOURED, Capabilities
from lifespec_compiler.targets.ci import facts, requirements
from lifespec_compiler.targets.ci.capabilities import TRAINING, TRAINING_PROJECT
from lifespec_schema.findings import Finding, Severity

NAME: Final = "github"

LONGEST_JOB: Final = 360
"""Minutes that GitHub lets a job on its own runners take."""

_NUMBER = r"(?:\*|[0-9]{1,2}(?:-[0-9]{1,2})?)(?:/[0-9]{1,2})?"
_NAMED = r"[A-Za-z]{3}(?:-[A-Za-z]{3})?"
_FIELD = rf"(?:{_NUMBER}|{_NAMED})(?:,(?:{_NUMBER}|{_NAMED}))*"
_CRON: Final = rf"{_FIELD}(?: {_FIELD}){{4}}"


def repository(plan: Plan) -> Iterator[Finding]:
    """A repository that is not on GitHub."""
    return requirements.foreign_repository(plan, NAME)


def calendar(plan: Plan) -> Iterator[Finding]:
    """Schedules that cron understands and GitHub does not."""
    if not facts.trains(plan):
        return
    for index, trigger in facts.schedules(plan):
        if not re.fullmatch(_CRON, trigger.schedule):
            yield Finding(
                "unsupported-value",
                Severity.ERROR,
                "GitHub reads no steps of names in a schedule, and no ranges from a number to a name",
                plan.origins.place(("spec", "retraining", "triggers", index, "schedule")),
                "write numbers for the names, or `runner: agent` in lifespec.yaml",
            )


def long_job(plan: Plan) -> Iterator[Finding]:
    """A training that GitHub would stop before its end."""
    minutes = facts.training_minutes(plan) if facts.trains(plan) else 0
    if minutes > LONGEST_JOB:
        yield Finding(
            "unsupported-value",
            Severity.ERROR,
            f"all trials may take {minutes} minutes, and GitHub stops a job of its own runners after {LONGEST_JOB}",
            plan.origins.place(("spec", "experiments", "candidates")),
            "lower `trials` or `timebox`, raise `parallel`, or write `runner: agent` in lifespec.yaml",
        )


CAPABILITIES = Capabilities(
    fields={
        "ModelLifecycle": TRAINING,
        "LifespecProject": {
            **TRAINING_PROJECT,
            "spec.repository.kind": HONOURED,
            "spec.repository.branch": HONOURED,
        },
    },
    requirements=(
        requirements.branch_name,
        requirements.spec_file,
        requirements.idle_runner,
        requirements.direct_nomination,
        requirements.unheard_triggers,
        repository,
        calendar,
        long_job,
    ),
)
