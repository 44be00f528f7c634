"""For every leaf another valid value: the next one of its kind, unless a table here says which."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from leaves.witnesses import BATCH, MAXIMAL, ROOTS, Witness, witness
from lifespec_schema.export.leaves import Field

DROP = object()
"""In place of a value: the field is left out."""
NEXT = object()
"""In place of a value: the next one of the same kind."""

Place = tuple[str | int, ...]


class To(NamedTuple):
    """How a leaf is changed where its value cannot just be replaced by another."""

    value: Any = NEXT
    at: str = ""
    """Where, from the document on: the leaf, or the mapping around it if the leaf tells which fields that one has.

    Default: where the leaf stands first; in the project, which lists environments in order, where it stands last.
    """
    along: Mapping[str, Any] = {}
    """What must change with it for the whole to stay valid, by place."""
    of: str = MAXIMAL
    """The variant of the witness that writes it."""


def _absolute(check: str, **bounds: Any) -> To:
    """`against` of a live check can only be `stable`: its other value is none, with an absolute bound instead."""
    relative = dict.fromkeys(("maxRegression", "minImprovement", "maxRelativeRegression"), DROP)
    along = {f"{check}.{key}": value for key, value in {**relative, **bounds}.items()}
    return To(DROP, at=f"{check}.against", along=along)


SPEC = "lifecycle.spec"
INSIDE = "http://store.storage:9000/growth/"
"""A store inside the cluster: pods need a way of their own out to it, while all others are reached by HTTPS."""

LIFECYCLE: dict[str, Any] = {
    "metadata.name": To("churn-b", along={"model.spec.lifecycle": "churn-b"}),
    "metadata.namespace": To("growth-b", along={"model.metadata.namespace": "growth-b"}),
    "spec.version": "2.1.1",
    "spec.owner.email": "another@example.com",
    "spec.objective.decisionThreshold.kind": To(
        {"kind": "fixed", "value": 0.4}, at=f"{SPEC}.objective.decisionThreshold"
    ),
    "spec.objective.decisionThreshold.value": To(of="fixed threshold"),
    "spec.objective.decisionThreshold.tune": "recall",
    "spec.objective.risks.*.detectedBy": ["parity-by-plan"],
    "spec.objective.query": To("tenure", of="ranking"),
    "spec.metrics.*.kind": To(
        {"name": "f2", "kind": "query", "direction": "increase", "query": {"good": "a", "total": "b"}},
        at=f"{SPEC}.metrics.0",
    ),
    "spec.metrics.*.base": To("recall", at=f"{SPEC}.metrics.1.base"),
    "spec.data.contractRef": To("contracts/customers-v2.odcs.yaml", of="contract"),
    "spec.data.sources.*.contractRef": To("contracts/customers-v2.odcs.yaml", of="contract of a source"),
    "spec.data.sources.*.name": To(of="small"),
    "spec.data.sources.*.uri": INSIDE,
    "spec.data.sources.*.join.to": To("tickets", at=f"{SPEC}.data.sources.1.join.to", of="joined"),
    "spec.data.sources.*.join.columns": To({"wish": "title"}, at=f"{SPEC}.data.sources.1.join.columns", of="joined"),
    "spec.data.sources.*.snapshot.by": To({"by": "files"}, at=f"{SPEC}.data.sources.0.snapshot"),
    "spec.data.sources.*.snapshot.column": "valid_until",
    "spec.data.sources.*.schema.*.name": To(at=f"{SPEC}.data.sources.0.schema.10.name"),
    "spec.data.sources.*.schema.*.logicalType": To(at=f"{SPEC}.data.sources.0.schema.10.logicalType"),
    "spec.data.sources.*.schema.*.classification": "public",
    "spec.data.sources.*.schema.*.logicalTypeOptions.format": To("dd.MM.yyyy", of="texts"),
    "spec.data.sources.*.quality.*.metric": "duplicateValues",
    "spec.data.sources.*.quality.*.column": "calls",
    "spec.data.sources.*.outliers.*.column": "calls",
    "spec.data.labels.column": "reviewed",
    "spec.data.labels.agreement.raters": ["age_band", "plan", "customer_id"],
    # No share changes alone: together they are the whole.
    "spec.data.splits.train": To("60%", along={f"{SPEC}.data.splits.test": "25%"}),
    "spec.data.splits.validation": To("25%", along={f"{SPEC}.data.splits.test": "5%"}),
    "spec.data.splits.test": To("25%", along={f"{SPEC}.data.splits.validation": "5%"}),
    "spec.data.splits.seed": To(of="random splits"),
    "spec.data.splits.strategy": "group",
    "spec.data.splits.column": "valid_until",
    "spec.features.*.column": "customers.tenure_months",
    "spec.features.*.transform.value": To("median", at=f"{SPEC}.features.4.transform.value"),
    "spec.experiments.tracking.uri": "http://mlflow.mlops:5001",
    "spec.experiments.baselines.*.kind": To(
        {"kind": "logisticRegression", "name": "team"}, at=f"{SPEC}.experiments.baselines.0", of="human baseline"
    ),
    "spec.experiments.baselines.*.name": To(
        "people", along={f"{SPEC}.evaluation.offline.gates.0.against": "people"}, of="human baseline"
    ),
    "spec.experiments.baselines.*.values": To({"recall": 0.5}, of="human baseline"),
    "spec.experiments.select.metric": "rocAuc",
    "spec.evaluation.offline.gates.*.metric": "averagePrecision",
    "spec.evaluation.offline.gates.*.against": "linear",
    "spec.evaluation.offline.gates.*.slices": [["plan", "age_band"]],
    "spec.evaluation.offline.fairness.*.name": To(at=f"{SPEC}.evaluation.offline.fairness.1.name"),
    "spec.evaluation.offline.fairness.*.metric": "equalizedOddsDifference",
    "spec.evaluation.offline.fairness.*.attribute": "plan",
    "spec.evaluation.offline.robustness.*.features.names": ["tenure"],
    "spec.evaluation.offline.robustness.*.metric": "averagePrecision",
    "spec.evaluation.offline.robustness.*.perturb": To(
        "categoryNoise", at=f"{SPEC}.evaluation.offline.robustness.1.perturb"
    ),
    "spec.evaluation.shadow.gates.*.metric": "errorRate",
    "spec.evaluation.shadow.gates.*.against": _absolute(f"{SPEC}.evaluation.shadow.gates.1", max="120ms"),
    "spec.evaluation.online.gates.*.metric": "errorRate",
    "spec.evaluation.online.gates.*.against": _absolute(f"{SPEC}.evaluation.online.gates.1", min="10%"),
    "spec.serving.mode": To(BATCH, at=f"{SPEC}.serving"),
    "spec.serving.image": To(of="small"),
    "spec.serving.fallback.kind": To({"kind": "stable"}, at=f"{SPEC}.serving.fallback"),
    "spec.serving.schedule": To("0 5 * * *", of="batch"),
    "spec.serving.timeZone": To("Europe/Vienna", of="batch"),
    "spec.serving.output": To(of="batch"),
    "spec.serving.shadowRuns": To(of="batch"),
    "spec.rollout.guards.*.metric": "disagreementRate",
    "spec.rollout.guards.*.min": "0.02%",
    "spec.rollout.guards.*.against": _absolute(f"{SPEC}.rollout.guards.1", max="120ms"),
    "spec.rollout.approval.before": ["canary"],
    "spec.rollout.freeze": ["2026-12-20/2027-01-04"],
    "spec.rollout.strategy": To("blueGreen", of="direct"),
    "spec.rollout.hold": To(of="direct"),
    "spec.rollout.weight": To(of="A/B test"),
    "spec.rollout.duration": To(of="A/B test"),
    "spec.monitoring.predictions.log": INSIDE,
    "spec.monitoring.predictions.columns": ["tenure", "plan"],
    # How often a monitor runs that does not say it; schedules know a day and parts of it.
    "spec.monitoring.monitors.*.window": To("6h", at=f"{SPEC}.monitoring.monitors.1.window"),
    "spec.monitoring.monitors.*.every": "6h",
    "spec.monitoring.monitors.*.kind": To("data", at=f"{SPEC}.monitoring.monitors.2.kind"),
    "spec.monitoring.monitors.*.features": ["tenure"],
    "spec.monitoring.monitors.*.metric": "averagePrecision",
    "spec.monitoring.monitors.*.against": "linear",
    "spec.monitoring.slos.*.sli": To(
        {"name": "answers", "sli": "availability", "target": "99%", "window": "30d"}, at=f"{SPEC}.monitoring.slos.0"
    ),
    "spec.monitoring.slos.*.target": "99.5%",
    "spec.monitoring.alerts.*.for": "inputs",
    "spec.retraining.triggers.*.kind": To(
        {"name": "enough-data", "kind": "schedule", "schedule": "0 4 * * 1"}, at=f"{SPEC}.retraining.triggers.2"
    ),
    "spec.retraining.triggers.*.schedule": "0 4 * * 1",
    "spec.retraining.triggers.*.timeZone": "Europe/Vienna",
    "spec.retraining.triggers.*.monitor": "decay",
    "spec.retraining.window.kind": To({"kind": "expanding"}, at=f"{SPEC}.retraining.window"),
    "spec.retraining.environment": "staging",
    "spec.environments": {"production": {"serving": {"replicas": {"min": 3}}}},
    "spec.waivers.*.finding": "latency-budget-exceeded",
    "spec.waivers.*.expires": "2026-12-02",
    "spec.platform.artifacts.uri": INSIDE,
    "spec.platform.prometheus": "http://prometheus.metrics:9090",
    "spec.platform.dask.scheduler": "tcp://dask.batch:8786",
    "spec.platform.gateway.hostname": "churn.example.org",
    "spec.platform.runner": "ci",
    "spec.platform.retrainsHere": False,
}

MODEL: dict[str, Any] = {
    # A model version lives in its lifecycle's namespace.
    "metadata.namespace": To("growth-b", along={"lifecycle.metadata.namespace": "growth-b"}),
    "spec.lifecycle": To("churn-b", along={"lifecycle.metadata.name": "churn-b"}),
}

PROJECT: dict[str, Any] = {
    "spec.specs": "drafts/",
    "spec.targets": ["kubernetes"],
    # The small spec has no finding but its placeholders, so that they alone decide how lint ends.
    "spec.lint.failOn": To("error", of="small"),
    "spec.lint.severities": To({"placeholder-digest": "info"}, of="small"),
    "spec.defaults.artifacts.uri": INSIDE,
    "spec.environments.*.name": To("live", along={f"{SPEC}.retraining.environment": "live"}),
    "spec.environments.*.after": "rehearsal",
    "spec.environments.*.cluster": To("other", along={"project.spec.environments.0.cluster": "other"}),
    "spec.environments.*.namespace": "{namespace}-live",
    "spec.environments.*.gateway.hostname": "{name}.example.org",
    "spec.environments.*.prometheus": "http://prometheus.metrics:9090",
    "spec.environments.*.dask.scheduler": "tcp://dask.batch:8786",
}

TABLES = {"lifecycle": LIFECYCLE, "model": MODEL, "project": PROJECT}


def changed(kind: str, leaf: Field) -> tuple[Witness, Witness]:
    """A witness that writes the leaf, and the same with another value of it; `kind` is the document's.

    Raises LookupError where the witness does not write it.
    """
    document = ROOTS[kind]
    change = TABLES[document].get(leaf.path, NEXT)
    change = change if isinstance(change, To) else To(change)
    before = witness(change.of)
    after = copy.deepcopy(before)
    place = _place(change.at) if change.at else written(before, document, leaf.path)
    edit(after, place, another(leaf, get(before, place)) if change.value is NEXT else change.value)
    for where, value in change.along.items():
        edit(after, _place(where), value)
    return before, after


def changed_canonical(leaf: Field, canonical: dict[str, Any]) -> dict[str, Any]:
    """A canonical lifecycle with another value of a leaf that only this form has."""
    after = copy.deepcopy(canonical)
    place = next(places(canonical, leaf.path.split(".")), None) or _place(leaf.path)
    value = LIFECYCLE.get(leaf.path, NEXT)
    edit(after, place, another(leaf, get(canonical, place)) if value is NEXT else value)
    return after


def written(documents: Witness, document: str, path: str) -> Place:
    """Where a leaf stands in a witness."""
    found = [(document, *place) for place in places(documents[document], path.split("."))]
    if not found:
        raise LookupError(f"no witness writes `{path}`")
    return found[-1 if document == "project" else 0]


def places(value: Any, parts: list[str]) -> Iterator[Place]:
    """Every place in a document that a path with `*` for members leads to."""
    if not parts:
        yield ()
        return
    members = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    for key, member in members:
        if parts[0] in ("*", key):
            yield from ((key, *rest) for rest in places(member, parts[1:]))


def another(leaf: Field, value: Any) -> Any:
    """The next value of the same kind, as it is written; for a choice the next one of the list."""
    if value in leaf.choices:
        return leaf.choices[(leaf.choices.index(value) + 1) % len(leaf.choices)]
    if isinstance(value, dict):
        return {key: another(leaf, item) for key, item in value.items()}
    if isinstance(value, list):
        return [*value[:-1], another(leaf, value[-1])]
    if isinstance(value, (bool, int)):
        return not value if isinstance(value, bool) else value + 1
    return round(value * 0.9, 6) if isinstance(value, float) else _another_text(value)


def _another_text(text: str) -> str:
    """Amounts with a unit grow by one, digests get another letter, all other texts get longer."""
    amount = re.fullmatch(r"(\d+)((?:\.\d+)?(?:ms|[smhdw%]|[KMG]i)?)", text)
    if amount:
        return f"{int(amount[1]) + 1}{amount[2]}"
    letter = re.search(r"(?<=sha256:)(\w)\1{63}$", text)
    return text.replace(letter[0], ("f" if letter[1] != "f" else "0") * 64) if letter else f"{text}b"


def get(value: Any, place: Place) -> Any:
    """What stands at a place."""
    for part in place:
        value = value[part]
    return value


def edit(value: Any, place: Place, new: Any) -> None:
    """Puts a value at a place, or leaves the field out."""
    parent = get(value, place[:-1])
    if new is DROP:
        parent.pop(place[-1], None)
    else:
        parent[place[-1]] = copy.deepcopy(new)


def _place(path: str) -> Place:
    return tuple(int(part) if part.isdigit() else part for part in path.split("."))
