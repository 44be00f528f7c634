"""An entry and its document say the same, whatever the entry holds."""

from __future__ import annotations

from math import floor
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger_story import story
from lifespec_compiler.engine.values import (
    Cause,
    Checkpoint,
    Entry,
    Interval,
    Kind,
    Phase,
    Position,
    Revision,
)
from lifespec_compiler.statistics.sequential import Counts
from lifespec_runtime.ledger import times
from lifespec_runtime.ledger.fitting import fitted
from lifespec_runtime.ledger.lines import decisions, line_of, split
from lifespec_runtime.ledger.record import Subject, UnrecordableError, entry_of, record
from lifespec_schema.records import decision as schema
from lifespec_schema.records.decision import LifecycleDecision

SUBJECT = Subject("growth", "churn")
MANY = 64


def texts(most: int = 40):
    return st.text(st.characters(codec="utf-8"), min_size=1, max_size=most)


def words(*signs: str):
    """Names of letters, digits and these signs, which neither begin nor end with one of them."""
    return st.text(st.sampled_from("abcXYZ019" + "".join(signs)), max_size=20).map(lambda inner: f"a{inner}9")


def counts(good: Any, total: Any) -> Counts:
    """Counts that need not be whole."""
    return Counts(good, total)


DIGESTS = st.binary(min_size=32, max_size=32).map(lambda found: f"sha256:{found.hex()}")
STREAMS = words(*"@:._-")
NAMES = words(*"._-")
OBJECTS = words("-").map(str.lower)
MOMENTS = st.floats(2.0**23, 2.0**37, allow_nan=False)
NUMBERS = st.floats(-1e15, 1e15)
NATURALS = st.integers(0, 10**12)
REVISIONS = st.builds(Revision, DIGESTS, DIGESTS)
POSITIONS = st.builds(Position, st.sampled_from(get_args(Phase)), st.none() | st.integers(0, 63), st.integers(0, 100))
AMOUNTS = NATURALS | st.floats(0, 1e12)
COUNTS = st.tuples(AMOUNTS, AMOUNTS).map(lambda pair: counts(min(pair), max(pair)))
INTERVALS = st.builds(
    lambda ends, level, method: Interval(min(ends), max(ends), level, method),
    st.tuples(NUMBERS, NUMBERS),
    st.floats(0, 1, exclude_min=True),
    texts(),
)
CAUSES = st.builds(
    Cause,
    check=NAMES,
    path=texts(),
    verdict=st.sampled_from(["Pass", "Fail", "Inconclusive", "Error"]),
    value=st.none() | NUMBERS,
    samples=NATURALS,
    threshold=texts(),
    window=st.none() | NATURALS,
    bound=st.none() | NUMBERS,
    interval=st.none() | INTERVALS,
    evidence=st.none() | NUMBERS,
    counts=st.none() | COUNTS,
    stable=st.none() | COUNTS,
    slice=st.none() | texts(),
    quantity=st.none() | st.sampled_from(["difference", "relativeDifference"]),
    reason=st.just("") | texts(),
    report=st.none() | OBJECTS,
)
NAMED = st.lists(st.tuples(STREAMS, MOMENTS), max_size=3).map(tuple)
CHECKPOINTS = st.builds(
    Checkpoint,
    stable=st.none() | REVISIONS,
    nominated=st.none() | REVISIONS,
    refused=st.lists(REVISIONS, max_size=3).map(tuple),
    answered=NAMED,
    forgotten=st.just(0.0) | MOMENTS,
    fired=NAMED,
    trained=st.lists(MOMENTS, max_size=3).map(tuple),
)
ENTRIES = st.builds(
    Entry,
    sequence=st.integers(1, 10**12),
    kind=st.sampled_from(get_args(Kind)),
    at=MOMENTS,
    plan_hash=DIGESTS,
    policy_hash=DIGESTS,
    stream=st.none() | STREAMS,
    from_=st.none() | POSITIONS,
    to=st.none() | POSITIONS,
    revision=st.none() | REVISIONS,
    causes=st.lists(CAUSES, max_size=3).map(tuple),
    request=st.none() | OBJECTS,
    run=st.none() | STREAMS,
    reason=st.just("") | texts(),
    uid=st.just("") | st.uuids().map(str).filter(lambda uid: uid.strip("0-")),
    policy=st.none() | st.text(st.characters(codec="utf-8"), min_size=2, max_size=100),
    checkpoint=st.none() | CHECKPOINTS,
    version=st.none() | NAMES,
    nominated=st.none() | REVISIONS,
    asked=st.none() | MOMENTS,
)


