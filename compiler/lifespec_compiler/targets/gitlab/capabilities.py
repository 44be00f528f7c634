"""What the gitlab target does with each field: few reach CI, since its commands read the specs themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lifespec_compiler.plan import Plan
from lifespec_compiler.targets.capability import HONOURED, Capabilities
from lifespec_compiler.targets.ci import facts, requirements
from lifespec_compiler.targets.ci.capabilities import TRAINING, TRAINING_PROJECT
from lifespec_schema.findings import Finding, Severity

NAME: Final = "gitlab"


def repository(plan: Plan) -> Iterator[Finding]:
    """A repository that is not on GitLab."""
    return requirements.foreign_repository(plan, NAME)


def calendar(plan: Plan) -> Iterator[Finding]:
    """Schedules, which GitLab keeps in a project's settings and reads from no file."""
    if not facts.trains(plan):
        return
    for index, trigger in facts.schedules(plan):
        yield Finding(
            "outside-the-repository",
            Severity.INFO,
            f"GitLab keeps schedules in the project's settings, so `{trigger.name}` has to be put there",
            plan.origins.place(("spec", "retraining", "triggers", index, "schedule")),
            f"add a pipeline schedule `{trigger.schedule}` in the time zone {trigger.time_zone}, with the variable "
            f"{facts.SELECTOR}={facts.training_name(plan)}",
        )


CAPABILITIES = Capabilities(
    fields={
        "ModelLifecycle": TRAINING,
        "LifespecProject": {**TRAINING_PROJECT, "spec.repository.branch": HONOURED},
    },
    requirements=(
        requirements.branch_name,
        requirements.spec_file,
        requirements.idle_runner,
        requirements.direct_nomination,
        requirements.unheard_triggers,
        repository,
        calendar,
    ),
)
