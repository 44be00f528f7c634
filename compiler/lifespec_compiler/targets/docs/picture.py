"""The picture of a lifecycle: a Mermaid flowchart of what the plan says will happen, and of nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from lifespec_compiler.plan import Plan
from lifespec_schema.values.written import duration

from .operation import approvers, nomination
from .words import bounds, failures, number

if TYPE_CHECKING:
    from lifespec_schema.spec.retraining import Trigger
    from lifespec_schema.spec.rollout import Phase

LISTED = 4
"""How many names a box lists before it only counts the rest."""

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _.,-%()")
_WORK, _CHECK, _END = "[]", "{{}}", "([])"


class Box(NamedTuple):
    """A node of the picture."""

    id: str
    lines: Sequence[str]
    shape: str = _WORK
    onward: str = ""
    """What stands on the arrow to the box that follows on the way to promotion."""


class Arrow(NamedTuple):
    """An edge between two boxes, by their ids."""

    start: str
    end: str
    label: str = ""
    dotted: bool = False


def flowchart(plan: Plan) -> str:
    """The flowchart's text, without the fence around it."""
    live = list(_live(plan))
    moved = "100% of the traffic" if plan.spec.serving.mode == "online" else "the output pointer moves"
    promoted = Box("promoted", ["promoted", moved], _END)
    way = [*_origin(plan), *_before_traffic(plan), *live, *_approval(plan, "promoting"), promoted]
    forward = [Arrow(box.id, following.id, box.onward) for box, following in pairwise(way)]
    back, backward = _rollback(plan, [box.id for box in live if box.shape == _WORK])
    watch, loop = _loop(plan, promoted.id)
    boxes = map(_drawn_box, [*way, *back, *watch])
    return "\n".join(["flowchart TD", *boxes, *map(_drawn_arrow, [*forward, *backward, *loop])])


def label(text: str) -> str:
    """Text for a label in quotes: what Mermaid could take for syntax, HTML or Markdown is given by its number."""
    return "".join(char if char in _PLAIN else f"#{ord(char)};" for char in " ".join(text.split()))


def _origin(plan: Plan) -> Iterator[Box]:
    """Where candidates come from: a training here, or a model version that Git already holds."""
    spec, platform = plan.spec, plan.spec.platform
    if platform is None or platform.retrains_here:
        yield Box("data", ["data", _listed([source.name for source in spec.data.sources])])
        cooldown = spec.retraining.cooldown if spec.retraining else None
        apart = [f"at least {duration(cooldown)} apart"] if cooldown else []
        names = _listed([candidate.name for candidate in spec.experiments.candidates])
        nominated = nomination(spec.retraining) if spec.retraining else "in Git"
        yield Box("train", ["training", names, *apart], onward=f"nominated {nominated}")
    else:
        yield Box("version", ["model version in Git"])
    if platform and platform.after:
        yield Box("after", [f"done in {platform.after}"], _CHECK)


def _before_traffic(plan: Plan) -> Iterator[Box]:
    evaluation = plan.spec.evaluation
    yield from _approval(plan, "offline")
    yield Box("offline", ["offline gates", _listed(_named(plan, "offline"))], _CHECK, "pass")
    if plan.spec.serving.mode == "batch":
        yield Box("runs", [f"{plan.spec.serving.shadow_runs} runs compared with stable"])
    elif evaluation.shadow:
        yield from _approval(plan, "shadow")
        copied = f"{evaluation.shadow.mirror}% copied for {duration(evaluation.shadow.duration)}"
        yield Box("shadow", ["shadow", copied, _listed(_named(plan, "shadow"))], _CHECK, "pass")


def _live(plan: Plan) -> Iterator[Box]:
    """The stages that have traffic."""
    if plan.spec.serving.mode == "batch":
        return
    yield from _approval(plan, "canary")
    onward = "gates pass" if plan.spec.evaluation.online else ""
    for place, stage in enumerate([stage for stage in plan.stages if stage.weight], start=1):
        lines = [stage.name, f"{stage.weight}% for {duration(stage.hold)}"]
        yield Box(f"step{place}", lines, onward=onward)


