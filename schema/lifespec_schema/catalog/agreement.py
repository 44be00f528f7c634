"""Agreement between those who label."""

from __future__ import annotations

from . import uncertainty
from .facts import CLASSIFICATION, Metric

METRICS = (
    Metric(
        id="cohenKappa",
        title="Cohen's kappa",
        meaning="How much more two raters agree than by chance: 0 is chance, 1 is always.",
        problems=CLASSIFICATION,
        inputs=("raters",),
        tiers=("contract",),
        direction="increase",
        unit="score",
        low=-1,
        high=1,
        per="dataset",
        estimate="statistic",
        standard="sklearn.metrics.cohen_kappa_score",
        source="A coefficient of agreement for nominal scales, Educational and Psychological Measurement 20(1), 1960",
        uncertainty=uncertainty.AGREEMENT,
    ),
)
