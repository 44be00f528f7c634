"""Values in the contract's types, from each format."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lifespec_runtime.measure.reading.columns import Column
from lifespec_runtime.measure.reading.convert import converted
from lifespec_runtime.measure.reading.patterns import UnknownFormatError, strptime_format

MIDNIGHT = datetime(2024, 1, 1, tzinfo=UTC)


def as_text(kind, values, form=None):
    found = converted(pa.array(values, pa.string()), Column("x", kind, form), text=True)
    return found.values.to_pylist(), found.wrong.to_pylist() if found.wrong is not None else None


def typed(kind, values):
    found = converted(values, Column("x", kind))
    return found.values.to_pylist(), found.wrong.to_pylist() if found.wrong is not None else None


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (
            "integer",
            {"1": 1, "-7": -7, "9223372036854775807": 2**63 - 1},
            ["", " 1", "1.0", "0x10", "1e3", "9223372036854775808", "+1", "1_000"],
        ),
        (
            "number",
            {"1": 1.0, "-.5": -0.5, "1e3": 1000.0, "inf": float("inf"), "NaN": None, "1.": 1.0},
            ["", "1,5", "0x10", "1e", "--1", "1 ", "½"],
        ),
        ("boolean", {"true": True, "FALSE": False, "1": True, "0": False}, ["", "yes", "y", "on", "2"]),
        ("date", {"2024-02-29": date(2024, 2, 29)}, ["2023-02-29", "2024-2-9", "20240229", "2024-02-29T00:00", ""]),
        ("time", {"10:20": time(10, 20), "10:20:30.5": time(10, 20, 30, 500000)}, ["24:00", "1:2", ""]),
        (
            "timestamp",
            {
                "2024-02-29": datetime(2024, 2, 29, tzinfo=UTC),
                "2024-02-29 01:02": datetime(2024, 2, 29, 1, 2, tzinfo=UTC),
                "2024-02-29T01:02:03.5Z": datetime(2024, 2, 29, 1, 2, 3, 500000, tzinfo=UTC),
                "2024-02-29T01:02:03+02:00": datetime(2024, 2, 28, 23, 2, 3, tzinfo=UTC),
                "2024-02-29T01:02:03.123456789": datetime(2024, 2, 29, 1, 2, 3, 123456, tzinfo=UTC),
            },
            ["2023-02-29", "2024-02-29T25:00", "1709164800", ""],
        ),
    ],
)  # fmt: skip
def test_texts_have_one_spelling(kind, good, bad):
    assert as_text(kind, [*good, None]) == ([*good.values(), None], None)
    values, wrong = as_text(kind, [*bad, *good, None])
    assert values == [*[None] * len(bad), *good.values(), None]
    assert wrong == [*[True] * len(bad), *[False] * len(good), False]


@pytest.mark.parametrize(
    ("form", "text", "value"),
    [
        ("dd.MM.yyyy", "29.02.2024", date(2024, 2, 29)),
        ("yyyyMMdd", "20240229", date(2024, 2, 29)),
        ("d MMM yyyy", "9 Feb 2024", date(2024, 2, 9)),
    ],
)
def test_a_format_of_the_contract_is_obeyed(form, text, value):
    assert as_text("date", [text, None, "2024-02-29x"], form) == ([value, None, None], [False, False, True])


def test_a_format_with_quotes_and_zones_is_obeyed():
    values, _ = as_text("timestamp", ["2024-02-29T01:02:03+0200"], "yyyy-MM-dd'T'HH:mm:ssZ")
    assert values == [datetime(2024, 2, 28, 23, 2, 3, tzinfo=UTC)]


@pytest.mark.parametrize("form", ["yyyy-QQ", "'open", "yyyyy"])
def test_a_format_that_lifespec_does_not_read_is_refused(form):
    with pytest.raises(UnknownFormatError):
        strptime_format(form)


@pytest.mark.parametrize(
    ("kind", "values", "expected", "wrong"),
    [
        ("integer", pa.array([1.0, None, float("nan")]), [1, None, None], None),
        ("integer", pa.array([1.0, 2.5, 1e300]), [1, None, None], [False, True, True]),
        ("integer", pa.array([1, 2**63], pa.uint64()), [1, None], [False, True]),
        ("integer", pa.array(["1", None]), [None, None], [True, False]),
        ("integer", pa.array([True, None]), [None, None], [True, False]),
        ("number", pa.array([1, 2**60]), [1.0, float(2**60)], None),
        ("number", pa.array([1.5, float("nan"), None], pa.float32()), [1.5, None, None], None),
        ("string", pa.array(["a", None]).dictionary_encode(), ["a", None], None),
        ("string", pa.array([1, None]), [None, None], [True, False]),
        ("boolean", pa.array([0, 1]), [None, None], [True, True]),
        ("date", pa.array([MIDNIGHT, MIDNIGHT.replace(hour=5)]), [date(2024, 1, 1), None], [False, True]),
        ("date", pa.array(["2024-01-01", "x"]), [date(2024, 1, 1), None], [False, True]),
        ("timestamp", pa.array([date(2024, 1, 1)]), [datetime(2024, 1, 1, tzinfo=UTC)], None),
        ("timestamp", pa.array([10**18 + 1], pa.timestamp("ns")), [datetime(2001, 9, 9, 1, 46, 40, tzinfo=UTC)], None),
        ("number", pa.nulls(2), [None, None], None),
    ],
)  # fmt: skip
def test_typed_values_are_widened_and_never_guessed(kind, values, expected, wrong):
    assert typed(kind, values) == (expected, wrong)


rows = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.none() | st.integers(-(2**63), 2**63 - 1),
            "score": st.none() | st.floats(allow_nan=False, allow_infinity=False),
            "name": st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12),
            "active": st.none() | st.booleans(),
            "day": st.none() | st.dates(),
            "at": st.none() | st.datetimes(timezones=st.just(UTC)),
        }
    ),
    min_size=1,
    max_size=20,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(rows)
def test_every_format_gives_the_same_values(read_bytes, table):
    parquet = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(table, _schema()), parquet)
    lines = "".join(json.dumps(row, default=lambda value: value.isoformat()) + "\n" for row in table)
    for content, form in ((parquet.getvalue(), "parquet"), (lines, "jsonl"), (_as_csv(table), "csv")):
        found = read_bytes(content, form)
        assert found.codes == [], form
        for name in table[0]:
            assert found.column(name) == [row[name] for row in table], (form, name)
            assert found.wrong(name) == [], (form, name)


def _schema():
    types = [pa.int64(), pa.float64(), pa.string(), pa.bool_(), pa.date32(), pa.timestamp("us", "UTC")]
    return pa.schema(list(zip(("id", "score", "name", "active", "day", "at"), types, strict=True)))


def _as_csv(table):
    """As QUOTE_NOTNULL of later Pythons writes it: what is missing is empty, an empty text is quoted."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table[0])
    for row in table:
        cells = [_cell(row[name]) for name in table[0]]
        out.write(",".join(cells) + "\n")
    return out.getvalue().encode()


def _cell(value):
    if value is None:
        return ""
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return '"' + text.replace('"', '""') + '"' if isinstance(value, str) else text
