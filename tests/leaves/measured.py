"""What measuring makes of a plan, without the words of its bounds: each function is one way to see an effect."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow.parquet as pq

from leaves.rows import NOW, locations
from lifespec_compiler.judging import Expected, Requirement, judge, level_of, requirements
from lifespec_compiler.plan import Plan
from lifespec_compiler.training import training_configuration
from lifespec_runtime.measure.contracts.check import check
from lifespec_runtime.measure.evaluation.contenders import Contender, answers
from lifespec_runtime.measure.evaluation.evaluate import Evaluation, evaluate
from lifespec_runtime.measure.evaluation.naming import Named, named
from lifespec_runtime.measure.metrics import measure
from lifespec_runtime.measure.metrics.sample import Sample
from lifespec_runtime.measure.models import Coding, coding, features
from lifespec_runtime.measure.models.predictions import Predictions
from lifespec_runtime.measure.profile.summary import as_json as profile_json
from lifespec_runtime.measure.record import lifecycle_report
from lifespec_runtime.measure.rows import FlawedDataError, read_rows
from lifespec_runtime.measure.splits import folds, split
from lifespec_runtime.measure.training.inputs import write_description, write_inputs
from lifespec_runtime.measure.training.search import search_of, seed_of
from lifespec_schema.records.report import Interval, Measurement

Seen = Any
"""Plain values: what is equal for two plans is seen alike."""


class Both(NamedTuple):
    """Two plans that differ in one leaf, and a folder with the data."""

    before: Plan
    after: Plan
    data: Path
    scratch: Path


def data(plan: Plan, both: Both) -> Seen:
    """What `check-data` finds: values, samples and profiles; not what they had to be."""
    report = check(plan, locations(plan, both.data), NOW, judge_copies=True)
    found = [
        (
            source.name,
            [flaw.code for flaw in source.flaws],
            source.profile and profile_json(source.profile, source.concealed),
        )
        for source in report.sources
    ]
    results = [*(result for source in report.sources for result in source.results), *report.readiness]
    lines = [
        (one.name, one.columns, one.measured, one.rows, one.verdict, one.severity, one.samples, one.why)
        for one in results
    ]
    return repr((found, lines))


def rows(plan: Plan, both: Both) -> Seen:
    """The model's rows, and how they are divided."""
    try:
        found = read_rows(plan, locations(plan, both.data))
        divided = split(plan, found)
    except FlawedDataError as error:
        return [flaw.code for flaw in error.flaws]
    return found.table.to_pydict(), [part.tolist() for part in divided[:3]]


def trainer(plan: Plan, both: Both) -> Seen:
    """What a trainer gets, and what is kept beside its model."""
    folder = both.scratch / ("before" if plan is both.before else "after")
    folder.mkdir(parents=True, exist_ok=True)
    told = training_configuration(plan, plan.spec.experiments.candidates[0], {}, 1, source="in", output="out")
    try:
        found = read_rows(plan, locations(plan, both.data))
        divided = split(plan, found)
        write_inputs(plan, found, divided.train, divided.validation, folder)
        write_description(plan, found, divided, folder)
    except FlawedDataError as error:
        return told, [flaw.code for flaw in error.flaws]
    tables = {file.name: pq.read_table(file).to_pydict() for file in sorted(folder.glob("*.parquet"))}
    texts = {file.name: json.loads(file.read_bytes()) for file in sorted(folder.glob("*.json"))}
    return repr((told, tables, texts))


def search(plan: Plan, both: Both) -> Seen:
    """Which parameters are tried, in which rounds, and what they are chosen by."""
    candidate, select = plan.spec.experiments.candidates[0], plan.spec.experiments.select
    metric = named(plan, select.metric) if select else None
    wanted = search_of(plan, candidate, metric.facts.direction if metric else "increase")
    tried = []
    for proposed in wanted.rounds():
        tried.append(proposed)
        wanted.tell([len(repr(sorted(one.items()))) / 100 for one in proposed])
    found = read_rows(plan, locations(plan, both.data))
    number = select.cross_validation.folds if select and select.cross_validation else 0
    divided = folds(plan, found, split(plan, found), number) if number else []
    return (
        tried,
        seed_of(plan, candidate) if candidate.search else 0,
        metric,
        [fold.validation.tolist() for fold in divided],
    )


def evaluation(plan: Plan, both: Both) -> Seen:
    """What `evaluate` measures of a model that goes by the length of a tenure."""
    told = evaluated(plan, both.data)
    return repr((told.measured, told.detail.comparison, told.detail.threshold))


def evaluated(plan: Plan, folder: Path) -> Evaluation:
    """The evaluation of such a model, each row of whose requests takes a millisecond."""
    found = read_rows(plan, locations(plan, folder))
    divided, code = split(plan, found), coding(plan, found)

    def predicted(table: Any) -> Any:
        return answers(_predictions(table, code))

    def asked(places: Any) -> Any:
        return predicted(features(plan, found, places))

    candidate = Contender(
        "candidate",
        "memory",
        None,
        asked(divided.test),
        lambda: asked(divided.validation),
        predicted,
        lambda batch: np.full(400, 0.001 * batch),
        "a call",
    )
    return evaluate(plan, found, divided, code, candidate)


