"""Metrics of live and mirrored traffic; none needs labels."""

from __future__ import annotations

from . import uncertainty
from .facts import CLASSIFICATION, EVERY_PROBLEM, Metric, Parameter

_SIGNALS = "Site Reliability Engineering, O'Reilly 2016, chapter 6"


def _latency(percent: int, title: str) -> Metric:
    return Metric(
        id=f"latencyP{percent}",
        title=f"Latency, {title}",
        meaning=f"The time within which {percent}% of the requests are answered.",
        problems=EVERY_PROBLEM,
        inputs=("requestLog",),
        tiers=("offline", "shadow", "online"),
        direction="decrease",
        unit="seconds",
        low=0,
        high=None,
        per="request",
        estimate="share",
        standard="OpenTelemetry http.server.request.duration",
        source=_SIGNALS,
        percentile=percent / 100,
        uncertainty=uncertainty.percentile(percent / 100),
    )


METRICS = (
    _latency(50, "median"),
    _latency(90, "90th percentile"),
    _latency(95, "95th percentile"),
    _latency(99, "99th percentile"),
    Metric(
        id="errorRate",
        title="Error rate",
        meaning="The share of requests that are answered with a server error or not at all.",
        problems=EVERY_PROBLEM,
        inputs=("requestLog",),
        tiers=("shadow", "online"),
        direction="decrease",
        unit="ratio",
        low=0,
        high=1,
        per="request",
        estimate="share",
        standard="OpenTelemetry error.type of http.server.request.duration",
        source=_SIGNALS,
        uncertainty=uncertainty.share("requests"),
    ),
    Metric(
        id="throughput",
        title="Throughput",
        meaning="The requests answered in one second.",
        problems=EVERY_PROBLEM,
        inputs=("requestLog",),
        tiers=("shadow", "online"),
        direction="increase",
        unit="perSecond",
        low=0,
        high=None,
        per="dataset",
        estimate="statistic",
        standard="OpenTelemetry count of http.server.request.duration",
        source=_SIGNALS,
        uncertainty=uncertainty.RATE,
    ),
    Metric(
        id="disagreementRate",
        title="Disagreement rate",
        meaning="The share of mirrored requests for which candidate and stable predict different classes.",
        problems=CLASSIFICATION,
        inputs=("classes", "stablePredictions"),
        tiers=("shadow",),
        direction="decrease",
        unit="ratio",
        low=0,
        high=1,
        per="request",
        estimate="share",
        standard="disagreement rate",
        source="Assessing generalization of SGD via disagreement, ICLR 2022",
        uncertainty=uncertainty.share("requests"),
    ),
    Metric(
        id="predictionPsi",
        title="Population stability index of the predictions",
        meaning="The population stability index of the candidate's predictions against stable's on the same requests.",
        problems=EVERY_PROBLEM,
        inputs=("column", "stablePredictions"),
        tiers=("shadow",),
        direction="decrease",
        unit="score",
        low=0,
        high=None,
        per="dataset",
        estimate="statistic",
        standard="PSI",
        source="Credit Risk Scorecards, Wiley 2006",
        parameters=(
            Parameter("bins", "integer", 10, "the number of bins, by quantiles of stable's predictions", low=2),
        ),
        uncertainty=uncertainty.DIVERGENCE._replace(counted="requests"),
    ),
)
