"""Fields that have no effect, or none yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from lifespec_schema.findings import Path, Severity, show_path

from .context import Context, State
from .rule import Issue, rule
from .text import names
from .values import leaves, written

if TYPE_CHECKING:
    from lifespec_compiler.plan import Plan

_NOT_WRITTEN_IN_THE_SPEC = ("platform", "modelVersion")

_OF_CLASSIFIERS: Final = (
    ("spec", "data", "labels", "baseRate"),
    ("spec", "data", "readiness", "minPositiveShare"),
)
_OF_BINARY_CLASSIFIERS: Final = (
    ("spec", "objective", "positiveLabel"),
    ("spec", "objective", "decisionThreshold"),
)


@rule(area="lint", severity=Severity.ERROR, since="0.1.0")
def no_op_field(plan: Plan, context: Context) -> Iterator[Issue]:
    """A field has no effect on any chosen target, or none for this kind of problem.

    ## What it does
    Asks each chosen target's capability matrix about every field that the spec sets. A field that none of them
    honours is an error that names the targets that would. Fields that only classification knows are an error in
    other problems.

    ## Why is this bad?
    Its author believes that it does something. This is the most common fault of the peers: KServe ignored
    `canaryTrafficPercent` in raw deployments (kserve issue 5335), KubeVela dropped fields of the wrong type (kubevela
    issue 1595), Feast did not apply `ttl` online (feast issues 1802 and 6821).

    ## Example
    ```yaml
    objective:
      problem: regression
      positiveLabel: true
    evaluation:
      offline:
        gates: [{metric: mae, max: 3}]
    ```

    ## Use instead
    ```yaml
    objective:
      problem: regression
    evaluation:
      offline:
        gates: [{metric: mae, max: 3}]
    ```
    """
    yield from _foreign_to_the_problem(plan)
    if not context.chosen:
        return
    for path in _subtrees(plan, context, "not-honoured"):
        able = [name for name, target in context.others.items() if _state(path, plan, {name: target}) == "honoured"]
        pending = [name for name, target in context.others.items() if _state(path, plan, {name: target}) == "pending"]
        if able:
            help_text = f"add one of these to the project's `targets`, or delete the field: {names(able)}"
        elif pending:
            help_text = f"delete the field; {names(pending)} will honour it"
        else:
            help_text = "delete the field: no target honours it"
        chosen = names(context.chosen)
        yield Issue(path, f"`{_field(path)}` has no effect on {chosen}", help_text, on_key=True)


@rule(area="lint", severity=Severity.INFO, since="0.1.0")
def pending_field(plan: Plan, context: Context) -> Iterator[Issue]:
    """A field will have an effect, but what acts on it has not landed in lifespec yet.

    ## What it does
    Names the fields whose effect hangs on a command or a target of lifespec that is still to come. They
    compile, and the hashes cover them.

    ## Why is this bad?
    It is not: the spec may say it today. But nothing acts on it today, and a promise that looks kept is worse
    than none: documented but unbuilt rollout strategies are what michelangelo had to take back (michelangelo
    pull request 1833).

    ## Example
    With a version of lifespec whose agent does not count compute hours yet:
    ```yaml
    experiments:
      budget: {cpuHours: 800, per: 30d}
    ```

    ## Use instead
    Keep it, or use a version of lifespec that acts on it.
    """
    for path in _subtrees(plan, context, "pending"):
        message = f"`{_field(path)}` has no effect yet: what acts on it has not landed in lifespec"
        yield Issue(path, message, "keep it for a later version, or delete it", on_key=True)


def _foreign_to_the_problem(plan: Plan) -> Iterator[Issue]:
    problem = plan.spec.objective.problem
    foreign: list[tuple[Path, str]] = []
    if problem not in ("binaryClassification", "multiclassClassification"):
        foreign += [(path, "classification") for path in _OF_CLASSIFIERS]
    if problem != "binaryClassification":
        foreign += [(path, "binary classification") for path in _OF_BINARY_CLASSIFIERS]
    for path, kind in foreign:
        if written(plan.canonical, path) is not None:
            yield Issue(
                path,
                f"`{_field(path)}` has no effect: it belongs to {kind}, and this is {problem}",
                "delete it",
                on_key=True,
            )


def _subtrees(plan: Plan, context: Context, wanted: State) -> Iterator[Path]:
    """The highest mappings and lists of the spec, or else the leaves, in which every leaf has the wanted state."""
    if not context.chosen:
        return
    for key in plan.canonical["spec"]:
        if key not in _NOT_WRITTEN_IN_THE_SPEC:
            yield from _highest(("spec", key), plan, context, wanted)


def _highest(path: Path, plan: Plan, context: Context, wanted: State) -> Iterator[Path]:
    value = written(plan.canonical, path)
    states = {_leaf_state(leaf, context.chosen) for leaf, _ in leaves(path, value)}
    if states == {wanted}:
        yield path
    elif wanted in states and isinstance(value, (dict, list)):
        for part in value if isinstance(value, dict) else range(len(value)):
            yield from _highest((*path, part), plan, context, wanted)


def _state(path: Path, plan: Plan, targets: Any) -> State | None:
    """The one state of all leaves under `path`; None where they differ."""
    states = {_leaf_state(leaf, targets) for leaf, _ in leaves(path, written(plan.canonical, path))}
    return states.pop() if len(states) == 1 else None


def _leaf_state(leaf: Path, targets: Any) -> State:
    """The best that any of the targets does with a leaf."""
    states = [target.state(leaf) for target in targets.values()]
    order: tuple[State, ...] = ("honoured", "pending", "not-honoured")
    return next((state for state in order if state in states), "not-honoured")


def _field(path: Path) -> str:
    return show_path(path).removeprefix("spec.")
