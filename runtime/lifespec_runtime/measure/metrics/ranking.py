"""Metrics of ordered results: one value for each query, and the mean over queries.

Results of one score have no order, so each value is the mean over all their orders (McSherry and Najork, 2008).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lifespec_runtime.measure.estimate import Undefined

from .losses import metric_of_losses
from .measured import Metric, Parameters, answered, flaw
from .sample import Codes, Floats, Sample


class Results(NamedTuple):
    """All results, ordered by query and falling score. Positions count from 0 inside a query."""

    starts: Codes
    """Where each query begins."""
    query: Codes
    """The query of each result, counted from 0."""
    position: Codes
    relevance: Floats
    tie: Codes
    """Where the group of the same query and score begins."""
    size: Codes
    """How many results are in that group."""


def results(sample: Sample) -> tuple[Sample, Results] | Undefined:
    """The labelled results in order; or why they cannot be used."""
    rows = answered(sample)
    scores = rows.probabilities if rows.scores is None else rows.scores
    wrong = flaw(rows, labels=rows.labels, scores=scores, queries=rows.queries)
    if wrong or rows.labels is None or scores is None or rows.queries is None:
        return wrong or Undefined("there are no labels")
    relevance = rows.labels.astype(np.float64)
    if relevance.min() < 0:
        return Undefined("a relevance is below zero", rows.rows)
    if not relevance.any():
        return Undefined("no result is relevant to its query", rows.rows)
    order = np.lexsort((-scores, rows.queries))
    ids, ordered = rows.queries[order], scores[order]
    new_query = np.concatenate(([True], ids[1:] != ids[:-1]))
    new_tie = new_query | np.concatenate(([True], ordered[1:] != ordered[:-1]))
    starts, ties = np.flatnonzero(new_query), np.flatnonzero(new_tie)
    query, tie = np.cumsum(new_query) - 1, np.cumsum(new_tie) - 1
    sizes = np.diff(np.append(ties, len(ids)))
    position = np.arange(len(ids)) - starts[query]
    found = Results(starts, query, position, relevance[order], ties[tie], sizes[tie])
    return _of_queries(rows.take(order[starts])), found


def _of_queries(firsts: Sample) -> Sample:
    """One row for each query; a query weighs what its first result weighs."""
    return Sample(queries=firsts.queries, weights=firsts.weights, clusters=firsts.clusters)


def _discounted_gain(found: Results, cut: Codes) -> Floats:
    discount = np.where(found.position < cut[found.query], 1 / np.log2(found.position + 2), 0.0)
    best = _descending(found)
    ideal = np.add.reduceat(best * discount, found.starts)
    gain = np.add.reduceat(_tied_mean(found, found.relevance) * discount, found.starts)
    return np.where(ideal > 0, gain / np.where(ideal > 0, ideal, 1.0), 0.0)


def _average_precision(found: Results, cut: Codes) -> Floats:
    relevant = (found.relevance > 0).astype(np.float64)
    share = _tied_mean(found, relevant)
    inside = np.arange(len(relevant)) - found.tie
    before = _before_tie(found, relevant)
    # Given that this place of the group holds a relevant result, the places above it share the others.
    above = np.where(found.size > 1, inside * (share * found.size - 1) / np.maximum(found.size - 1, 1), 0.0)
    at = share * (before + above + 1) / (found.position + 1)
    total = np.add.reduceat(relevant, found.starts)
    reachable = np.minimum(total, cut)
    summed = np.add.reduceat(np.where(found.position < cut[found.query], at, 0.0), found.starts)
    return np.where(total > 0, summed / np.where(total > 0, reachable, 1.0), 0.0)


def _reciprocal_rank(found: Results, cut: Codes) -> Floats:
    relevant = (found.relevance > 0).astype(np.float64)
    in_tie = np.rint(_tied_mean(found, relevant) * found.size)
    first_tie = (_before_tie(found, relevant) == 0) & (in_tie > 0)
    inside = np.arange(len(relevant)) - found.tie
    # The chance that the first relevant result of its group stands at this place: none of the places above is relevant.
    none_above = _chance_of_none(found.size, in_tie, inside)
    chance = none_above * in_tie / np.maximum(found.size - inside, 1)
    value = np.where(first_tie & (found.position < cut[found.query]), chance / (found.position + 1), 0.0)
    return np.asarray(np.add.reduceat(value, found.starts))


def _chance_of_none(size: Codes, relevant: Floats, places: Codes) -> Floats:
    """The chance that the first places of a shuffled group hold none of its relevant results."""
    from scipy.special import gammaln

    others = size - relevant
    possible = places <= others
    left = np.where(possible, others - places, 0.0)
    with np.errstate(invalid="ignore"):
        logarithm = gammaln(others + 1) - gammaln(left + 1) + gammaln(size - places + 1) - gammaln(size + 1)
    return np.where(possible, np.exp(logarithm), 0.0)


def _descending(found: Results) -> Floats:
    return np.asarray(found.relevance[np.lexsort((-found.relevance, found.query))])


def _tied_mean(found: Results, values: Floats) -> Floats:
    summed = np.concatenate(([0.0], np.cumsum(values)))
    return np.asarray((summed[found.tie + found.size] - summed[found.tie]) / found.size)


def _before_tie(found: Results, values: Floats) -> Floats:
    summed = np.concatenate(([0.0], np.cumsum(values)))
    return np.asarray(summed[found.tie] - summed[found.starts[found.query]])


def _metric(value: Callable[[Results, Codes], Floats]) -> Metric:
    def by_query(sample: Sample, parameters: Parameters) -> tuple[Sample, Floats] | Undefined:
        found = results(sample)
        if isinstance(found, Undefined):
            return found
        queries, ordered = found
        lengths = np.diff(np.append(ordered.starts, len(ordered.query)))
        k = parameters.get("k")
        return queries, value(ordered, lengths if k is None else np.minimum(lengths, int(k)))

    return metric_of_losses(by_query, 0, 1)


METRICS: dict[str, Metric] = {
    "map": _metric(_average_precision),
    "ndcg": _metric(_discounted_gain),
    "mrr": _metric(_reciprocal_rank),
}
