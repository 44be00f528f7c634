"""A workflow for each lifecycle that CI trains: on schedule or by hand, from the data to a pull request."""

from __future__ import annotations

from typing import Any, Final

from lifespec_compiler.manifest import Manifest, Noted
from lifespec_compiler.plan import Plan
from lifespec_compiler.targets.ci import facts
from lifespec_compiler.targets.ci.commands import LOCKING, TRAINING, have_landed

from .actions import DOWNLOAD_ARTIFACT, UPLOAD_ARTIFACT
from .checking import FILE as CHECKS
from .steps import READ, SHELL, Json, checkout, installed, job

_ARTIFACT: Final = "nomination"
_PATCH: Final = f"{_ARTIFACT}.patch"
_STORED: Final = f"${{{{ runner.temp }}}}/{_PATCH}"

_PACK = f"""\
lifespec compile
git add --all -- "$MODEL" "$OUTPUT"
git diff --cached --binary > "$RUNNER_TEMP/{_PATCH}"
if [ -s "$RUNNER_TEMP/{_PATCH}" ]; then echo "changed=true" >> "$GITHUB_OUTPUT"; fi
"""

_OPEN = f"""\
branch="lifespec/$LIFECYCLE-$GITHUB_RUN_ID"
git switch --create "$branch"
git apply --index --include="$MODEL" --include="$OUTPUT/*" "$RUNNER_TEMP/{_PATCH}"
git config user.name "github-actions[bot]"
git config user.email "41898282+github-actions[bot]@users.noreply.github.com"
git commit --message "Nominate a new model for $LIFECYCLE"
gh auth setup-git
git push origin "HEAD:refs/heads/$branch"
gh pr create --base "$BASE" --head "$branch" --title "Nominate a new model for $LIFECYCLE" \\
  --body "Trained, and held against its gates, in $GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID"
gh workflow run {CHECKS} --ref "$branch"
"""


def workflow(plan: Plan) -> Manifest:
    """Trains one lifecycle, holds the model against its offline gates, and nominates it.

    What runs the team's trainer has no token that can write. What has one runs none of the team's code: it gets a
    patch, of which it takes the model version and what is generated from it.
    """
    name = facts.training_name(plan)
    jobs = {"train": _train(plan)}
    if facts.opens_pull_request(plan):
        jobs["nominate"] = _nominate(plan)
    content = {
        "name": f"lifespec train {name}",
        "on": {**_calendar(plan), "workflow_dispatch": {}},
        "permissions": {},
        "concurrency": {"group": f"lifespec-train-{name}", "cancel-in-progress": False},
        "defaults": SHELL,
        "jobs": jobs,
    }
    return Manifest(f"lifespec-train.{name}.yml", content, (*facts.HEADER, *LOCKING), ".github/workflows")


def _calendar(plan: Plan) -> Json:
    entries: list[Json] = []
    for _, trigger in facts.schedules(plan):
        zone = {} if trigger.time_zone == "UTC" else {"timezone": trigger.time_zone}
        entries.append({"cron": trigger.schedule, **zone})
    return {"schedule": entries} if entries else {}


def _train(plan: Plan) -> Json:
    known: Json = {"SPEC": facts.spec_path(plan), "ENVIRONMENT": plan.environment}
    if facts.needs_secrets(plan):
        known["LIFESPEC_SECRETS"] = "${{ secrets.LIFESPEC_SECRETS }}"
    steps: list[Json] = [checkout(), *installed()]
    steps += [
        {"name": name, "env": known, "run": f"{run}\n"} for command, name, run in TRAINING if have_landed([command])
    ]
    steps += [
        {"name": "Pack the nomination", "id": "pack", "env": _files(plan), "run": _PACK},
        {
            "name": "Keep it",
            "if": "${{ steps.pack.outputs.changed == 'true' }}",
            "uses": UPLOAD_ARTIFACT,
            "with": {"name": _ARTIFACT, "path": _STORED},
        },
    ]
    outputs = {"changed": "${{ steps.pack.outputs.changed }}"}
    return job("Train", facts.training_minutes(plan), READ, steps, environment=plan.environment, outputs=outputs)


def _nominate(plan: Plan) -> Json:
    known: dict[str, Any] = {
        **_files(plan),
        "LIFECYCLE": facts.training_name(plan),
        "BASE": facts.branch(plan.project),
        "GH_TOKEN": "${{ github.token }}",
    }
    steps = [
        checkout(),
        {
            "name": "Fetch the nomination",
            "uses": DOWNLOAD_ARTIFACT,
            "with": {"name": _ARTIFACT, "path": "${{ runner.temp }}"},
        },
        {"name": "Open the pull request, and have it checked", "env": known, "run": _OPEN},
    ]
    permissions = {
        "contents": Noted("write", "to push the branch"),
        "pull-requests": Noted("write", "to open the pull request"),
        "actions": Noted("write", "to start its checks, which a pull request opened by a workflow does not start"),
    }
    when = "${{ needs.train.outputs.changed == 'true' }}"
    return job("Nominate", 10, permissions, steps, needs="train", **{"if": when})


def _files(plan: Plan) -> Json:
    return {"MODEL": facts.model_path(plan), "OUTPUT": facts.output_folder(plan)}
