"""Fields that have no effect, or none yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from lifespec_schema.findings import Path, Severity, show_path

from .batches import foreign_to_batches
from .context import Context, Support
from .rule import Issue, rule
from .text import names
from .values import leaves, written

if TYPE_CHECKING:
    from lifespec_compiler.plan import Plan

_NOT_WRITTEN_IN_THE_SPEC = ("platform", "modelVersion")
_BEST_FIRST: Final = ("honoured", "pending", "not-honoured")

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
    """A field has no effect on any chosen target, or none for this kind of problem or of serving.

    ## What it does
    Asks each chosen target's capability matrix about every field that the spec sets. A field that none of them
    honours is an error that names the targets that would. Fields that only classification knows are an error in
    other problems, and fields that only a model knows which answers requests are an error with `mode: batch`: online
    gates, objectives, steps and weights (`strategy: direct` is the one without), what assigns requests.

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
    yield from foreign_to_batches(plan)
    dead = [leaf for leaf, support in _fields(plan, context).items() if support.state == "not-honoured"]
    for path in _highest(plan, dead):
        able = [
            name
            for name, target in context.others.items()
            if target.support(_first_leaf(path, dead)).state != "not-honoured"
        ]
        help_text = f"add {names(able)} to the project's `targets`, or delete the field" if able else "delete the field"
        yield Issue(path, f"`{_field(path)}` has no effect on {names(context.chosen)}", help_text, on_key=True)


@rule(area="lint", severity=Severity.INFO, since="0.1.0")
def pending_field(plan: Plan, context: Context) -> Iterator[Issue]:
    """A field will have an effect, but what acts on it has not landed in lifespec yet.

    ## What it does
    Names, for each command or part of lifespec that is still to come, the sections of the spec with fields that wait
    for it. They compile, and the hashes cover them.

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
    waiting: dict[str, list[Path]] = {}
    for leaf, support in _fields(plan, context).items():
        if support.state == "pending":
            waiting.setdefault(support.on, []).append(leaf)
    for awaited, fields in waiting.items():
        sections = dict.fromkeys(str(leaf[1]) for leaf in fields)
        message = f"fields without effect until lifespec has {awaited or 'what acts on them'}: in {names(sections, 20)}"
        about = awaited.rpartition(" ")[2]
        yield Issue(
            fields[0][:2], message, "keep them for that version of lifespec, or delete them", about, on_key=True
        )


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


def _fields(plan: Plan, context: Context) -> dict[Path, Support]:
    """Every leaf that the spec sets, and the best that any chosen target does with it; none without targets."""
    spec = {key: value for key, value in plan.canonical["spec"].items() if key not in _NOT_WRITTEN_IN_THE_SPEC}
    targets = context.chosen.values()
    by_field: dict[tuple[str, ...], Support] = {}  # targets are asked about a field once, not about each item of a list
    found = {}
    for leaf, _ in leaves(("spec",), spec) if targets else ():
        field = tuple(part if isinstance(part, str) else "*" for part in leaf)
        if field not in by_field:
            by_field[field] = min((target.support(leaf) for target in targets), key=_rank)
        found[leaf] = by_field[field]
    return found


def _rank(support: Support) -> int:
    return _BEST_FIRST.index(support.state)


def _highest(plan: Plan, wanted: list[Path]) -> Iterator[Path]:
    """The highest mappings and lists all of whose leaves are wanted; else the leaves themselves."""
    rest = set(wanted)
    for leaf in wanted:
        if leaf not in rest:
            continue
        for length in range(2, len(leaf) + 1):
            path = leaf[:length]
            under = {inner for inner, _ in leaves(path, written(plan.canonical, path))}
            if under <= rest:
                rest -= under
                yield path
                break


def _first_leaf(path: Path, leaves_: list[Path]) -> Path:
    return next(leaf for leaf in leaves_ if leaf[: len(path)] == path)


def _field(path: Path) -> str:
    return show_path(path).removeprefix("spec.")
