"""Recorded metrics: read from three kinds of files, wrong ones with their place, and decided on as one would expect."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence

import pyarrow as pa
import pytest
from pyarrow import parquet

from lifespec_compiler.simulate.reading import built_in
from lifespec_compiler.simulate.replaying import replay
from lifespec_compiler.simulate.trace import Increment, Trace
from lifespec_runtime.simulation.traces import read_trace
from virtual.lifecycle import NEW_MODEL, planned

BEGAN = 1_793_610_000
HEAD = "time,revision,check,good,total\n"
PLAN = planned(NEW_MODEL)


def rows(error_rate: float, hours: float = 40, *, stops: float = 1e9, restarts: float = 1e9) -> list[tuple]:
    """Counters of both sides, a reading a minute, 50 requests a second."""
    found = []
    for role, share, asked in (("stable", 0.001, 2700), ("candidate", error_rate, 300)):
        good = total = 0.0
        for minute in range(int(hours * 60) + 1):
            if minute == restarts * 60:
                good = total = 0.0
            if minute / 60 < stops:
                found.append((BEGAN + 60 * minute, role, "errorRate", round(good), round(total)))
            good, total = good + asked * share, total + asked
    return found


def csv(found: list[tuple]) -> bytes:
    return (HEAD + "".join(",".join(map(str, row)) + "\n" for row in found)).encode()


def trace(data: bytes, file: str = "recorded.csv", **options) -> Trace:
    found, findings = read_trace(file, data, **options)
    assert found is not None, findings
    return found


def wrong(data: bytes, file: str = "recorded.csv") -> list[tuple[str, int]]:
    found, findings = read_trace(file, data)
    assert found is None
    return [(one.rule, one.place.span.line) for one in findings if one.place.span]


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


def test_parquet_says_the_same_as_csv():
    found = rows(0.002, 2)
    columns = ("time", "revision", "check", "good", "total")
    written = io.BytesIO()
    parquet.write_table(pa.table({name: [row[index] for row in found] for index, name in enumerate(columns)}), written)
    assert trace(written.getvalue(), "recorded.parquet").increments == trace(csv(found)).increments


def answered(*series: tuple[dict[str, str], Sequence[tuple[int, float]]]) -> bytes:
    result = [{"metric": labels, "values": [[at, str(value)] for at, value in values]} for labels, values in series]
    return json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}}).encode()


def test_prometheus_counts_errors_by_code_and_slow_requests_by_bucket():
    requests = {"__name__": "lifespec_requests_total", "revision": "new"}
    buckets = {"__name__": "lifespec_request_seconds_bucket", "revision": "new"}
    old = {"__name__": "lifespec_requests_total", "revision": "old", "code": "200"}
    found = trace(
        answered(
            (old, [(0, 0), (60, 1000), (120, 2000), (180, 3000)]),
            ({**requests, "code": "200"}, [(60, 0), (120, 90), (180, 200)]),
            ({**requests, "code": "503"}, [(120, 10), (180, 11)]),
            ({**buckets, "le": "0.12"}, [(60, 0), (120, 80), (180, 160)]),
            ({**buckets, "le": "+Inf"}, [(60, 0), (120, 100), (180, 211)]),
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


def test_which_revision_is_the_candidate_may_be_said():
    both = [
        ({"__name__": "lifespec_requests_total", "revision": name, "code": "200"}, [(0, 0), (60, 9)]) for name in "ab"
    ]
    assert read_trace("x.json", answered(*both))[1][0].rule == "trace-unknown-revision"
    assert {one.role for one in trace(answered(*both), "x.json", candidate="a").increments} == {"candidate", "stable"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("time,check,good,total\n0,e,0,0\n", [("trace-missing-column", 2)]),
        (HEAD + "0,new,e,0,0\n", [("trace-unknown-revision", 2)]),
        (HEAD + "0,stable,e,0,0\nyesterday,stable,e,1,1\n", [("trace-bad-time", 3)]),
        (HEAD + "2026-11-02T09:00:00,stable,e,1,1\n", [("trace-bad-time", 2)]),
        (
            HEAD + "0,stable,e,-1,0\n1,stable,e,2,1\n2,stable,e,nan,1\n3,stable,e,0.5,1\n",
            [("trace-bad-count", n) for n in (2, 3, 4, 5)],
        ),
        (HEAD, [("trace-empty", 1)]),
        (HEAD + "0,candidate,e,0,0\n", [("trace-empty", 1)]),
    ],
)
def test_what_is_wrong_with_a_table_is_said_with_its_line(text, expected):
    assert wrong(text.encode()) == expected


@pytest.mark.parametrize(
    ("file", "data"),
    [
        ("x.csv", b"time,revision\n\xff\xfe\n"),
        ("x.parquet", b"PAR1 or so"),
        ("x.json", b"{"),
        ("x.json", b'{"status": "success", "data": {"resultType": "vector", "result": []}}'),
        ("x.json", b'{"status": "error"}'),
        ("x.json", b"[1]"),
        ("x.txt", b""),
    ],
)
def test_another_file_is_no_recording(file, data):
    assert [code for code, _ in wrong(data, file)] == ["trace-not-read"]


def test_an_endless_list_of_flaws_is_cut():
    assert len(wrong((HEAD + "x,stable,e,0,0\n" * 1000).encode())) == 20


# -- the decisions -----------------------------------------------------------------------------------------------------


def test_a_recorded_healthy_candidate_is_promoted_and_its_gate_saw_just_what_was_recorded():
    found = replay(PLAN, trace(csv(rows(0.002))), built_in("healthy"))
    assert found.ending == "promoted"
    assert found.scenario == "recorded.csv"
    advanced = [entry for entry in found.entries if entry.kind == "advance"]
    (cause,) = [cause for cause in advanced[1].causes if cause.check == "errors"]
    assert cause.verdict == "Pass"
    assert cause.samples == pytest.approx(4 * 3600 * 5, rel=0.01)
    assert cause.value == pytest.approx(0.002, rel=0.05)


def test_a_recorded_bad_candidate_is_rolled_back_after_the_second_window():
    guarded = planned(NEW_MODEL, evaluation={"online": None})
    found = replay(guarded, trace(csv(rows(0.02))), built_in("healthy"))
    assert found.ending == "rolledBack"
    rolled = next(entry for entry in found.entries if entry.kind == "rollBack")
    advanced = next(entry for entry in found.entries if entry.kind == "advance")
    assert 1800 <= rolled.at - advanced.at <= 1800 + 120


def test_a_restart_of_the_servers_changes_nothing():
    one, other = (
        replay(PLAN, trace(csv(rows(0.002, restarts=restarts))), built_in("healthy")) for restarts in (1e9, 3.0)
    )
    assert [(entry.kind, entry.at) for entry in one.entries] == [(entry.kind, entry.at) for entry in other.entries]


def test_a_recording_in_which_the_candidate_falls_silent_promotes_nothing():
    found = replay(
        PLAN,
        trace(csv([row for row in rows(0.002) if row[1] == "stable" or row[0] < BEGAN + 7200])),
        built_in("healthy"),
    )
    assert found.ending == "rolledBack"


def test_what_was_not_recorded_has_no_data_and_is_named():
    plan = planned(
        NEW_MODEL, evaluation={"online": {"gates": [{"name": "fast", "metric": "latencyP99", "max": "120ms"}]}}
    )
    found = replay(plan, trace(csv(rows(0.002))), built_in("healthy"))
    assert found.ending == "rolledBack"
    assert any("fast" in told for told in found.assumptions)
