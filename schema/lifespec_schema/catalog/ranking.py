"""Metrics of ordered results; each is the mean over queries, so rows need the id of their query."""

from __future__ import annotations

from . import uncertainty
from .facts import LABELLED_ROWS, Metric, Parameter

_K = Parameter("k", "integer", None, "how many results of each query are looked at; default: all", low=1)

METRICS = (
    Metric(
        id="map",
        title="Mean average precision",
        meaning="The mean over queries of the precisions at each relevant result.",
        problems=("ranking",),
        inputs=("labels", "scores", "queryId"),
        tiers=LABELLED_ROWS,
        direction="increase",
        unit="ratio",
        low=0,
        high=1,
        per="unit",
        estimate="mean",
        standard="MAP",
        source="Introduction to Information Retrieval, Cambridge University Press 2008, section 8.4",
        parameters=(_K,),
        uncertainty=uncertainty.mean("queries"),
    ),
    Metric(
        id="ndcg",
        title="Normalised discounted cumulative gain",
        meaning="The mean over queries of the gain, discounted by rank, relative to that of the best order.",
        problems=("ranking",),
        inputs=("labels", "scores", "queryId"),
        tiers=LABELLED_ROWS,
        direction="increase",
        unit="ratio",
        low=0,
        high=1,
        per="unit",
        estimate="mean",
        standard="sklearn.metrics.ndcg_score",
        source="Cumulated gain-based evaluation of IR techniques, ACM Trans. Inf. Syst. 20(4), 2002",
        parameters=(_K,),
        uncertainty=uncertainty.mean("queries"),
    ),
    Metric(
        id="mrr",
        title="Mean reciprocal rank",
        meaning="The mean over queries of one divided by the rank of the first relevant result.",
        problems=("ranking",),
        inputs=("labels", "scores", "queryId"),
        tiers=LABELLED_ROWS,
        direction="increase",
        unit="ratio",
        low=0,
        high=1,
        per="unit",
        estimate="mean",
        standard="MRR",
        source="The TREC-8 Question Answering Track report, TREC 1999",
        parameters=(_K,),
        uncertainty=uncertainty.mean("queries"),
    ),
)
