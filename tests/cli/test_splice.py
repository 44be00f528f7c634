"""One edit of a YAML file changes what it is about, and not one character beside it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from layouts import Writer, comments
from lifespec_runtime.local.splice import edited, spliced
from lifespec_schema.loader import read

CASES: dict[str, tuple[str, tuple[str | int, ...], Any, str]] = {
    "a plain value": ("a: 1  # why\nb: 2\n", ("a",), 30, "a: 30  # why\nb: 2\n"),
    "a quoted value keeps its quotes": ("a: 'x'\nb: \"y\"\n", ("b",), "z", "a: 'x'\nb: \"z\"\n"),
    "single quotes too": ("a: 'x' # why\n", ("a",), "it's", "a: 'it''s' # why\n"),
    "a duration needs no quotes": ("a: {hold: 4h}\n", ("a", "hold"), "1h30m", "a: {hold: 1h30m}\n"),
    "a word that other readers take for a boolean does": ("a: x\n", ("a",), "off", 'a: "off"\n'),
    "letters beyond the first plane": ("a: x\n", ("a",), "💥", 'a: "💥"\n'),
    "what does not print": ("a: x\n", ("a",), "a\u200b\n\U000e0001", 'a: "a\\U0000200b\\n\\U000e0001"\n'),
    "a number as text": ("a: x\n", ("a",), "12", 'a: "12"\n'),
    "a key without a value": ("a:   # why\nb: 2\n", ("a",), "x", "a: x   # why\nb: 2\n"),
    "a block by a value": ("a:\n  - 1\n  - 2\nb: 2\n", ("a",), 3, "a: 3\nb: 2\n"),
    "inside a list": ("a:\n- x: 1\n- x: 2\n", ("a", 1, "x"), 3, "a:\n- x: 1\n- x: 3\n"),
    "a new key in a block": ("a:\n  b: 1  # why\n# end\n", ("a", "c"), "5%", "a:\n  b: 1  # why\n  c: 5%\n# end\n"),
    "a new key in braces": ("a: {b: 1, c: [2]} # why\n", ("a", "d"), 3, "a: {b: 1, c: [2], d: 3} # why\n"),
    "a new key in empty braces": ("a: {}\n", ("a", "d"), 3, "a: {d: 3}\n"),
    "a new key behind a comma": ("a: {b: 1,}\n", ("a", "d"), 3, "a: {b: 1, d: 3,}\n"),
    "a new key under a new key": ("a:\n  b: 1\n", ("a", "c", "d"), "x", "a:\n  b: 1\n  c: {d: x}\n"),
    "a new key under a key without a value": ("a:\nb: 2\n", ("a", "c"), "x", "a: {c: x}\nb: 2\n"),
    "a new key in a mapping of a list": ("a:\n  - b: 1\n", ("a", 0, "c"), 2, "a:\n  - b: 1\n    c: 2\n"),
    "a new key at the end of a file without a line end": ("a: 1", ("b",), 2, "a: 1\nb: 2"),
    "a new key behind a block of text": ("a: |\n  x\n\n# c\n", ("b",), 2, "a: |\n  x\nb: 2\n\n# c\n"),
    "Windows line ends": ("a: 1\r\nb:\r\n  c: 1\r\n", ("b", "d"), 2, "a: 1\r\nb:\r\n  c: 1\r\n  d: 2\r\n"),
    "a byte order mark": ("\ufeffa: ä\nb: 1\n", ("b",), 2, "\ufeffa: ä\nb: 2\n"),
    "wide characters before it": ("a: '日本💥' \nb: 1\n", ("b",), 2, "a: '日本💥' \nb: 2\n"),
    "a line of a block goes with its comment": ("a: 1\nb: 2  # b\nc: 3\n", ("b",), None, "a: 1\nc: 3\n"),
    "the comment above it stays": ("a: 1\n# why\nb: 2\nc: 3\n", ("b",), None, "a: 1\n# why\nc: 3\n"),
    "an item of a list": ("a:\n  - 1\n  - b: 2\n    c: 3\n  - 4\n", ("a", 1), None, "a:\n  - 1\n  - 4\n"),
    "an item whose dash has a comment": ("a:\n  -  # why\n    b: 2\n  - 4\n", ("a", 0), None, "a:\n  - 4\n"),
    "the last line of a file without a line end": ("a: 1\nb: 2", ("b",), None, "a: 1"),
    "the only item of a block": (
        "a:  # why\n  # one\n  - 1 # x\nb: 2\n",
        ("a", 0),
        None,
        "a: []  # why\n  # one\nb: 2\n",
    ),
    "the first key of a list's mapping": ("a:\n  - b: 1\n    c: 2\n", ("a", 0, "b"), None, "a:\n  - c: 2\n"),
    "the first in brackets": ("a: [1, 2, 3]\n", ("a", 0), None, "a: [2, 3]\n"),
    "one in brackets": ("a: [1, 2, 3]\n", ("a", 1), None, "a: [1, 3]\n"),
    "the last in brackets": ("a: [1, 2, 3] # c\n", ("a", 2), None, "a: [1, 2] # c\n"),
    "the last in spaced brackets": ("a: [ 1, 2 ]\n", ("a", 1), None, "a: [ 1 ]\n"),
    "the only one in brackets": ("a: [1]\n", ("a", 0), None, "a: []\n"),
    "a key in braces": ("a: {b: 1, c: 2}\n", ("a", "b"), None, "a: {c: 2}\n"),
    "one of brackets over lines": (
        "a: [\n  1,  # one\n  2   # two\n]\n",
        ("a", 1),
        None,
        "a: [\n  1  # one\n  # two\n]\n",
    ),
    "the first of brackets over lines": ("a: [\n  1,\n  2,\n]\n", ("a", 0), None, "a: [\n  2,\n]\n"),
    "in the second document": ("a: 1\n---\na: 1\n", ("a",), 2, "a: 2\n---\na: 1\n"),
}


@pytest.mark.parametrize(("before", "path", "value", "after"), CASES.values(), ids=CASES)
def test_an_edit_changes_only_its_place(before, path, value, after):
    assert spliced(before.encode(), 0, path, value) == after.encode()


REFUSED: dict[str, tuple[str, tuple[str | int, ...], Any]] = {
    "what an alias repeats": ("a: &x {b: 1}\nc: *x\n", ("c", "b"), 2),
    "what an alias repeats elsewhere": ("a: &x {b: 1}\nc: *x\n", ("a", "b"), 2),
    "the anchor that an alias needs": ("a: &x 1\nb: *x\n", ("a",), 2),
    "a key that is not there": ("a: 1\n", ("b",), None),
    "an item that is not there": ("a: [1]\n", ("a", 3), None),
    "a key in a text": ("a: x\n", ("a", "b"), 2),
    "an index in a mapping": ("a: {b: 1}\n", ("a", 0), 2),
    "a document that is not there": ("# nothing\n", ("a",), 2),
    "a file that cannot be read": ("a: [\n", ("a",), 2),
    "the document itself": ("a: 1\n", (), 2),
    "a comment that would be lost": ("a:\n  - b: 1  # why\n    c: 2\n", ("a", 0, "b"), None),
    "blanks at the end of a text": ("a: |+\n  x\n\n\nb: 1\n", ("a", "c"), 2),
}


@pytest.mark.parametrize(("before", "path", "value"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_fit_is_not_done(before, path, value):
    assert spliced(before.encode(), 0, path, value) is None


WORDS = ["plan", "30d", "5%", "it's", "a: b", "# no comment", "yes", "7", "", " x ", 'say "so"', "ä💥", "a,b", "true"]
scalars = st.one_of(st.sampled_from(WORDS), st.integers(-5, 5), st.booleans(), st.sampled_from([0.5, 1e-7, -2.25]))
keys = st.sampled_from(["name", "weight", "max", "steps", "b c", "on", "x.y"])
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(keys, inner, max_size=4)),
    max_leaves=12,
)
documents = st.dictionaries(keys, values, min_size=1, max_size=5)


@st.composite
def cases(draw):
    document = draw(documents)
    text = Writer(draw(st.randoms(use_true_random=True))).text(document)
    path: tuple[Any, ...] = ()
    inner: Any = document
    while isinstance(inner, (dict, list)) and inner and (not path or draw(st.booleans())):
        part = draw(st.sampled_from(list(inner) if isinstance(inner, dict) else list(range(len(inner)))))
        path, inner = (*path, part), inner[part]
    kind = draw(st.sampled_from(["replace", "delete", "add"]))
    if kind == "add":
        assume(isinstance(inner, dict))
        path = (*path, draw(st.sampled_from(["new", "new key"])), *draw(st.sampled_from([(), ("deeper",)])))
    assume(kind != "delete" or len(path) > 1 or len(document) > 1)  # nothing would be left
    return document, text, path, None if kind == "delete" else draw(values)


@given(cases())
def test_any_edit_of_any_layout_is_that_edit_and_nothing_else(case):
    document, text, path, value = case
    assert [found.value for found in read("", text.encode())[0]] == [document], "the writer of this test is wrong"
    result = spliced(text.encode(), 0, path, value)
    start, end = neighbourhood(text, path, deletes=value is None)
    if result is None:
        assert "#" in text[start:end] or (value is None and len(path) > 1 and isinstance(path[-1], int))
        return
    after = result.decode()
    assert YAML(typ="safe", pure=True).load(after) == edited(document, path, value), "a second reader reads it so too"
    assert after.startswith(text[:start])
    assert after.endswith(text[end:])
    within = text[start:end] if value is None or isinstance(lookup(document, path), (dict, list)) else ""
    assert comments(after) <= comments(text)
    assert comments(text) - comments(after) <= comments(within)


def lookup(document, path):
    for part in path:
        if document is None or (isinstance(document, dict) and part not in document):
            return None
        document = document[part]
    return document


def neighbourhood(text, path, *, deletes):
    """The stretch that an edit may change, as another parser sees it; nothing where it only adds."""
    node: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    above: Any = None
    key: Any = None
    for part in path:
        index = part if isinstance(part, int) else None
        if index is None:
            index = next((n for n, (name, _) in enumerate(node.value) if name.value == part), None)
        if index is None:
            at = place_to_add(text, node)
            return at, at
        above = (node, index, key)
        key, node = (None, node.value[index]) if isinstance(part, int) else node.value[index]
    start, end = extent(node)
    if not deletes:
        return (key.end_mark.index if key and is_block(node) else start), end
    parent, index, key = above
    before = extent(parent.value[index - 1])[1] if index else (key.end_mark.index if key else extent(parent)[0])
    behind = extent(parent.value[index + 1])[0] if index + 1 < len(parent.value) else len(text)
    return before, behind


def place_to_add(text, node):
    """Behind what a mapping holds, in lines of its own where the others have such."""
    end = extent(node)[1] if node.value else node.start_mark.index + 1
    if node.value and not is_block(node):
        end = extent(node.value[-1])[1]
    return (
        min((n for n in (text.find("\r", end), text.find("\n", end)) if n >= 0), default=len(text))
        if is_block(node)
        else end
    )


def is_block(node):
    return not isinstance(node, yaml.ScalarNode) and not node.flow_style


def extent(node):
    """From the first to behind the last character of a node or of a pair; a block of lines ends at its last value."""
    if isinstance(node, tuple):
        return node[0].start_mark.index, extent(node[1])[1]
    return node.start_mark.index, extent(node.value[-1])[1] if is_block(node) else node.end_mark.index