def test_the_strategies_know_every_field():
    """A field that is added to an entry is searched here, too."""
    assert set(Entry._fields) == {
        *[
            "sequence",
            "kind",
            "at",
            "plan_hash",
            "policy_hash",
            "stream",
            "from_",
            "to",
            "revision",
            "causes",
            "request",
            "run",
            "reason",
            "uid",
        ],
        *["policy", "checkpoint", "version", "nominated", "asked"],
    }
    assert set(Cause._fields) == {
        *[
            "check",
            "path",
            "verdict",
            "value",
            "samples",
            "threshold",
            "window",
            "bound",
            "interval",
            "evidence",
            "counts",
            "stable",
            "slice",
        ],
        *["quantity", "reason", "report"],
    }
    assert set(Checkpoint._fields) == {*["stable", "nominated", "refused", "answered", "forgotten", "fired", "trained"]}


@given(ENTRIES)
def test_an_entry_comes_back_from_its_document_and_the_document_from_its_entry(entry):
    document = record(entry, SUBJECT)
    assert entry_of(document) == entry
    assert record(entry_of(document), SUBJECT) == document


@given(ENTRIES)
def test_an_entry_comes_back_from_its_line(entry):
    line = line_of(record(entry._replace(sequence=1), SUBJECT))
    assert line.isascii()
    assert line.count(b"\n") == 1
    lines, rest = split(line)
    assert rest == 0
    [found] = decisions(lines, "a file")
    assert found.entry == entry._replace(sequence=1)
    assert line_of(found.document) == line


@given(ENTRIES)
def test_no_part_of_a_line_is_a_line(entry):
    line = line_of(record(entry, SUBJECT))
    for end in range(0, len(line), max(1, len(line) // MANY)):
        assert split(line[:end]) == ([], end)
    assert split(line[:-1]) == ([], len(line) - 1)


def test_the_schema_has_no_field_that_the_engine_does_not_fill():
    dumped = [record(entry, SUBJECT).spec.model_dump(exclude_none=True) for entry in story()]
    for model, found in (
        (schema.LifecycleDecisionSpec, dumped),
        (schema.Cause, [cause for each in dumped for cause in each["causes"]]),
        (schema.Checkpoint, [each["checkpoint"] for each in dumped if "checkpoint" in each]),
    ):
        told = {key for each in found for key, value in each.items() if value not in ((), None)}
        assert set(model.model_fields) == told


def test_the_engine_and_the_schema_have_the_same_kinds_and_phases():
    fields = schema.LifecycleDecisionSpec.model_fields
    assert set(get_args(fields["kind"].annotation)) == set(get_args(Kind))
    assert set(get_args(schema.Phase)) == set(get_args(Phase))


def test_without_a_uid_it_has_none_when_it_comes_back():
    entry = story()[0]._replace(uid="")
    assert record(entry, SUBJECT).spec.uid.strip("0-") == ""
    assert entry_of(record(entry, SUBJECT)).uid == ""


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"at": 1e-10}, "no timestamp"),
        ({"at": float("nan")}, "no timestamp"),
        ({"at": 1e15}, "years"),
        ({"plan_hash": "sha256:short"}, "planHash"),
        ({"stream": "with a space"}, "stream"),
        ({"reason": "x" * 1025}, "reason"),
        ({"to": Position("Canary", 0, 101)}, "weight"),
        ({"causes": (Cause("a", "spec", "Pass", float("inf"), 1, "at most 1"),)}, "value"),
    ],
)
def test_what_a_document_cannot_say_is_refused_and_not_rounded(change, named):
    with pytest.raises(UnrecordableError, match=named):
        record(story()[0]._replace(**change), SUBJECT)


