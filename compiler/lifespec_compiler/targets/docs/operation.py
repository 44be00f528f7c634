"""How a candidate gets traffic, what is watched once the model serves, and when it is trained anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifespec_compiler.plan import Plan
from lifespec_schema.values.written import duration, share

from .markdown import code, codes, facts, table, text
from .words import bounds, failures, number, spaced

if TYPE_CHECKING:
    from lifespec_schema.spec.monitoring import Monitor
    from lifespec_schema.spec.retraining import Retraining, Trigger


def rollout(plan: Plan) -> list[str]:
    """The stages with their shares of traffic, the guards, and what happens when nothing can be told."""
    spec = plan.spec.rollout
    analysis, approval, assignment = spec.analysis, spec.approval, spec.assignment
    exposure = spec.max_exposure if spec.strategy == "canary" else None
    sticky = assignment is not None and assignment.unit == "user"
    asked = codes(approvers(plan)) or "anyone who may approve"
    return [
        *facts(
            strategy=spaced(spec.strategy),
            assigned="each user always the same" if sticky else "each request by chance",
            approval=f"before {', '.join(approval.before)}, by {asked}" if approval else None,
            exposure=f"at most {number(exposure)} predictions of a bad candidate" if exposure else None,
            frozen=f"{', '.join(spec.freeze)} (UTC): nothing is raised, rollbacks happen" if spec.freeze else None,
            looked_at=f"every {duration(analysis.interval)}" if analysis else None,
            without_data=analysis.on_no_data if analysis else None,
            undecided_at_the_timeout=analysis.on_timeout if analysis else None,
        ),
        *_stages(plan),
        *_guards(plan),
    ]


def approvers(plan: Plan) -> tuple[str, ...]:
    """The groups that may approve; none named: whoever the cluster lets."""
    approval, governance = plan.spec.rollout.approval, plan.spec.governance
    if approval and approval.by:
        return (approval.by,)
    return governance.approvers if governance else ()


def _stages(plan: Plan) -> list[str]:
    if plan.spec.serving.mode == "batch":
        runs = number(plan.spec.serving.shadow_runs)
        return [f"{runs} runs of a candidate are compared with stable's; then the pointer to the current output moves."]
    rows = (
        (code(stage.name), f"{stage.weight}%", duration(stage.hold), duration(stage.timeout)) for stage in plan.stages
    )
    return table(("stage", "share of traffic", "held for", "undecided until"), rows)


def _guards(plan: Plan) -> list[str]:
    spec = plan.spec.rollout
    checks = [check for check in plan.checks if check.tier == "guard"]
    rows = (
        (code(check.name), code(check.metric_name), text(bounds(check)), duration(guard.window), guard.on_no_data or "")
        for check, guard in zip(checks, spec.guards, strict=True)
    )
    guards = table(("guard", "metric", "must be", "window", "without data"), rows)
    if not guards:
        return ["No guard watches the rollout."]
    return [*guards, f"A guard rolls back after {failures(spec.analysis)}, counted over the whole rollout."]


def monitoring(plan: Plan) -> list[str]:
    """The log of predictions, the monitors on it, objectives and alerts."""
    spec = plan.spec.monitoring
    if spec is None:
        return ["Nothing is watched once the model serves."]
    log = spec.predictions
    heard: dict[str, str] = {}
    for alert in spec.alerts:
        heard[alert.for_] = f"{heard[alert.for_]}, {alert.severity}" if alert.for_ in heard else alert.severity
    watched = ("monitor", "kind", "judged by", "window", "every", "alert")
    promised = ("objective", "what", "target", "window", "alert")
    objectives = (
        (
            code(slo.name),
            f"answers within {duration(slo.threshold)}" if slo.threshold else "answers without error",
            share(slo.target),
            duration(slo.window),
            heard.get(slo.name, ""),
        )
        for slo in spec.slos
    )
    return [
        *facts(
            log=code(log.log),
            logged=codes(log.columns or ()),
            kept_for=duration(log.retention) if log.retention else None,
        ),
        *table(watched, (_monitor(plan, monitor, heard.get(monitor.name, "")) for monitor in spec.monitors)),
        *table(promised, objectives),
    ]


def retraining(plan: Plan) -> list[str]:
    """What asks for a training, on what data, and how the result becomes a candidate."""
    spec, platform = plan.spec.retraining, plan.spec.platform
    if spec is None:
        return ["Nothing asks for a training by itself."]
    here = platform is None or platform.retrains_here
    window = spec.window
    return [
        *([] if here else ["The triggers run in another environment, not in this one."]),
        *table(("trigger", "when"), ((code(trigger.name), _trigger(trigger)) for trigger in spec.triggers)),
        *facts(
            learns_from=f"the latest {duration(window.length)}" if window and window.kind == "rolling" else "all data",
            runs_apart=f"at least {duration(spec.cooldown)}" if spec.cooldown else None,
            limit=f"{number(spec.limit.runs)} runs in {duration(spec.limit.per)}" if spec.limit else None,
            trained_by={"agent": "the agent", "ci": "the CI"}[platform.runner if platform else "agent"],
            nominated=nomination(spec),
        ),
    ]


def nomination(spec: Retraining) -> str:
    """How a trained model becomes a candidate."""
    return {"pullRequest": "by a pull request", "direct": "at once", "manual": "by a person"}[spec.nominate]


def _monitor(plan: Plan, monitor: Monitor, alert: str) -> tuple[str, ...]:
    if monitor.kind == "concept":
        check = next(check for check in plan.checks if check.name == monitor.name)
        judged = f"{code(monitor.metric)} {text(bounds(check))}"
    else:
        limit = f" at most {number(monitor.max)}" if isinstance(monitor.max, (int, float)) else ""
        chance = "" if limit else f", false alarms a month: at most {number(monitor.max_false_alarms_per_month)}"
        judged = f"{code(monitor.method)}{limit}, against {monitor.reference}{chance}"
    times = (duration(monitor.window), duration(monitor.every or monitor.window))
    return (code(monitor.name), monitor.kind, judged, *times, alert)


def _trigger(trigger: Trigger) -> str:
    match trigger.kind:
        case "schedule":
            return f"{code(trigger.schedule)} ({code(trigger.time_zone)})"
        case "monitor":
            row = f", {number(trigger.consecutive)} times in a row" if trigger.consecutive > 1 else ""
            return f"the monitor {code(trigger.monitor)} alarms{row}"
        case "dataVolume":
            return f"{number(trigger.new_labeled_rows)} new labelled rows"
