"""The jobs that train a lifecycle, in pipelines that a schedule or a person starts for it."""

from __future__ import annotations

from typing import Any, Final

from lifespec_compiler.plan import Plan
from lifespec_compiler.targets.ci import facts
from lifespec_compiler.targets.ci.commands import INSTALL, TRAINING, have_landed

Json = dict[str, Any]

_PATCH: Final = "nomination.patch"
_NOMINATION: Final = {"name": "lifespec-nomination", "action": "access"}
"""The scope of the variable LIFESPEC_TOKEN, which may push branches: the trainer, in its own scope, never sees it."""

_PACK: Final = (
    "lifespec compile",
    'git add --all -- "$MODEL" "$OUTPUT"',
    f"git diff --cached --binary > {_PATCH}",
)

_PUSH: Final = (
    'git push "https://lifespec:$LIFESPEC_TOKEN@$CI_SERVER_HOST/$CI_PROJECT_PATH.git" "HEAD:refs/heads/$branch" '
    '--push-option=merge_request.create --push-option="merge_request.target=$BASE"'
)
_OPEN: Final = (
    f"test -s {_PATCH} || exit 0",
    'branch="lifespec/$LIFECYCLE-$CI_PIPELINE_ID"',
    'git switch --create "$branch"',
    f'git apply --index --include="$MODEL" --include="$OUTPUT/*" {_PATCH}',
    "git config user.name lifespec",
    'git config user.email "lifespec@noreply.$CI_SERVER_HOST"',
    'git commit --message "Nominate a new model for $LIFECYCLE"',
    _PUSH,
)


def jobs(plan: Plan) -> Json:
    """Training, judging and packing in one job without a token; proposing the outcome in another; none elsewhere."""
    if not facts.trains(plan):
        return {}
    name = facts.training_name(plan)
    training = f"lifespec-train-{name}"
    made = {training: _train(plan, name)}
    if facts.opens_pull_request(plan):
        made[f"lifespec-nominate-{name}"] = _nominate(plan, name, training)
    return made


def _train(plan: Plan, name: str) -> Json:
    return {
        "rules": _rules(name),
        "needs": [],
        "interruptible": False,
        "resource_group": f"lifespec-train-{name}",
        "timeout": f"{facts.training_minutes(plan)} minutes",
        "environment": {"name": plan.environment, "action": "access"},
        "variables": {"SPEC": facts.spec_path(plan), "ENVIRONMENT": plan.environment, **_files(plan)},
        "before_script": [INSTALL],
        "script": [*(run for command, _, run in TRAINING if have_landed([command])), *_PACK],
        "artifacts": {"paths": [_PATCH]},
    }


def _nominate(plan: Plan, name: str, training: str) -> Json:
    return {
        "rules": _rules(name),
        "needs": [training],
        "interruptible": False,
        "timeout": "15 minutes",
        "environment": _NOMINATION,
        "variables": {**_files(plan), "LIFECYCLE": name, "BASE": facts.branch(plan.project)},
        "script": list(_OPEN),
    }


def _rules(name: str) -> list[Json]:
    wanted = f"${facts.SELECTOR} == '{name}'"
    return [{"if": f"$CI_PIPELINE_SOURCE == '{source}' && {wanted}"} for source in ("schedule", "web", "api")]


def _files(plan: Plan) -> Json:
    return {"MODEL": facts.model_path(plan), "OUTPUT": facts.output_folder(plan)}