ANY_NUMBER = st.integers() | st.floats() | st.sampled_from([10**400, -(10**400), 1e300, 10**15 + 1, 10**12 + 1])
ANY_TEXT = st.builds(
    lambda text, times: text * times, st.text(st.characters(codec=None), max_size=9), st.integers(0, 300)
)
ANY_COUNTS = st.none() | st.builds(Counts, ANY_NUMBER, ANY_NUMBER)
WILD = st.builds(
    Cause,
    check=NAMES,
    path=ANY_TEXT,
    verdict=st.sampled_from(["Pass", "Fail", "Inconclusive", "Error"]),
    value=st.none() | ANY_NUMBER,
    samples=ANY_NUMBER,
    threshold=ANY_TEXT,
    window=st.none() | ANY_NUMBER,
    bound=st.none() | ANY_NUMBER,
    interval=st.none() | st.builds(Interval, ANY_NUMBER, ANY_NUMBER, ANY_NUMBER, ANY_TEXT),
    evidence=st.none() | ANY_NUMBER,
    counts=ANY_COUNTS,
    stable=ANY_COUNTS,
    slice=st.none() | ANY_TEXT,
    quantity=st.none() | st.sampled_from(["difference", "relativeDifference"]),
    reason=ANY_TEXT,
    report=st.none() | OBJECTS,
)


def is_sayable(text):
    return len(text) <= 1024 and not any("\ud800" <= each <= "\udfff" for each in text)


def is_number(value):
    return value is not None and -(10**15) <= value <= 10**15


def kept(cause):
    """What of a wild cause must come through, by field."""
    texts = {"path": cause.path, "threshold": cause.threshold, "slice": cause.slice, "reason": cause.reason}
    found = {name: text for name, text in texts.items() if text and is_sayable(text)}
    numbers = {"value": cause.value, "bound": cause.bound, "evidence": cause.evidence}
    found |= {name: number for name, number in numbers.items() if is_number(number)}
    for name, pair in (("counts", cause.counts), ("stable", cause.stable)):
        found |= {name: pair} if pair and 0 <= pair.good <= pair.total <= 10**12 else {}
    for name, count in (("samples", cause.samples), ("window", cause.window)):
        found |= {name: floor(count)} if count is not None and 0 <= count <= 10**12 else {}
    reach = cause.interval
    if reach and is_number(reach.low) and is_number(reach.high) and reach.low <= reach.high and 0.5 < reach.level < 1:
        found |= {"interval": reach} if 0 < len(reach.method) <= 128 and is_sayable(reach.method) else {}
    return found | {name: getattr(cause, name) for name in ("check", "verdict", "quantity", "report")}


@given(ENTRIES)
def test_nothing_is_cut_from_an_entry_that_fits(entry):
    assert fitted(entry) == entry


@given(ENTRIES, st.lists(WILD, max_size=2), ANY_TEXT, st.none() | st.floats())
def test_whatever_metrics_and_people_say_a_decision_can_be_recorded(entry, causes, reason, asked):
    wild = entry._replace(causes=tuple(causes), reason=reason, asked=asked)
    found = fitted(wild)
    line = line_of(record(found._replace(sequence=1), SUBJECT))
    [read] = decisions(split(line)[0], "a file")
    assert read.entry == found._replace(sequence=1)
    assert found._replace(causes=(), reason="", asked=None) == wild._replace(causes=(), reason="", asked=None)
    assert found.asked == (asked if asked is not None and 2**23 <= asked <= 2**37 else found.asked)
    assert found.reason == reason if is_sayable(reason) else len(found.reason) <= 1024
    for before, after in zip(causes, found.causes, strict=True):
        for name, value in kept(before).items():
            assert getattr(after, name) == value, name


