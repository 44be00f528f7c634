"""The file that a repository's `.gitlab-ci.yml` includes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from lifespec_compiler.manifest import Manifest
from lifespec_compiler.plan import Plan
from lifespec_compiler.targets.ci import facts
from lifespec_compiler.targets.ci.commands import CHECK, DIFF, FRESH, INSTALL, LOCKING, have_landed

from .training import jobs

Json = dict[str, Any]

ROOT: Final = ".gitlab/ci"
FILE: Final = "lifespec.gitlab-ci.yml"

_INCLUDE: Final = (
    f"Include it from .gitlab-ci.yml: `include: [{{local: {ROOT}/{FILE}}}]`.",
    "Its jobs run in the pipeline's default image, which needs Python 3.11 or newer and Git.",
)
_MERGE_REQUEST: Final = "$CI_PIPELINE_SOURCE == 'merge_request_event'"
_QUALITY: Final = "gl-code-quality-report.json"
_CHANGES: Final = "lifespec-diff.md"


def pipeline(plans: Sequence[Plan]) -> Manifest:
    """Lint with a code quality report and a fresh output, for merge requests and for the branch that is applied.

    No job asks for an identity token, and none that sees a merge request's code gets a variable of ours.
    """
    branch = facts.branch(plans[0].project)
    content: Json = {"lifespec-lint": _lint(branch), "lifespec-compile": _compile(branch)}
    if have_landed([DIFF]):
        content["lifespec-diff"] = _diff()
    for plan in plans:
        content |= jobs(plan)
    return Manifest(FILE, content, (*facts.HEADER, *_INCLUDE, *LOCKING), ROOT)


def _lint(branch: str) -> Json:
    reports = {"codequality": _QUALITY}
    script = [f"{CHECK} --format gitlab > {_QUALITY}"]
    return {**_job(_changes(branch), script), "artifacts": {"when": "always", "reports": reports}}


def _compile(branch: str) -> Json:
    return _job(_changes(branch), [FRESH])


def _diff() -> Json:
    script = [f'lifespec diff "$CI_MERGE_REQUEST_DIFF_BASE_SHA..HEAD" --format markdown > {_CHANGES}']
    artifacts = {"expose_as": "What changes in the lifecycles", "paths": [_CHANGES]}
    return {**_job([{"if": _MERGE_REQUEST}], script), "variables": {"GIT_DEPTH": "0"}, "artifacts": artifacts}


def _changes(branch: str) -> list[Json]:
    return [{"if": _MERGE_REQUEST}, {"if": f"$CI_PIPELINE_SOURCE == 'push' && $CI_COMMIT_BRANCH == '{branch}'"}]


def _job(rules: list[Json], script: list[str]) -> Json:
    return {
        "rules": rules,
        "needs": [],
        "interruptible": True,
        "timeout": "15 minutes",
        "before_script": [INSTALL],
        "script": script,
    }
