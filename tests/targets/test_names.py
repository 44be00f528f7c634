from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifespec_compiler.targets import kubernetes
from lifespec_compiler.targets.kubernetes import names
from lifespec_compiler.targets.kubernetes.measuring import schedule
from lifespec_schema.values.identifiers import LABEL_PATTERN, NAME_PATTERN

DNS_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
SERVICE = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
labels = st.from_regex(LABEL_PATTERN, fullmatch=True, alphabet="abz019-")
anything_named = st.from_regex(NAME_PATTERN, fullmatch=True, alphabet="abzAZ019-_.")
revisions = st.text("0123456789abcdef", min_size=10, max_size=10)
suffixes = st.sampled_from(["serving", "measuring", "training", "default-deny", "spec", "check-data"])


@given(labels, suffixes)
def test_derived_names_are_dns_labels(lifecycle, suffix):
    assert DNS_LABEL.fullmatch(names.derived(lifecycle, suffix))


@given(labels, revisions)
def test_the_longest_lifecycle_leaves_room_for_a_revision(lifecycle, revision):
    assert names.derived(lifecycle, revision) == f"{lifecycle}-{revision}"


@given(labels, revisions)
def test_services_begin_with_a_letter(lifecycle, revision):
    assert SERVICE.fullmatch(names.service(lifecycle, revision))
    assert SERVICE.fullmatch(names.service(lifecycle))


@given(st.lists(anything_named, min_size=1, max_size=4), st.sampled_from([52, 63]))
def test_joined_names_are_dns_labels_of_the_length_asked_for(parts, limit):
    name = names.joined(*parts, limit=limit)
    assert DNS_LABEL.fullmatch(name)
    assert len(name) <= limit


@given(st.lists(anything_named, min_size=1, max_size=3), st.lists(anything_named, min_size=1, max_size=3))
def test_different_parts_give_different_names(one, other):
    assert (names.joined(*one) == names.joined(*other)) is (one == other)


def test_parts_that_join_to_the_same_text_are_told_apart():
    assert names.joined("a", "drift", "b-drift-c") != names.joined("a-drift-b", "drift", "c")


@given(labels, suffixes, labels, suffixes)
def test_two_lifecycles_never_share_a_derived_name(one, suffix, other, other_suffix):
    same = names.derived(one, suffix) == names.derived(other, other_suffix)
    assert same is ((one, suffix) == (other, other_suffix))


@pytest.mark.parametrize("name", ["a" * 52, "9" * 52, "b" + "-" * 50 + "b"], ids=["letters", "digits", "dashes"])
def test_the_longest_names_give_valid_objects(name, planned, state, objects, built, validate_manifest):
    def rename(documents):
        documents.lifecycle["metadata"]["name"] = documents.model["spec"]["lifecycle"] = name
        documents.lifecycle["metadata"]["namespace"] = documents.model["metadata"]["namespace"] = "n" * 40
        documents.spec["monitoring"]["monitors"][0]["name"] = "M" * 63

    plan = planned(rename)
    made = [*objects(plan), *built(plan), *kubernetes.render(plan, state(plan, weight=50))]
    assert [found for item in made if (found := validate_manifest(item))] == []
    for item in made:
        assert len(item["metadata"]["name"]) <= (52 if item["kind"] == "CronJob" else 63)
        assert all(len(value) <= 63 for value in item["metadata"]["labels"].values())


@given(st.floats(1, 10**8), st.text(max_size=20))
def test_a_schedule_fires_at_least_as_often_as_asked(every, name):
    minute, hour, *rest = schedule(every, name).split()
    assert rest == ["*", "*", "*"]
    times = [time for time in range(24 * 60) if _fires(minute, time % 60) and _fires(hour, time // 60)]
    gaps = [after - before for before, after in zip(times, [*times[1:], times[0] + 24 * 60], strict=True)]
    assert max(gaps) * 60 <= max(every, 60)


def _fires(field, value):
    if field == "*":
        return True
    span, _, step = field.partition("/")
    first, _, last = span.partition("-")
    low, high = int(first), int(last or first)
    return low <= value <= high and (value - low) % int(step or 1) == 0
