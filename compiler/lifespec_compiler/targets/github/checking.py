"""The repository's one workflow: what it says about every pull request, and about the branch that is applied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lifespec_compiler.manifest import Manifest, Noted
from lifespec_compiler.targets.ci.commands import CHECK, DIFF, FRESH, LOCKING, have_landed
from lifespec_compiler.targets.ci.facts import HEADER, branch

from .actions import DOWNLOAD_ARTIFACT, UPLOAD_ARTIFACT
from .steps import READ, SHELL, Json, checkout, installed, job

if TYPE_CHECKING:
    from lifespec_schema.spec.project import LifespecProject

FILE: Final = "lifespec.yml"

_INSTALLED = "${{ !cancelled() && steps.install.outcome == 'success' }}"
_CHANGES = "lifespec-diff.md"
_MARK = "<!-- lifespec -->"

_SUMMARY = f"""\
text=$({CHECK} --quiet; {FRESH}) || true
text="    ${{text:0:100000}}"
printf '### lifespec\\n\\n%s\\n' "${{text//$'\\n'/$'\\n    '}}" >> "$GITHUB_STEP_SUMMARY"
"""
# An indented block is the one kind of code in Markdown that no line inside can end.

_DIFF = f"""\
{{ echo '{_MARK}'; lifespec diff "$BASE..HEAD" --format markdown; }} > {_CHANGES}
cat {_CHANGES} >> "$GITHUB_STEP_SUMMARY"
"""

_COMMENT = f"""\
comments="repos/$GITHUB_REPOSITORY/issues/$NUMBER/comments"
ours='.[] | select(.user.type == "Bot" and (.body | startswith("{_MARK}"))) | .id'
known=$(gh api --paginate "$comments" --jq "$ours" | tail --lines 1)
if [ -n "$known" ]; then
  gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$known" --field body=@{_CHANGES}
else
  gh api --silent --method POST "$comments" --field body=@{_CHANGES}
fi
"""

_OWN_BRANCH = "github.event.pull_request.head.repo.full_name == github.repository"
_COMMENTS_WHEN = f"${{{{ !cancelled() && needs.check.outputs.diff == 'success' && {_OWN_BRANCH} }}}}"


def workflow(project: LifespecProject | None) -> Manifest:
    """Lint with annotations and a fresh output, for pull requests, merge queues and the branch itself.

    Nothing here needs a token that can write but the comment, in a job of its own that runs no code of the pull
    request; where the pull request comes from a fork there is no such token, and the summary says the same.
    """
    applied = {"branches": [branch(project)]}
    jobs = {"check": _check()}
    if have_landed([DIFF]):
        jobs["comment"] = _comment()
    content = {
        "name": "lifespec",
        "on": {"pull_request": applied, "push": applied, "merge_group": {}, "workflow_dispatch": {}},
        "permissions": {},
        "concurrency": {
            "group": "${{ github.workflow }}-${{ github.ref }}",
            "cancel-in-progress": "${{ github.event_name == 'pull_request' }}",
        },
        "defaults": SHELL,
        "jobs": jobs,
    }
    return Manifest(FILE, content, (*HEADER, *LOCKING), ".github/workflows")


def _check() -> Json:
    lint: list[Json] = [
        {"name": "Lint", "run": f"{CHECK} --format github"},
        {"name": "What is generated is fresh", "if": _INSTALLED, "run": FRESH},
        {"name": "Summarise", "if": _INSTALLED, "run": _SUMMARY},
    ]
    if not have_landed([DIFF]):
        return job("Lint and compile", 15, READ, [checkout(), *installed(), *lint])
    steps = [checkout(**{"fetch-depth": 0}), *installed(), *lint, *_diff()]
    return job("Lint and compile", 15, READ, steps, outputs={"diff": "${{ steps.diff.outcome }}"})


def _diff() -> list[Json]:
    when = f"{_INSTALLED.removesuffix(' }}')} && github.event_name == 'pull_request' }}}}"
    return [
        {
            "name": "What changes",
            "id": "diff",
            "if": when,
            "env": {"BASE": "${{ github.event.pull_request.base.sha }}"},
            "run": _DIFF,
        },
        {
            "name": "Keep it for the comment",
            "if": "${{ !cancelled() && steps.diff.outcome == 'success' }}",
            "uses": UPLOAD_ARTIFACT,
            "with": {"name": "lifespec-diff", "path": _CHANGES},
        },
    ]


def _comment() -> Json:
    environment: dict[str, Any] = {
        "GH_TOKEN": "${{ github.token }}",
        "NUMBER": "${{ github.event.pull_request.number }}",
    }
    steps = [
        {"name": "Fetch what changes", "uses": DOWNLOAD_ARTIFACT, "with": {"name": "lifespec-diff"}},
        {"name": "Write the comment, or renew it", "env": environment, "run": _COMMENT},
    ]
    permissions = {"pull-requests": Noted("write", "to write the comment")}
    return job("Comment", 5, permissions, steps, needs="check", **{"if": _COMMENTS_WHEN})
