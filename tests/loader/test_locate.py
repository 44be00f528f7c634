"""Paths become lines and columns."""

from __future__ import annotations

import pytest

from lifespec_schema.findings import Finding, Path, Place, Severity, Span
from lifespec_schema.loader import locate, source_lines

SPEC = """\
# a comment
kind: ModelLifecycle
spec:
  owner: {team: growth, email: x@example.com}
  empty:
  gates:
    - metric: rocAuc
      min: 0.8
    - {metric: recall, slices: [plan, age_band]}
    - [a, [b]]
  "quoted": 'two words'
  text: |
    line one
    line two
  shared: &shared
    x: 1
  again: *shared
  ? explicit
  : value
  naïve: [😀, ü, z]
"""


def finding(path: Path, *, on_key: bool = False, document: int = 0, file: str = "spec.yaml") -> Finding:
    return Finding("some-rule", Severity.ERROR, "wrong", Place(file, path, document, on_key))


def span(path: Path, text: str | bytes, *, on_key: bool = False, document: int = 0) -> Span | None:
    data = text.encode() if isinstance(text, str) else text
    return locate([finding(path, on_key=on_key, document=document)], {"spec.yaml": data})[0].place.span


VALUES = {
    "a scalar": (("kind",), (2, 7, 2, 21)),
    "a flow mapping": (("spec", "owner"), (4, 10, 4, 46)),
    "a value in a flow mapping": (("spec", "owner", "team"), (4, 17, 4, 23)),
    "a block mapping ends where its content ends": (("spec", "gates", 0), (7, 7, 8, 15)),
    "a block list": (("spec", "gates"), (7, 5, 10, 15)),
    "a value in a list": (("spec", "gates", 0, "min"), (8, 12, 8, 15)),
    "an item of a flow list": (("spec", "gates", 1, "slices", 1), (9, 39, 9, 47)),
    "an item of a list in a list": (("spec", "gates", 2, 1, 0), (10, 12, 10, 13)),
    "a quoted value, with its quotes": (("spec", "quoted"), (11, 13, 11, 24)),
    "a block text": (("spec", "text"), (12, 9, 15, 1)),
    "an anchored value, with its anchor": (("spec", "shared"), (15, 11, 16, 9)),
    "a value under an anchor": (("spec", "shared", "x"), (16, 8, 16, 9)),
    "an alias": (("spec", "again"), (17, 10, 17, 17)),
    "the value of an explicit key": (("spec", "explicit"), (19, 5, 19, 10)),
    "columns are characters": (("spec", "naïve", 2), (20, 17, 20, 18)),
    "the document": ((), (2, 1, 20, 19)),
    "an implicit null is at its key": (("spec", "empty"), (5, 3, 5, 8)),
    "a missing field is at its parent's key": (("spec", "owner", "phone"), (4, 3, 4, 8)),
    "a missing field of a missing field too": (("spec", "owner", "phone", "home"), (4, 3, 4, 8)),
    "a missing field of the document is at its first key": (("metadata",), (2, 1, 2, 5)),
    "a missing field of a list item is at its first key": (("spec", "gates", 0, "max"), (7, 7, 7, 13)),
    "a missing field of a flow list item is at its first key": (("spec", "gates", 1, "max"), (9, 8, 9, 14)),
    "a missing item of a list item is at its first item": (("spec", "gates", 2, 7), (10, 8, 10, 9)),
    "a missing item is at the list's key": (("spec", "gates", 9), (6, 3, 6, 8)),
    "a path that goes on in a scalar is at its key": (("kind", "x"), (2, 1, 2, 5)),
    "a key where there is a list is missing": (("spec", "gates", "min"), (6, 3, 6, 8)),
    "an index where there is a mapping is missing": (("spec", 0), (3, 1, 3, 5)),
    "what an alias repeats is at the alias's key": (("spec", "again", "x"), (17, 3, 17, 8)),
}


@pytest.mark.parametrize("case", VALUES)
def test_a_path_is_found(case):
    path, expected = VALUES[case]
    assert span(path, SPEC) == expected


KEYS = {
    "a key": (("kind",), (2, 1, 2, 5)),
    "a key of a flow mapping": (("spec", "owner", "email"), (4, 25, 4, 30)),
    "a quoted key": (("spec", "quoted"), (11, 3, 11, 11)),
    "an explicit key": (("spec", "explicit"), (18, 5, 18, 13)),
    "a key beyond ASCII": (("spec", "naïve"), (20, 3, 20, 8)),
    "a list item has no key, so it is the item": (("spec", "gates", 2), (10, 7, 10, 15)),
    "a missing key is at its parent's key": (("spec", "owner", "phone"), (4, 3, 4, 8)),
}


