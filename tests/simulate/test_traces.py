"""Recorded metrics are read from three kinds of files, and wrong ones refused with their place."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from lifespec_compiler.simulate.trace import Increment
from lifespec_runtime.simulation import trace_flaws
from lifespec_runtime.simulation.traces import read_trace
from traced import HEAD, csv, rows, trace

REQUESTS = {"__name__": "lifespec_requests_total", "revision": "new"}
ANSWERED = ("metric", "values", "__name__", "revision", "data", "result", "le", "code")
BUCKETS = {"__name__": "lifespec_request_seconds_bucket", "revision": "new"}


def wrong(data: bytes, file: str = "recorded.csv", **options) -> list[tuple[str, int]]:
    found, findings = read_trace(file, data, **options)
    assert found is None
    assert {one.rule for one in findings} <= trace_flaws.CODES.keys()
    return [(one.rule, one.place.span.line) for one in findings if one.place.span]


def told(data: bytes, file: str = "recorded.csv", **options) -> str:
    """What is said of a file with one flaw."""
    found, [finding] = read_trace(file, data, **options)
    assert found is None
    return f"{finding.message} {finding.help}"


# -- tables ------------------------------------------------------------------------------------------------------------


def test_counters_become_what_was_counted_between_two_readings():
    text = HEAD + "0,candidate,errorRate,0,0\n60,candidate,errorRate,3,100\n120,candidate,errorRate,4,150\n"
    assert trace(text.encode()).increments == (
        Increment(60, "candidate", "errorRate", 3, 100),
        Increment(120, "candidate", "errorRate", 1, 50),
    )


def test_a_counter_that_fell_counts_from_nothing_again():
    text = HEAD + "0,candidate,e,5,100\n60,candidate,e,1,20\n120,candidate,e,2,50\n"
    assert [one[3:] for one in trace(text.encode()).increments] == [(1, 20), (1, 30)]


def test_instances_count_by_themselves():
    head = HEAD.strip() + ",instance\n"
    text = head + "0,candidate,e,5,100,a\n0,candidate,e,0,0,b\n60,candidate,e,6,110,a\n60,candidate,e,2,5,b\n"
    assert sorted(one[3:] for one in trace(text.encode()).increments) == [(1, 10), (2, 5)]


def test_times_may_be_written_as_people_do():
    text = HEAD + "2026-11-02T09:00:00Z,candidate,e,0,0\n2026-11-02T10:01:00+01:00,candidate,e,1,9\n"
    assert trace(text.encode()).increments[0].at == 1793610060


def test_the_order_of_rows_and_blanks_after_commas_mean_nothing():
    found = rows(0.002, 2)
    text = HEAD.replace(",", ", ") + "".join(", ".join(map(str, row)) + "\n" for row in reversed(found))
    assert trace(text.encode()).increments == trace(csv(found)).increments
    assert trace(csv(found), "RECORDED.CSV").increments == trace(csv(found)).increments


def test_a_row_that_is_there_twice_is_one_reading():
    found = rows(0.002, 2)
    assert trace(csv(found * 2)).increments == trace(csv(found)).increments


def test_parquet_says_the_same_as_csv():
    found = rows(0.002, 2)
    columns = ("time", "revision", "check", "good", "total")
    written = io.BytesIO()
    parquet.write_table(pa.table({name: [row[index] for row in found] for index, name in enumerate(columns)}), written)
    assert trace(written.getvalue(), "recorded.parquet").increments == trace(csv(found)).increments


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"time": pa.array([0, 60 * 10**9], pa.timestamp("ns", tz="UTC"))}, []),
        ({"good": pa.array([Decimal(0), Decimal(1)])}, []),
        ({"revision": pa.array(["candidate"] * 2).dictionary_encode()}, []),
        ({"good": pa.array([None, 1])}, [("trace-missing-column", 1)]),
        ({"pod": pa.array(["a", "b"])}, [("trace-unknown-column", 1)]),
        ({"time": pa.array([0, 60], pa.timestamp("s"))}, [("trace-bad-time", 1), ("trace-bad-time", 2)]),
        ({"time": pa.array([0, 60], pa.duration("s"))}, [("trace-bad-time", 1), ("trace-bad-time", 2)]),
        ({"time": pa.array([0, 2**62], pa.timestamp("us", tz="UTC"))}, [("trace-not-read", 1)]),
        ({"time": pa.array([0, 60], pa.timestamp("s", tz="Mars/Phobos"))}, [("trace-not-read", 1)]),
        ({"total": pa.array([0, 2**63], pa.uint64())}, [("trace-bad-count", 2)]),
    ],
)
def test_any_column_of_parquet_is_read_or_refused(changed, expected):
    columns = {"time": [0, 60], "revision": ["candidate"] * 2, "check": ["e"] * 2, "good": [0, 1], "total": [0, 9]}
    parquet.write_table(pa.table({**columns, **changed}), written := io.BytesIO())
    found, findings = read_trace("recorded.parquet", written.getvalue())
    assert [(one.rule, one.place.span.line) for one in findings if one.place.span] == expected
    assert (found is None) == bool(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("time,check,good,total\n0,e,0,0\n", [("trace-missing-column", 1)]),
        (HEAD + "0,stable,e,0,\n", [("trace-missing-column", 2)]),
        (HEAD.strip() + ",pod\n0,stable,e,0,0,a\n", [("trace-unknown-column", 1)]),
        (HEAD.strip() + ",time\n0,stable,e,0,0,0\n", [("trace-unknown-column", 1)] * 2),
        (HEAD + "0,stable,e,0,0,0\n", [("trace-not-read", 2)]),
        (HEAD + '0,stable,"e,0,0\n', [("trace-not-read", 1)]),
        (HEAD + "0,new,e,0,0\n", [("trace-unknown-revision", 2)]),
        (HEAD + "0,stable,e,0,0\nyesterday,stable,e,1,1\n", [("trace-bad-time", 3)]),
        (HEAD + "2026-11-02T09:00:00,stable,e,1,1\n", [("trace-bad-time", 2)]),
        (HEAD + "-1,stable,e,1,1\n1e400,stable,e,1,1\nnan,stable,e,1,1\n", [("trace-bad-time", n) for n in (2, 3, 4)]),
        (HEAD + "1900-01-01T00:00:00Z,stable,e,1,1\n", [("trace-bad-time", 2)]),
        (HEAD + "0,stable,e,-1,0\n1,stable,e,2,1\n2,stable,e,nan,1\n", [("trace-bad-count", n) for n in (2, 3, 4)]),
        (
            HEAD + "0,stable,e,0.5,1\n1,stable,e,0,1e300\n2,stable,e,0,inf\n",
            [("trace-bad-count", n) for n in (2, 3, 4)],
        ),
        (HEAD + "0,stable,e,0,5\n1,stable,e,0,6\n1,stable,e,1,6\n", [("trace-two-readings", 4)]),
        (HEAD, [("trace-empty", 1)]),
        ("", [("trace-empty", 1)]),
        (HEAD + "0,candidate,e,0,0\n", [("trace-empty", 1)]),
        (HEAD + "0,stable,e,0,0\n60,stable,e,0,9\n", [("trace-empty", 1)]),
        (HEAD + "0,candidate,e,0,0\n1793610000,candidate,e,0,9\n", [("trace-too-long", 1)]),
    ],
)
def test_what_is_wrong_with_a_table_is_said_with_its_line(text, expected):
    assert wrong(text.encode()) == expected


@pytest.mark.parametrize(
    ("data", "advice"),
    [
        (csv(rows(0, 1)).decode().encode("utf-16"), "save it as UTF-8"),
        (csv(rows(0, 1)).replace(b",", b";"), "separated by commas"),
        ((HEAD + "1793610000000,stable,e,0,0\n").encode(), "milliseconds"),
        ((HEAD + "2026-11-02T09:00:00,stable,e,0,0\n").encode(), "no time zone"),
    ],
)
def test_what_people_often_get_wrong_is_named(data, advice):
    assert advice in told(data)


def test_of_flaws_of_one_kind_the_first_are_shown_and_the_others_counted():
    _, findings = read_trace("recorded.csv", (HEAD + "x,stable,e,0,0\n" * 1000 + "0,new,e,0,0\n").encode())
    assert [one.rule for one in findings] == ["trace-bad-time"] * 3 + ["trace-unknown-revision"]
    assert [" and 997 more" in one.message for one in findings] == [False, False, True, False]


@pytest.mark.parametrize("hours", [1, 8])
def test_several_servers_in_one_column_are_not_taken_for_restarts(hours):
    one = rows(0.002, hours)
    other = [(at + 30, role, check, good // 3, total // 3) for at, role, check, good, total in one]
    assert {code for code, _ in wrong(csv([*one, *other]))} == {"trace-no-counter"}


def test_what_was_counted_in_each_minute_is_no_counter():
    found = [(60 * minute, "candidate", "e", 0, 1000 + 37 * minute % 100) for minute in range(60)]
    assert wrong(csv(found)) == [("trace-no-counter", 1)]


def test_good_answers_are_not_taken_for_errors():
    found = [(at, role, check, total - good, total) for at, role, check, good, total in rows(0.002, 1)]
    assert "count the requests that failed" in told(csv(found))


# -- Prometheus --------------------------------------------------------------------------------------------------------


def answered(*series: tuple[dict[str, str], Sequence[tuple[int, float | str]]]) -> bytes:
    result = [{"metric": labels, "values": [[at, str(value)] for at, value in values]} for labels, values in series]
    return json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}}).encode()


def counted(*series: tuple[dict[str, str], Sequence[tuple[int, float | str]]]) -> list[tuple]:
    """What the candidate's series say: time, what, good, total."""
    found = trace(answered(*series), "recorded.json", candidate="new").increments
    return [(one.at, one.counted, one.good, one.total) for one in found if one.role == "candidate"]