def _predictions(table: Any, code: Coding) -> Predictions:
    names = [name for name in ("tenure", "tenure_months", "calls") if name in table.column_names]
    found = np.zeros(table.num_rows)
    for weight, name in enumerate(names, start=1):
        found -= np.nan_to_num(np.asarray(table.column(name).to_pandas(), np.float64), nan=20.0) / (20 * weight)
    if "plan" in table.column_names:
        found += np.asarray([0.5 * len(value or "") for value in table.column("plan").to_pylist()]) - 2
    shares = 1 / (1 + np.exp(-found))
    return Predictions(classes=(shares >= 0.5).astype(np.int64), probabilities=shares, names=code.names)


def metrics(plan: Plan, _both: Both) -> Seen:
    """What the team's own metrics come to on rows made for all of them."""
    places = np.arange(600)
    shares, other = (places * 37 % 101) / 101, (places * 53 % 97) / 97
    labels = ((shares + other / 3) > 0.6).astype(np.int64)
    series = (np.cumsum(np.sin(np.arange(90.0)) + 0.3),)
    samples = [
        Sample(labels=labels, classes=(shares > 0.45).astype(np.int64), probabilities=shares, names=("no", "yes")),
        Sample(labels=labels + (other > 0.8), classes=labels + (shares > 0.7), names=("a", "b", "c")),
        Sample(labels=labels.astype(np.float64), scores=other, values=other, queries=places // 30, training=series),
    ]
    found = [(entry.name, named(plan, entry.name)) for entry in plan.spec.metrics]
    return [(name, metric and [_own(metric, sample) for sample in samples]) for name, metric in found]


def _own(metric: Named, sample: Sample) -> str:
    """The metric of rows that have what it needs."""
    try:
        return repr(measure(metric.metric, sample, metric.parameters))
    except (ValueError, TypeError) as error:
        return type(error).__name__


def verdicts(plan: Plan, both: Both) -> Seen:
    """What is judged of reports whose values lie on and beside every bound that not both of the two plans have."""
    one, other = (
        [found for tier in ("offline", "data") for found in requirements(each, tier)]
        for each in (both.before, both.after)
    )
    held = [*(found for found in one if found not in other), *(found for found in other if found not in one)]
    return [
        sorted((found.check, found.slice or "", found.path[-1], found.outcome, found.severity) for found in judged)
        for judged in _judged(plan, held)
    ]


def _judged(plan: Plan, held: Sequence[Requirement]) -> Iterator[Any]:
    if not held:
        return
    checks = frozenset(found.check for found in held)
    for probes in _probes(held):
        for start in range(0, len(probes), 500):
            for tier in ("offline", "data"):
                part = probes[start : start + 500]
                named_here = checks & {probe.check for probe in part}
                report = lifecycle_report(plan, tier=tier, measurements=part)
                yield judge(plan, report, Expected(tier=tier, checks=named_here))


def _probes(held: Sequence[Requirement]) -> Iterator[list[Measurement]]:
    """Reports with one value for each bound: on it, a little to each side, and intervals around it."""
    steps = (0.0, 1e-6, -1e-6)
    levels = sorted({level_of(found.confidence) for found in held if found.confidence})
    edges = [found.bound.value for found in held]
    limits = {found.check: set[float]() for found in held}
    for found, edge in zip(held, edges, strict=True):
        limits[found.check] |= set(edge) if isinstance(edge, tuple) else {edge}
    most = max(map(len, limits.values()))
    quantities = {(found.check, found.quantity) for found in held}
    sizes = sorted({size + step for found in held for size in [found.smallest_slice] for step in (0, -1)})
    slices = sorted({",".join(f"{name}=x" for name in names) for found in held for names in found.slices})
    for place in range(most):
        for step in steps:
            for level in [None, *levels]:
                yield [
                    _probe(check, quantity, sorted(limits[check])[min(place, len(limits[check]) - 1)] + step, level)
                    for check, quantity in sorted(quantities, key=str)
                ]
    sliced = sorted({(found.check, found.quantity) for found in held if found.slices}, key=str)
    for size in sizes:
        for text in slices:
            yield [
                _probe(check, quantity, 0.5, None).model_copy(update={"slice": text, "rows": size})
                for check, quantity in sliced
            ]


def _probe(check: str, quantity: Any, value: float, level: float | None) -> Measurement:
    interval = Interval(low=value, high=value, level=level, method="none") if level else None
    return Measurement(check=check, quantity=quantity, value=value, samples=10**6, interval=interval)


SEEN: Mapping[str, Callable[[Plan, Both], Seen]] = {
    "data": data,
    "rows": rows,
    "trainer": trainer,
    "search": search,
    "evaluation": evaluation,
    "metrics": metrics,
    "verdicts": verdicts,
}