@pytest.mark.parametrize("case", KEYS)
def test_a_key_is_found(case):
    path, expected = KEYS[case]
    assert span(path, SPEC, on_key=True) == expected


OTHER = {
    "a later document": ("a: 1\n---\na: 2", ("a",), 1, (3, 4, 3, 5)),
    "a document that does not exist": ("a: 1", ("a",), 4, (1, 1, 1, 1)),
    "Windows line ends": ("a: 1\r\nb: 2\r\n", ("b",), 0, (2, 4, 2, 5)),
    "a byte order mark": ("\ufeffa: 1", ("a",), 0, (1, 4, 1, 5)),
    "a tab is one column": ("a:\t1", ("a",), 0, (1, 4, 1, 5)),
    "line separators in quotes are no line ends": ('a: "\u2028\u2028"\nb: 1', ("b",), 0, (2, 4, 2, 5)),
    "a key with a line separator": ('"x\u2028": 1', ("x\u2028",), 0, (1, 7, 1, 8)),
    "the first of two equal keys": ("a: 1\na: 2", ("a",), 0, (1, 4, 1, 5)),
    "inside the first of two equal keys": ("a: {b: 1}\na: {b: 2, c: 3}", ("a", "c"), 0, (1, 1, 1, 2)),
    "a string, not the number of the same text": ("1: x\n'1': y", ("1",), 0, (2, 6, 2, 7)),
    "an index, not the number as a key": ("a: {0: x}", ("a", 0), 0, (1, 1, 1, 2)),
    "behind a collection that is a key": ("? {a: {b: 1}}\n: {a: 2}\na: {b: 3}", ("a", "b"), 0, (3, 8, 3, 9)),
    "an empty flow mapping": ("a: {}", ("a",), 0, (1, 4, 1, 6)),
    "the start of an empty list item": ("a:\n- {}", ("a", 0, "x"), 0, (2, 3, 2, 5)),
    "before a syntax error": ("a: 1\nb: [", ("a",), 0, (1, 4, 1, 5)),
    "behind a syntax error, at the nearest parent": ("a: 1\nb: [x\n", ("b", 4), 0, (2, 1, 2, 2)),
    "in a file that is too deep": ("a: 1\nb: " + "[" * 1_000_000, ("a",), 0, (1, 4, 1, 5)),
    "in a file that is not text": (b"a: \xff", ("a",), 0, (1, 1, 1, 1)),
    "in an empty file": ("", ("a",), 0, (1, 1, 1, 1)),
}


@pytest.mark.parametrize("case", OTHER)
def test_a_path_is_found_also_in(case):
    text, path, document, expected = OTHER[case]
    assert span(path, text, document=document) == expected


def test_spans_cut_the_value_out_of_the_source():
    line, column, _, end = span(("spec", "naïve", 0), SPEC) or (0, 0, 0, 0)
    assert source_lines(SPEC.encode())[line - 1][column - 1 : end - 1] == "😀"


def test_a_file_that_is_not_given_stays_without_a_span():
    findings = locate([finding(("a",), file="other.yaml"), finding(("a",))], {"spec.yaml": b"a: 1"})
    assert [found.place.span for found in findings] == [None, (1, 4, 1, 5)]


def test_a_span_that_is_known_stays():
    known = Finding("some-rule", Severity.INFO, "odd", Place("spec.yaml", ("a",), span=Span(9, 9, 9, 9)))
    assert locate([known], {"spec.yaml": b"a: 1"}) == [known]


def test_related_places_are_located_too():
    related = (("here", Place("b.yaml", ("y",))), ("there", Place("c.yaml", ("z",))))
    found = Finding("some-rule", Severity.ERROR, "wrong", Place("a.yaml", ("x",), span=Span(1, 1, 1, 1)), "", related)
    located = locate([found], {"a.yaml": b"x: 1", "b.yaml": b"x: 1\ny: 2"})[0]
    assert [place.span for _, place in located.related] == [(2, 4, 2, 5), None]
    assert located.place == found.place


def test_findings_keep_their_order_and_all_else():
    findings = [finding(("b",)), finding(("a",)), finding(("a",), on_key=True)]
    located = locate(iter(findings), {"spec.yaml": b"a: 1\nb: 2"})
    assert [found.place._replace(span=None) for found in located] == [found.place for found in findings]
    assert [found.place.span for found in located] == [(2, 4, 2, 5), (1, 4, 1, 5), (1, 1, 1, 2)]