def _approval(plan: Plan, phase: Phase) -> Iterator[Box]:
    approval = plan.spec.rollout.approval
    if approval and phase in approval.before:
        groups = [_listed(approvers(plan))] if approvers(plan) else []
        yield Box(f"approval_{phase}", ["approval", *groups], _CHECK, "approved")


def _rollback(plan: Plan, live: Sequence[str]) -> tuple[list[Box], list[Arrow]]:
    """What ends a candidate's way: gates that fail or stay undecided, and guards."""
    analysis = plan.spec.rollout.analysis
    held = analysis is not None and analysis.on_timeout == "hold"
    gated = [*(["shadow"] if _named(plan, "shadow") else []), *(live if _named(plan, "online") else [])]
    fails = "a gate fails" if held else "a gate fails or stays undecided"
    boxes = [Box("stable", ["stable keeps serving"], _END)]
    arrows = [Arrow("offline", "stable", "a gate fails", dotted=True)]
    arrows += [Arrow(stage, "stable", fails, dotted=True) for stage in gated]
    if held and gated:
        boxes.append(Box("held", ["held", "a person is asked"], _END))
        arrows += [Arrow(stage, "held", "a gate stays undecided", dotted=True) for stage in gated]
    guards = [
        f"{check.metric_name} {bounds(check)} in {duration(check.window or 0)}"
        for check in plan.checks
        if check.tier == "guard"
    ]
    if guards and live:
        boxes.append(Box("guards", ["guards", *_cut(guards)], _CHECK))
        arrows += [Arrow(stage, "guards", dotted=True) for stage in live]
        arrows.append(Arrow("guards", "stable", failures(analysis), dotted=True))
    return boxes, arrows


def _loop(plan: Plan, promoted: str) -> tuple[list[Box], list[Arrow]]:
    """From the monitors of what serves back to training, where the triggers run."""
    boxes, arrows, watch = [], [], {}
    for place, monitor in enumerate(plan.monitors, start=1):
        kind = {"data": "data drift", "prediction": "prediction drift", "concept": "concept drift"}[monitor.kind]
        watch[monitor.name] = f"monitor{place}"
        boxes.append(Box(watch[monitor.name], [monitor.name, f"{kind} over {duration(monitor.window)}"]))
        arrows.append(Arrow(promoted, watch[monitor.name]))
    retraining, platform = plan.spec.retraining, plan.spec.platform
    if retraining is not None and (platform is None or platform.retrains_here):
        for place, trigger in enumerate(retraining.triggers, start=1):
            ask = f"trigger{place}"
            boxes.append(Box(ask, [trigger.name, *_when(trigger)], _END))
            if trigger.kind == "monitor" and trigger.monitor in watch:
                row = "alarm" if trigger.consecutive == 1 else f"{number(trigger.consecutive)} alarms in a row"
                arrows.append(Arrow(watch[trigger.monitor], ask, row))
            arrows.append(Arrow(ask, "train"))
    return boxes, arrows


def _when(trigger: Trigger) -> list[str]:
    if trigger.kind == "schedule":
        return [f"{trigger.schedule} {trigger.time_zone}"]
    return [f"{number(trigger.new_labeled_rows)} new labelled rows"] if trigger.kind == "dataVolume" else []


def _named(plan: Plan, tier: str) -> list[str]:
    return [check.name for check in plan.checks if check.tier == tier]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(_cut(names))


def _cut(names: Sequence[str]) -> list[str]:
    rest = len(names) - LISTED
    return [*names[:LISTED], *([f"{rest} more"] if rest > 0 else [])]


def _drawn_box(box: Box) -> str:
    opening, closing = box.shape[: len(box.shape) // 2], box.shape[len(box.shape) // 2 :]
    return f'  {box.id}{opening}"{"<br>".join(map(label, box.lines))}"{closing}'


def _drawn_arrow(arrow: Arrow) -> str:
    line = "-.->" if arrow.dotted else "-->"
    told = f'|"{label(arrow.label)}"|' if arrow.label else ""
    return f"  {arrow.start} {line}{told} {arrow.end}"