def test_prometheus_counts_errors_by_code_and_slow_requests_by_bucket():
    old = {"__name__": "lifespec_requests_total", "revision": "old", "code": "200"}
    found = trace(
        answered(
            (old, [(0, 0), (60, 1000), (120, 2000), (180, 3000)]),
            ({**REQUESTS, "code": "200"}, [(60, 0), (120, 90), (180, 200)]),
            ({**REQUESTS, "code": "503"}, [(120, 10), (180, 11)]),
            ({**BUCKETS, "le": "0.12"}, [(60, 0), (120, 80), (180, 160)]),
            ({**BUCKETS, "le": "+Inf"}, [(60, 0), (120, 100), (180, 211)]),
        ),
        "recorded.json",
    )
    assert [one for one in found.increments if one.role == "candidate"] == [
        Increment(120, "candidate", "errorRate", 10, 100),
        Increment(120, "candidate", "latency>0.12", 20, 100),
        Increment(180, "candidate", "errorRate", 1, 111),
        Increment(180, "candidate", "latency>0.12", 31, 111),
    ]
    assert sum(one.total for one in found.increments if one.role == "stable") == 3000


def test_after_a_restart_what_had_failed_before_does_not_fail_again():
    assert counted(
        ({**REQUESTS, "code": "200"}, [(0, 1000), (60, 1100), (120, 10), (180, 40)]),
        ({**REQUESTS, "code": "500"}, [(0, 50), (60, 51), (180, 2)]),
    ) == [(60, "errorRate", 1, 101), (120, "errorRate", 0, 10), (180, "errorRate", 2, 32)]


