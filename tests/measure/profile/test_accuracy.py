"""What a profile says, held against the values themselves."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest

from lifespec_runtime.measure.profile import hashing, order, sketch, summary
from lifespec_runtime.measure.profile.column import column_profile
from lifespec_runtime.measure.profile.histogram import BINS, histogram, quantiles
from lifespec_runtime.measure.profile.moments import moments
from lifespec_runtime.measure.profile.view import View
from lifespec_runtime.measure.reading.columns import Column

CHANCE = np.random.default_rng(20261101)
SAMPLES = {
    "normal": CHANCE.normal(size=200_000),
    "lognormal": CHANCE.lognormal(0, 2, 200_000),
    "far": 1e9 + CHANCE.normal(size=200_000),
    "uniform": CHANCE.uniform(0, 1, 200_000),
    "few": CHANCE.integers(0, 300, 200_000).astype(float),
    "heavy": CHANCE.standard_cauchy(200_000),
}
SHARES = [0.0, 0.01, 0.25, 0.5, 0.75, 0.99, 1.0]


@pytest.mark.parametrize("name", SAMPLES)
def test_the_rank_of_a_quantile_is_off_by_half_a_per_cent_at_most(name):
    values = np.sort(SAMPLES[name])
    found = histogram(order.of_numbers(values))
    assert len(found.bins) <= BINS
    for share, quantile in zip(SHARES, quantiles(found, SHARES), strict=True):
        low, high = (np.searchsorted(values, quantile, side=side) / len(values) for side in ("left", "right"))
        assert low - 0.005 <= share <= high + 0.005


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_quantiles_of_few_values_are_numpys(size):
    values = CHANCE.normal(size=size).round(2)
    found = histogram(order.of_numbers(values))
    assert found.exact
    assert quantiles(found, SHARES) == pytest.approx(np.quantile(values, SHARES).tolist(), rel=1e-12, abs=1e-12)


def test_keys_are_in_the_order_of_the_numbers_and_lead_back_to_them():
    values = np.array([-np.finfo(float).max, -1.5, -1e-300, -5e-324, 0.0, 5e-324, 1e-300, 1.5, np.finfo(float).max])
    keys = order.of_numbers(values)
    assert (np.diff(keys) > 0).all()
    assert [order.to_number(int(key)) for key in keys] == values.tolist()
    assert order.of_numbers(np.array([-0.0])) == order.of_numbers(np.array([0.0]))


@pytest.mark.parametrize("name", SAMPLES)
def test_mean_and_variance_are_those_of_exact_arithmetic(name):
    values = SAMPLES[name][:5000]
    exact = [Fraction(value) for value in values]
    mean = sum(exact) / len(exact)
    squares = sum((value - mean) ** 2 for value in exact)
    parts = [moments(part) for part in np.array_split(values, 37)]
    merged = parts[0]
    for part in parts[1:]:
        merged = merged.merge(part)
    off = abs(Fraction(merged.mean) + Fraction(merged.rest) - mean)
    assert merged.deviation is not None
    assert off <= Fraction(merged.deviation) / 10**11
    assert merged.squares == pytest.approx(float(squares), rel=1e-11)


@pytest.mark.parametrize("count", [0, 1, 100, 3000, 40_000, 1_000_000])
def test_the_number_of_different_values_is_off_by_four_standard_errors_at_most(count):
    found = sketch.registers(hashing.of_integers(np.arange(count, dtype=np.int64)))
    assert sketch.estimate(found) == pytest.approx(count, rel=4 * sketch.ERROR)


def test_texts_have_equal_hashes_only_if_they_are_equal():
    texts = [
        "",
        "\0",
        "\0\0",
        *(f"{index}" for index in range(20_000)),
        *(f"{'x' * 40}{index}" for index in range(20_000)),
    ]
    hashes = hashing.of_texts(pa.array(texts))
    assert len(np.unique(hashes)) == len(texts)
    sliced = hashing.of_texts(pa.array(["other", *texts, "more"]).slice(1, len(texts)))
    assert (sliced == hashes).all()
    assert (hashing.of_texts(pa.array(texts, pa.large_string())) == hashes).all()


def test_the_hash_of_a_text_is_as_described():
    texts = ["", "churn", "späte Züge", "x" * 8, "x" * 17]
    assert hashing.of_texts(pa.array(texts)).tolist() == [_hash(text.encode()) for text in texts]


def _hash(text):
    found = _mixed(len(text))
    for start in range(0, len(text), 8):
        word = int.from_bytes(text[start : start + 8], "little")
        turned = (found << 7 | found >> 57) % 2**64
        found = _mixed(turned ^ word * 0xBF58476D1CE4E5B9 % 2**64)
    return found


def _mixed(value):
    """SplitMix64's finaliser, as its authors publish it."""
    value = (value + 0x9E3779B97F4A7C15) % 2**64
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    value = (value ^ value >> 27) * 0x94D049BB133111EB % 2**64
    return value ^ value >> 31


def test_a_profile_is_small_whatever_it_is_of():
    rows = 100_000
    table = {
        "id": ("string", [f"customer-{index}" for index in range(rows)]),
        "amount": ("number", CHANCE.lognormal(size=rows)),
        "when": ("timestamp", CHANCE.integers(0, 2**55, rows)),
    }
    columns = {
        name: column_profile(View(kind, pa.array(values, Column(name, kind).arrow)))
        for name, (kind, values) in table.items()
    }
    text = json.dumps(summary.as_json(summary.Profile(rows, columns)), separators=(",", ":"))
    assert len(text) < 16_000 * len(columns)
    assert "customer-" not in text
