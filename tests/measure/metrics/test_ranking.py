"""Metrics of ordered results against scikit-learn, and against all orders of what is tied: equal to 1e-9."""

from __future__ import annotations

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, ndcg_score

from measuring import Sample, measure

SEEDS = st.integers(0, 2**32 - 1)
SIZES = st.lists(st.integers(1, 12), min_size=1, max_size=8)
CUTS = st.one_of(st.none(), st.integers(1, 14))
same = pytest.approx


def case(seed, sizes, tied=False):
    random = np.random.default_rng(seed)
    queries = np.repeat(np.arange(len(sizes)), sizes)
    relevance = random.integers(0, 4, len(queries)) * (random.random(len(queries)) < 0.6)
    relevance[0] = 3
    scores = random.integers(0, 3, len(queries)).astype(float) if tied else random.random(len(queries))
    order = random.permutation(len(queries))
    return Sample(labels=relevance[order], scores=scores[order], queries=queries[order])


def by_query(sample):
    for query in np.unique(sample.queries):
        mine = sample.queries == query
        yield sample.labels[mine], sample.scores[mine]


@given(SEEDS, SIZES, CUTS, st.booleans())
def test_gain(seed, sizes, k, tied):
    sample = case(seed, sizes, tied)
    # scikit-learn refuses a query of one result; an irrelevant one at the end changes nothing.
    expected = [
        ndcg_score([[*labels, 0]], [[*scores, -1]], k=min(k, len(labels)) if k else len(labels))
        for labels, scores in by_query(sample)
    ]
    assert measure("ndcg", sample, {"k": k}).value == same(np.mean(expected), abs=1e-9)


@given(SEEDS, SIZES)
def test_precision(seed, sizes):
    sample = case(seed, sizes)
    expected = [
        average_precision_score(labels > 0, scores) if labels.any() else 0.0 for labels, scores in by_query(sample)
    ]
    assert measure("map", sample).value == same(np.mean(expected), abs=1e-9)


def precision_of(relevant, k):
    hits = [place for place, good in enumerate(relevant[:k]) if good]
    return sum((rank + 1) / (place + 1) for rank, place in enumerate(hits)) / min(sum(relevant), k)


def reciprocal_rank_of(relevant, k):
    return next((1 / (place + 1) for place, good in enumerate(relevant[:k]) if good), 0.0)


@pytest.mark.parametrize(("metric", "of"), [("map", precision_of), ("mrr", reciprocal_rank_of)])
@given(SEEDS, st.lists(st.integers(1, 5), min_size=1, max_size=3), CUTS)
def test_tied_results_count_as_the_mean_of_all_their_orders(metric, of, seed, sizes, k):
    sample = case(seed, sizes, tied=True)
    expected = []
    for labels, scores in by_query(sample):
        orders = [
            [labels[place] > 0 for place in order]
            for order in permutations(range(len(labels)))
            if all(scores[one] >= scores[two] for one, two in pairwise(order))
        ]
        cut = k or len(labels)
        expected.append(np.mean([of(order, cut) for order in orders]) if labels.any() else 0.0)
    assert measure(metric, sample, {"k": k}).value == same(np.mean(expected), abs=1e-9)


def test_queries_are_what_is_counted(value):
    sample = case(1, [3, 4, 5])
    assert measure("ndcg", sample).samples == 3
    assert value("mrr", sample.take(np.argsort(-sample.scores))) == same(value("mrr", sample))


def test_a_query_weighs_as_its_results_do(value):
    sample = Sample(
        labels=np.array([1, 0, 0, 1]),
        scores=np.array([0.9, 0.1, 0.9, 0.1]),
        queries=np.array([0, 0, 1, 1]),
        weights=np.array([3.0, 3.0, 1.0, 1.0]),
    )
    assert value("mrr", sample) == (3 * 1 + 1 * 0.5) / 4


@pytest.mark.parametrize("metric", ["map", "ndcg", "mrr"])
def test_undefined(metric, reason):
    sample = case(1, [3, 4])
    nothing = Sample(labels=np.zeros(7), scores=sample.scores, queries=sample.queries)
    assert reason(metric, nothing) == "no result is relevant to its query"
    negative = Sample(labels=-sample.labels.astype(float), scores=sample.scores, queries=sample.queries)
    assert reason(metric, negative) == "a relevance is below zero"
    lost = Sample(labels=sample.labels, scores=sample.scores, queries=np.full(7, -1))
    assert reason(metric, lost) == "queries are missing or infinite in 7 of 7 rows"