def test_a_restart_is_one_of_all_counters_of_its_server():
    assert counted(
        ({**BUCKETS, "le": "0.12"}, [(0, 100), (60, 50)]),
        ({**BUCKETS, "le": "+Inf"}, [(0, 110), (60, 120)]),
    ) == [(60, "latency>0.12", 70, 120)]


@pytest.mark.parametrize("label", ["pod", "instance", "method", "zone"])
def test_series_that_differ_in_any_label_count_by_themselves(label):
    found = counted(
        ({**REQUESTS, "code": "200", label: "a"}, [(0, 0), (60, 100)]),
        ({**REQUESTS, "code": "200", label: "b"}, [(0, 500), (60, 507)]),
    )
    assert sum(one[3] for one in found) == 107


def test_series_of_other_queries_may_begin_later():
    assert counted(
        ({**REQUESTS, "code": "200"}, [(0, 1000), (60, 1100), (120, 1200)]),
        ({**BUCKETS, "le": "0.12"}, [(60, 1000), (120, 1090)]),
        ({**BUCKETS, "le": "+Inf"}, [(60, 1100), (120, 1200)]),
    ) == [(60, "errorRate", 0, 100), (120, "errorRate", 0, 100), (120, "latency>0.12", 10, 100)]


def test_a_counter_that_is_missing_for_a_moment_goes_on_from_where_it_was():
    assert counted(
        ({**REQUESTS, "code": "200"}, [(0, 0), (60, 100), (120, 200)]),
        ({**REQUESTS, "code": "500"}, [(0, 5), (120, 9)]),
    ) == [(60, "errorRate", 0, 100), (120, "errorRate", 4, 104)]


