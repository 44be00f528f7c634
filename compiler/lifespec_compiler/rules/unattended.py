"""Models that reach users without anybody, or anything, having had a say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lifespec_schema.findings import Path, Severity

from .context import Context
from .rollouts import is_online
from .rule import Edit, Issue, rule
from .text import names, runs

if TYPE_CHECKING:
    from lifespec_compiler.plan import Plan

ROLLOUT: Path = ("spec", "rollout")
BOOTSTRAP: Path = ("spec", "evaluation", "bootstrap", "relativeGates")


@rule(area="rollout", severity=Severity.ERROR, since="0.1.0")
def promotion_without_data(plan: Plan, _context: Context) -> Iterator[Issue]:
    """A candidate is promoted when no metric of it can be read at all.

    ## What it does
    Reports a rollout all of whose guards have `onNoData: ignore` and that has no online gate: then nothing waits for
    data. One guard that holds or rolls back is enough, and so is an online gate, which never passes on missing data.
    Warns of batch serving without shadow gates: guards do not wait between two runs, so the number of runs is all that
    a candidate must show.

    ## Why is this bad?
    A renamed metric, a broken scrape or a candidate without any traffic looks like a healthy one. Argo Rollouts ended
    analyses as successful of which every measurement had failed (argo-rollouts issue 4479), and Flagger promotes
    unchecked where `analysis` is left out.

    ## Example
    ```yaml
    rollout:
      steps: [{weight: 10%, hold: 4h}, {weight: 50%, hold: 12h}]
      guards: [{metric: errorRate, max: 1%, window: 15m, onNoData: ignore}]
    ```

    ## Use instead
    ```yaml
    rollout:
      steps: [{weight: 10%, hold: 4h}, {weight: 50%, hold: 12h}]
      guards: [{metric: errorRate, max: 1%, window: 15m, onNoData: hold}]
    ```
    """
    yield from _by_number_of_runs(plan)
    guards = plan.spec.rollout.guards
    if not is_online(plan) or not guards or plan.spec.evaluation.online is not None:
        return
    if all(guard.on_no_data == "ignore" for guard in guards):
        path = (*ROLLOUT, "guards", 0, "onNoData")
        which = "the only guard" if len(guards) == 1 else f"each of the {len(guards)} guards"
        message = f"{which} ignores missing data: a candidate whose metrics cannot be read is promoted"
        help_text = f"`onNoData: hold` in `{guards[0].name}`"
        yield Issue(path, message, help_text, edit=Edit("wait for data", path, "hold"))


@rule(area="evaluation", severity=Severity.WARNING, since="0.1.0")
def ungated_first_model(plan: Plan, _context: Context) -> Iterator[Issue]:
    """The first model is held to nothing, because all gates compare with a stable one.

    ## What it does
    Reports offline gates that are all `against: stable`, without an offline check of fairness, robustness or latency,
    where `evaluation.bootstrap.relativeGates` is `skip`. A first model has no stable one beside it; shadow and steps
    are skipped, and only guards are left, which look for fast harm.

    ## Why is this bad?
    Each later model has to be as good as the one before, and the first one was anything. TFMA calls a model that passed
    because its comparisons were left out "rubber stamped", and says so in its result.

    ## Example
    ```yaml
    evaluation:
      offline:
        gates: [{metric: rocAuc, against: stable, maxRegression: 0.01}]
    ```

    ## Use instead
    ```yaml
    evaluation:
      offline:
        gates:
          - {metric: rocAuc, min: 0.80}
          - {metric: rocAuc, against: stable, maxRegression: 0.01}
    ```
    """
    evaluation = plan.spec.evaluation
    offline = evaluation.offline
    if evaluation.bootstrap is not None and evaluation.bootstrap.relative_gates == "refuse":
        return
    absolute = [check for check in plan.checks if check.tier == "offline" and check.against != "stable"]
    if not absolute and offline.latency is None:
        gates = names(gate.name or "" for gate in offline.gates)
        skipped = "is skipped" if len(offline.gates) == 1 else "are skipped"
        message = f"a first model has no stable one to compare with, so {gates} {skipped}: it may be anything"
        help_text = (
            "add a gate with `min` or `max`, or against a baseline; or `bootstrap: {relativeGates: refuse}`, "
            "and a person decides"
        )
        path: Path = ("spec", "evaluation", "offline", "gates")
        edit = Edit("let a person decide on the first model", BOOTSTRAP, "refuse")
        yield Issue(path, message, help_text, about="bootstrap", on_key=True, edit=edit)


@rule(area="rollout", severity=Severity.ERROR, since="0.1.0")
def unasked_approval(plan: Plan, _context: Context) -> Iterator[Issue]:
    """A person is to approve, but is never asked, or nobody is named who may.

    ## What it does
    Reports `approval.before: [shadow]` where the lifecycle has no shadow tier, and `[canary]` where no requests are
    divided (`blueGreen`, `direct`, batch serving), because a rollout never comes to that phase; and an approval, or
    `bootstrap.relativeGates: refuse`, where neither `approval.by` nor `governance.approvers` names a group.

    ## Why is this bad?
    In the first case the approval that an auditor reads in the spec never happens; in the second each rollout waits
    for ever. Human oversight has to be possible and assigned to people (EU Artificial Intelligence Act, articles 14
    and 26).

    ## Example
    ```yaml
    rollout:
      steps: [{weight: 10%, hold: 4h}, {weight: 50%, hold: 12h}]
      guards: [{metric: errorRate, max: 1%, window: 15m}]
      approval: {before: [shadow], by: growth-leads}
    ```

    ## Use instead
    ```yaml
    rollout:
      steps: [{weight: 10%, hold: 4h}, {weight: 50%, hold: 12h}]
      guards: [{metric: errorRate, max: 1%, window: 15m}]
      approval: {before: [canary], by: growth-leads}
    ```
    """
    approval, evaluation, governance = plan.spec.rollout.approval, plan.spec.evaluation, plan.spec.governance
    for index, phase in enumerate(approval.before if approval is not None else ()):
        why, help_text = _never_reached(plan, phase)
        if why:
            path = (*ROLLOUT, "approval", "before", index)
            yield Issue(path, f"nobody is asked before `{phase}`: {why}", help_text, about="approval")
    if (approval is not None and approval.by is not None) or (governance is not None and governance.approvers):
        return
    help_text = "`governance: {approvers: [<group>]}`, or `rollout.approval.by`; a Kubernetes group"
    if approval is not None:
        message = (
            f"nobody may approve before {names(approval.before)}: no group is named, and each rollout waits for ever"
        )
        yield Issue((*ROLLOUT, "approval"), message, help_text, about="approval", on_key=True)
    elif evaluation.bootstrap is not None and evaluation.bootstrap.relative_gates == "refuse":
        message = "a person decides on the first model, and no group is named that may"
        yield Issue(BOOTSTRAP, message, help_text, about="bootstrap")


def _by_number_of_runs(plan: Plan) -> Iterator[Issue]:
    serving = plan.spec.serving
    if serving.mode != "batch" or plan.spec.evaluation.shadow is not None:
        return
    seen = "in which no guard failed" if plan.spec.rollout.guards else "whatever they wrote"
    message = f"a candidate is promoted on the number of its runs alone: after {runs(serving.shadow_runs)}, {seen}"
    help_text = "add `evaluation.shadow.gates`: what its rows must show beside stable's"
    path: Path = ("spec", "serving", "mode")
    yield Issue(path, message, help_text, "serving", Severity.WARNING)


def _never_reached(plan: Plan, phase: str) -> tuple[str, str]:
    """Why no rollout comes to a phase, and what to do; empty where they do."""
    online, shadow = is_online(plan), plan.spec.evaluation.shadow
    if phase == "shadow" and shadow is None and online:
        return "this lifecycle has no shadow tier", "ask before `canary` or `promoting`, or add `evaluation.shadow`"
    if phase == "canary" and not (online and any(0 < stage.weight < 100 for stage in plan.stages)):
        return "no step gives the candidate a part of the requests", "ask before `promoting`"
    return "", ""