def test_fractions_of_counts_are_recorded_as_they_are():
    good, total = 1000.5, 10000.5
    cause = Cause("brier", "spec", "Fail", good / total, 0, "at most 0.1", counts=counts(good, total))
    entry = story()[0]._replace(causes=(cause._replace(samples=total),))
    [found] = record(fitted(entry), SUBJECT).model_dump(mode="json", by_alias=True)["spec"]["causes"]
    assert (found["counts"], found["samples"]) == ({"good": good, "total": total}, 10000)


def test_whole_counts_are_written_as_whole_numbers():
    cause = Cause("errors", "spec", "Fail", 0.02, 50, "at most 0.01", counts=counts(1.0, 50.0))
    line = line_of(record(fitted(story()[0]._replace(causes=(cause,))), SUBJECT))
    assert b'"counts":{"good":1,"total":50}' in line


def test_half_a_character_of_a_reason_is_replaced():
    found = fitted(story()[0]._replace(reason="stop \ud800it"))
    assert record(found, SUBJECT).spec.reason == "stop ?it"


def test_the_largest_decision_can_be_read_again():
    text = "\U0001f600" * 1024
    cause = Cause(
        *("a" * 63, text, "Inconclusive", -1.2345678901234567e-300, 10**12, text, 10**12, -1.2345678901234567e-300),
        interval=Interval(-1.2345678901234567e-300, 1.2345678901234567e-300, 0.1234567890123456, text[:128]),
        evidence=-1.2345678901234567e-300,
        counts=counts(123456789012.3456, 123456789012.3457),
        stable=counts(123456789012.3456, 123456789012.3457),
        slice=text,
        quantity="relativeDifference",
        reason=text,
        report="a" * 253,
    )
    revision = Revision("sha256:" + "a" * 64, "sha256:" + "b" * 64)
    named = (("a" * 320, 2.0**31 + 2.0**-20),) * 1024
    entry = story()[0]._replace(
        causes=(cause,) * 512,
        reason=text,
        policy="\U0001f600" * 65536,
        checkpoint=Checkpoint(revision, revision, (revision,) * 1024, named, 0.0, named, (2.0**31 + 2.0**-20,) * 1024),
    )
    assert fitted(entry) == entry
    line = line_of(record(entry, SUBJECT))
    assert len(line) > 20 * 2**20
    [found] = decisions(split(line)[0], "a file")
    assert found.entry == entry


def test_of_too_many_verdicts_those_that_did_not_pass_are_kept():
    causes = [Cause(f"c{number}", "spec", "Pass", 1.0, 1, "any") for number in range(600)]
    causes[599] = causes[599]._replace(verdict="Fail")
    found = fitted(story()[0]._replace(causes=tuple(causes)))
    assert len(found.causes) == 512
    assert found.causes[0].verdict == "Fail"
    record(found, SUBJECT)


@given(MOMENTS)
def test_a_moment_comes_back_from_its_timestamp(at):
    assert times.moment(times.stamp(at)) == at


@given(st.datetimes(), st.integers(0, 10**9 - 1))
def test_what_a_timestamp_says_can_be_said_and_shown_again(day, nanoseconds):
    try:
        at = times.moment(f"{day.replace(microsecond=0).isoformat()}.{nanoseconds:09d}Z")
    except ValueError:
        assert day.year == 9999
        return
    assert times.moment(times.stamp(at)) == at
    assert times.moment(times.shown(at).replace(" ", "T")) == floor(at)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30T00:00:00Z",
        "2026-01-01T24:30:00Z",
        "2026-13-01T00:00:00Z",
        "9999-12-31T23:59:59.999999999Z",
        "2026-01-01T00:00+01Z",
        "2026-01-01T00:00:00.1e9Z",
        "2026-W47-7T08:00:00Z",
    ],
)
def test_a_time_that_there_is_not_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        times.moment(text)


def test_a_document_of_another_kind_is_none():
    values = record(story()[0], SUBJECT).model_dump(by_alias=True)
    with pytest.raises(ValueError, match="LifecycleDecision"):
        LifecycleDecision.model_validate({**values, "kind": "LifecycleReport"})