@pytest.mark.parametrize(("code", "failed"), [("500", 9), ("503", 9), ("timeout", 9), ("", 9), ("404", 0), ("200", 0)])
def test_errors_are_those_of_the_server_and_what_has_no_status(code, failed):
    assert counted(({**REQUESTS, "code": code}, [(0, 0), (60, 9)])) == [(60, "errorRate", failed, 9)]


def test_what_is_no_number_was_not_read():
    assert counted(({**REQUESTS, "code": "200"}, [(0, 5), (60, "NaN"), (120, 9)])) == [(120, "errorRate", 0, 4)]


restarting = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5), st.booleans()), min_size=2, max_size=30)


@given(st.lists(restarting, min_size=1, max_size=3))
def test_no_request_is_counted_twice_or_lost_however_often_servers_start_anew(servers):
    """Each server serves so many well and so many badly in a minute; at a restart it serves fewer than it ever has."""
    series, good, total = [], 0, 0
    for number, minutes in enumerate(servers):
        well, badly, readings = 1_000_000, 1_000, []
        for minute, (served, failed, restarts) in enumerate(minutes):
            if restarts and minute:
                well = badly = 0
            well, badly = well + served, badly + failed
            readings.append((60 * minute, well, badly))
            if minute:
                good, total = good + failed, total + served + failed
        for code, index in (("200", 1), ("500", 2)):
            labels = {**REQUESTS, "code": code, "pod": str(number)}
            series.append((labels, [(reading[0], reading[index]) for reading in readings]))
    hidden = any(_looks_like_none(minutes) for minutes in servers)
    if total and not hidden:
        found = counted(*series)
        assert (sum(one[2] for one in found), sum(one[3] for one in found)) == (good, total)


def _looks_like_none(minutes: list[tuple[int, int, bool]]) -> bool:
    """Whether a restart cannot be seen: its server served as much in a minute as since the restart before it."""
    served, failed = 1_000_000 + minutes[0][0], 1_000 + minutes[0][1]
    for well, badly, restarts in minutes[1:]:
        if restarts:
            if well >= served and badly >= failed:
                return True
            served = failed = 0
        served, failed = served + well, failed + badly
    return False


def test_which_revision_is_the_candidate_may_be_said():
    both = [({**REQUESTS, "revision": name, "code": "200"}, [(0, 0), (60, 9)]) for name in "ab"]
    assert wrong(answered(*both), "x.json") == [("trace-unknown-revision", 1)]
    assert {one.role for one in trace(answered(*both), "x.json", candidate="a").increments} == {"candidate", "stable"}
    assert wrong(answered(*both), "x.json", candidate="c") == [("trace-unknown-revision", 1)]


