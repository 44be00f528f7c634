"""What keeps CI from doing what a spec or the project file asks for, each at the place where people wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lifespec_compiler.plan import Plan
from lifespec_schema.findings import Finding, Path, Place, Severity

from . import facts

PROJECT_FILE: Final = "lifespec.yaml"

# Texts, since most runs need neither, and compiling them would take longer than importing this module.
_BRANCH: Final = r"[A-Za-z0-9_](?:[A-Za-z0-9_./-]*[A-Za-z0-9_-])?"
_FILE: Final = r"[A-Za-z0-9_.][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_.][A-Za-z0-9_.-]*)*"


def branch_name(plan: Plan) -> Iterator[Finding]:
    """A branch whose name would mean something else in a CI system's filter, or is none that Git takes."""
    name = facts.branch(plan.project)
    if not re.fullmatch(_BRANCH, name) or ".." in name or "//" in name:
        yield _refused(
            _project("repository", "branch"),
            "CI filters branches by patterns and conditions, in which some characters have a meaning",
            "name a branch of letters, digits, `.`, `_`, `/` and `-`",
        )


def spec_file(plan: Plan) -> Iterator[Finding]:
    """A path that CI would have to quote for a shell."""
    if facts.trains(plan) and not re.fullmatch(_FILE, facts.spec_path(plan)):
        yield _refused(
            plan.origins.place(("metadata", "name")),
            "CI hands the path of this file to a shell, and it has other characters than a shell leaves alone",
            "name files and folders with letters, digits, `.`, `_` and `-`",
        )


def idle_runner(plan: Plan) -> Iterator[Finding]:
    """A lifecycle that nobody trains: CI is the runner, and what it would run is not there yet."""
    if facts.is_ci_runner(plan) and not facts.trains(plan):
        message = "nothing trains: `runner: ci` waits for `lifespec run` and `lifespec evaluate`, which have not landed"
        yield Finding(
            "idle-runner", Severity.INFO, message, _project("runner"), "train by hand, or write `runner: agent`"
        )


def direct_nomination(plan: Plan) -> Iterator[Finding]:
    """A nomination straight into the cluster, which CI cannot reach."""
    if facts.trains(plan) and plan.spec.retraining and plan.spec.retraining.nominate == "direct":
        yield _refused(
            plan.origins.place(("spec", "retraining", "nominate")),
            "CI has no way into the cluster, only the agent can nominate there",
            "write `nominate: pullRequest`, or `runner: agent` in lifespec.yaml",
        )


def unheard_triggers(plan: Plan) -> Iterator[Finding]:
    """Triggers that CI does not hear: nothing in CI watches monitors or counts rows."""
    if not facts.trains(plan) or plan.spec.retraining is None:
        return
    for index, trigger in enumerate(plan.spec.retraining.triggers):
        if trigger.kind != "schedule":
            message = f"CI does not hear the trigger `{trigger.name}`; until the agent starts CI, people do, by hand"
            place = plan.origins.place(("spec", "retraining", "triggers", index, "name"))
            yield Finding("idle-runner", Severity.INFO, message, place, "add a `schedule`, or write `runner: agent`")


def foreign_repository(plan: Plan, ci: str) -> Iterator[Finding]:
    """A project that chooses this CI system, with a repository that lies elsewhere."""
    project = plan.project.spec if plan.project else None
    if project and project.ci == ci and project.repository and project.repository.kind != ci:
        kind = project.repository.kind
        message = f"a repository on {kind} does not run it"
        yield _refused(_project("repository", "kind"), message, f"write `ci: {kind}`, or `kind: {ci}`")


def _refused(place: Place, message: str, help_text: str) -> Finding:
    return Finding("unsupported-value", Severity.ERROR, message, place, help_text)


def _project(*path: str) -> Place:
    where: Path = ("spec", *path)
    return Place(PROJECT_FILE, where)
