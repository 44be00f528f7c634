"""Which leaves measuring is proven to act on, and what the others of them wait for."""

from __future__ import annotations

from collections.abc import Mapping

MEASURED: Mapping[str, str] = {
    "spec.objective.problem": "trainer",
    "spec.objective.positiveLabel": "trainer",
    "spec.objective.query": "trainer",
    "spec.objective.decisionThreshold": "evaluation",
    "spec.metrics": "metrics",
    "spec.data.contractRef": "data",
    "spec.data.sources": "data",
    "spec.data.sources.*.join": "rows",
    "spec.data.sources.*.snapshot.by": "trainer",
    "spec.data.sources.*.quality.*.must": "verdicts",
    "spec.data.sources.*.quality.*.severity": "verdicts",
    "spec.data.sources.*.outliers.*.action": "trainer",
    "spec.data.sources.*.freshness": "verdicts",
    "spec.data.sources.*.volume": "verdicts",
    "spec.data.labels.column": "rows",
    "spec.data.labels.baseRate": "data",
    "spec.data.labels.agreement.raters": "data",
    "spec.data.labels.agreement.min": "verdicts",
    "spec.data.splits": "rows",
    "spec.data.readiness": "verdicts",
    "spec.features": "trainer",
    "spec.experiments.candidates.*.search": "search",
    "spec.experiments.baselines": "evaluation",
    "spec.experiments.select": "search",
    "spec.experiments.tracking": "trainer",
    "spec.evaluation.offline": "verdicts",
    "spec.evaluation.offline.gates.*.metric": "evaluation",
    "spec.evaluation.offline.gates.*.against": "evaluation",
    "spec.evaluation.offline.fairness.*.metric": "evaluation",
    "spec.evaluation.offline.fairness.*.attribute": "evaluation",
    "spec.evaluation.offline.robustness.*.features": "evaluation",
    "spec.evaluation.offline.robustness.*.metric": "evaluation",
    "spec.evaluation.offline.robustness.*.perturb": "evaluation",
    "spec.evaluation.offline.robustness.*.scale": "evaluation",
    "spec.evaluation.offline.robustness.*.share": "evaluation",
    "spec.evaluation.offline.latency.batch": "evaluation",
}
"""By how a leaf's path begins, the longest such beginning: the way of `measured.SEEN` in which its effect shows."""

AWAITED: Mapping[str, str] = {
    "spec.data.sources.*.schema.*.availableAfter": "drift",
    "spec.data.labels.delay": "drift",
    "spec.data.labels.share": "drift",
    "spec.monitoring": "drift",
    "spec.retraining": "retraining",
}
"""By how a leaf's path begins: what its effect waits for. Late labels matter to monitors of live traffic."""


def standing(table: Mapping[str, str], path: str) -> str | None:
    """What a table says of a path."""
    known = [start for start in table if path.startswith(start)]
    return table[max(known, key=len)] if known else None