def test_more_than_two_revisions_are_not_made_into_two():
    three = [({**REQUESTS, "revision": name, "code": "200"}, [(i, 0), (60, 9)]) for i, name in enumerate("abc")]
    assert wrong(answered(*three), "x.json") == [("trace-unknown-revision", 1)]


def test_two_models_are_not_made_into_one():
    two = [
        ({**REQUESTS, "revision": name, "namespace": "growth", "lifecycle": name, "code": "200"}, [(i, 0), (60, 9)])
        for i, name in enumerate("ab")
    ]
    assert wrong(answered(*two), "x.json") == [("trace-several-models", 1)]
    assert "growth/a" in told(answered(*two), "x.json")


@pytest.mark.parametrize("value", ["-1", "+Inf", "1e300"])
def test_a_counter_that_cannot_be_is_refused(value):
    data = answered(({**REQUESTS, "code": "200"}, [(0, 0), (60, value)]))
    assert wrong(data, "x.json") == [("trace-bad-count", 1)]


@pytest.mark.parametrize("at", [float("nan"), float("inf"), -1, 1e300, 1_793_610_000_000])
def test_a_moment_that_cannot_be_is_refused(at):
    assert wrong(answered(({**REQUESTS, "code": "200"}, [(0, 0), (at, 9)])), "x.json") == [("trace-bad-time", 1)]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["matrix", "200", "1", "x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(ANSWERED), inner, max_size=4),
    max_leaves=12,
)


@given(json_values, json_values, json_values)
def test_any_answer_is_a_recording_or_is_refused(labels, values, result):
    series = {"metric": {**REQUESTS, "code": labels} if not isinstance(labels, dict) else labels, "values": values}
    for given_result in ([series], result):
        answer = {"status": "success", "data": {"resultType": "matrix", "result": given_result}}
        found, findings = read_trace("x.json", json.dumps(answer).encode())
        assert (found is None) == bool(findings)


def test_what_prometheus_said_instead_is_told():
    assert "query timed out" in told(b'{"status": "error", "error": "query timed out"}', "x.json")
    assert "a vector" in told(b'{"status": "success", "data": {"resultType": "vector", "result": []}}', "x.json")


# -- anything else -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "data"),
    [
        ("x.csv", b"time,revision\n\xff\xfe\n"),
        ("x.csv", gzip.compress(HEAD.encode(), mtime=0)),
        ("x.csv.gz", gzip.compress(HEAD.encode(), mtime=0)),
        ("x.parquet", b"PAR1 or so"),
        ("x.parquet", b""),
        ("x.json", b"{"),
        ("x.json", b""),
        ("x.json", '{"status": "error"}'.encode("utf-16-le")),
        ("x.json", b"[" * 100_000),
        ("x.json", b"[1]"),
        ("x.json", b"7"),
        ("x.json", b'{"data": {"resultType": "matrix", "result": [{"metric": {}, "values": [["a"]]}]}}'),
        ("x.txt", b""),
        ("csv", b""),
    ],
)
def test_another_file_is_no_recording(file, data):
    assert [code for code, _ in wrong(data, file)] == ["trace-not-read"]


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_recording_or_are_refused(data):
    for file in ("x.csv", "x.json"):
        for read in (data, HEAD.encode() + data):
            found, findings = read_trace(file, read)
            assert (found is None) == bool(findings)


@given(series=st.lists(st.lists(st.integers(0, 1000), min_size=2, max_size=20), min_size=1, max_size=3))
def test_a_counter_that_only_rises_has_counted_its_last_reading_less_its_first(series):
    found = [
        (60 * minute, "candidate", str(number), 0, total)
        for number, counts in enumerate(series)
        for minute, total in enumerate(accumulate(counts))
    ]
    wanted = sum(sum(counts[1:]) for counts in series)
    if wanted:
        assert sum(one.total for one in trace(csv(found)).increments) == wanted
