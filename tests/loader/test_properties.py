"""What holds for all input, searched by hypothesis."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from lifespec_schema.findings import Finding, Path, Place, Severity
from lifespec_schema.loader import LOADER_RULES, locate, read, show_value, source_lines

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
# Keys that are equal in Unicode's normal form are duplicates; ASCII ones are only equal if they are the same.
KEYS = st.text(st.characters(codec="ascii"), max_size=8)
SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXT
)


def mappings(keys: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Mappings of JSON values, a few levels deep."""
    values = st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
        max_leaves=25,
    )
    return st.dictionaries(keys, values, max_size=6)


SNIPPETS = [
    "[",
    "]",
    "{",
    "}",
    "- ",
    "? ",
    ": ",
    ", ",
    "\n",
    "\n  ",
    "---\n",
    "...\n",
    "&a ",
    "*a",
    "!x ",
    "!!str ",
    "<<: ",
]
SNIPPETS += [
    "|\n",
    ">\n",
    '"',
    "'",
    "#",
    "%YAML 1.1\n",
    "%TAG ",
    "\t",
    "\r",
    "\x85",
    "\u2028",
    "\u202e",
    "\ufeff",
    "\0",
]
SNIPPETS += [
    "a: ",
    "b: ",
    "1: ",
    "012",
    ".nan",
    "1e999",
    "true",
    "~",
    "é",
    "e\u0301",
    "\U0001f600",
    "\\ud800",
    "@",
    "`",
]
SPEC = b"a: &x {b: [1, 'two', 3.0]}\nc:\n  - d: *x\n    e: |\n      text\n  - null\nf: \"g\\u00e9\"\n---\nh: {}\n"


def check(data: bytes) -> None:
    """`read` says something about everything, and what it says is in order."""
    documents, findings = read("spec.yaml", data)
    assert documents or any(finding.severity is Severity.ERROR for finding in findings)
    lines = source_lines(data)
    for finding in findings:
        span = finding.place.span
        assert finding.rule in LOADER_RULES
        assert finding.message.isprintable()
        assert span is not None
        assert 1 <= span.line <= len(lines)
        assert 1 <= span.column <= len(lines[span.line - 1]) + 1
        assert (span.line, span.column) <= (span.end_line, span.end_column)
        assert all(place.span is not None for _, place in finding.related)
    assert list(findings) == sorted(findings, key=lambda found: (found.rule == "too-many-findings", found.place.span))
    for document in documents:
        json.dumps(document.value, allow_nan=False)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_document_or_an_error(data):
    check(data)


@given(st.lists(st.sampled_from(SNIPPETS) | TEXT, max_size=30))
@example(["%YAML 1.1\n", "---\n", "a: ", "1"])
@example(["a: ", "\u2028", "\n", "\u2028"])
def test_any_mixture_of_yaml_gives_a_document_or_an_error(pieces):
    check("".join(pieces).encode("utf-8", "surrogatepass"))


@given(st.lists(st.tuples(st.integers(0, len(SPEC)), st.integers(0, 6), st.sampled_from(SNIPPETS)), max_size=4))
def test_a_damaged_spec_gives_a_document_or_an_error(edits):
    data = SPEC
    for start, length, snippet in edits:
        data = data[:start] + snippet.encode() + data[start + length :]
    check(data)


def same(left: Any, right: Any) -> bool:
    """Equal, types included: 1 is neither 1.0 nor true."""
    return json.dumps(left) == json.dumps(right)


def escaped(text: str) -> str:
    """Escape the characters that JSON takes raw and YAML does not."""
    refused = {0x7F, 0xFEFF, 0xFFFE, 0xFFFF, *range(0x80, 0x85), *range(0x86, 0xA0)}
    refused |= {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
    return text.translate({code: f"\\u{code:04x}" for code in refused})


@given(mappings(KEYS), st.sampled_from([None, 2]))
@example({"a": "\x85\u2028 \u2029"}, None)
def test_json_is_read_as_json(value, indent):
    documents, findings = read("spec.json", escaped(json.dumps(value, indent=indent, ensure_ascii=False)).encode())
    assert findings == ()
    assert same(documents[0].value, value)


# JSON's ASCII form writes characters beyond U+FFFF as two surrogates, which YAML's escapes are not.
@given(mappings(KEYS).filter(lambda value: all(ord(c) < 0x10000 for c in json.dumps(value, ensure_ascii=False))))
def test_json_in_ascii_is_read_as_json(value):
    documents, findings = read("spec.json", json.dumps(value).encode())
    assert findings == ()
    assert same(documents[0].value, value)


def nodes(node: yaml.Node, path: Path = ()) -> list[tuple[Path, yaml.Node]]:
    """Every node of a composed document with its path."""
    found = [(path, node)]
    if isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            found += nodes(child, (*path, index))
    elif isinstance(node, yaml.MappingNode):
        for key, child in node.value:
            found += nodes(child, (*path, key.value))
    return found


# The letter keeps the dumper, which writes YAML 1.1, from leaving a key such as 0E0 unquoted.
@given(mappings(KEYS.map("k{}".format)), st.sampled_from([None, True, False]))
def test_every_node_is_located_where_the_composer_sees_it(value, flow):
    text = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=False)
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    assert root is not None
    composed = nodes(root)
    findings = [Finding("some-rule", Severity.ERROR, "wrong", Place("spec.yaml", path)) for path, _ in composed]
    for finding, (path, node) in zip(locate(findings, {"spec.yaml": text.encode()}), composed, strict=True):
        start, end, span = node.start_mark, node.end_mark, finding.place.span
        assert span is not None, path
        assert (span.line, span.column) == (start.line + 1, start.column + 1), path
        if isinstance(node, yaml.ScalarNode) or (isinstance(node, yaml.CollectionNode) and node.flow_style):
            assert (span.end_line, span.end_column) == (end.line + 1, end.column + 1), path
        else:
            assert (span.end_line, span.end_column) <= (end.line + 1, end.column + 1), path


@given(st.text())
def test_shown_values_are_printable_and_short(text):
    shown = show_value(text)
    assert shown.isprintable()
    assert len(shown) <= 201


@pytest.mark.parametrize("count", [1, 7])
def test_reading_twice_gives_the_same(count):
    results = {repr(read("spec.yaml", SPEC.replace(b"two", b"\x07" * count))) for _ in range(3)}
    assert len(results) == 1
