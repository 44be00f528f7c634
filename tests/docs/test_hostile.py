"""Whatever people write in a text, a card has the same structure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from goldens import ROOT
from lifecycles import plan_of
from lifespec_compiler.plan import Plan
from lifespec_compiler.targets.docs.card import card
from lifespec_compiler.targets.docs.markdown import bullets, code, table, text
from lifespec_schema.export.leaves import leaves
from lifespec_schema.spec.lifecycle import ModelLifecycle

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
INJECTIONS = [
    "| a | b |",
    "a \\| b \\",
    "`code` ``",
    "```\ncode",
    "~~~",
    "~~gone~~",
    "<script>alert(1)</script>",
    "<!-- hidden",
    "<img src=x onerror=alert(1)>",
    "&lt;b&gt; &amp; &#124; &nbsp;",
    "[click](javascript:alert(1))",
    "![picture](https://example.com/x.png)",
    "[reference]: https://example.com",
    "<https://example.com>",
    "https://example.com/a_b_c www.example.com",
    "**bold** __bold__ *it* _it_",
    "# heading",
    "- item",
    "+ item",
    "* item",
    "> quote",
    "1. item",
    "12) item",
    "===",
    "---",
    "    indented",
    "a\n\n# heading\n\n| b |\n| --- |",
    "a  \nb\\\nc",
    "%%{init: {'theme': 'dark'}}%%",
    'label"] --> x["',
    "$x^2$ $`x`$",
    "\u202eright to left\u200b",
    "\x00\x1b[31m\x7f\x85\u2028",
    " ",
    "\\",
]
MARKS = st.text(st.sampled_from("|`~<>&[]()!*_#-+=\\\"'$%{}:;/.,1 \n\tab\u202e\u2028é😀"), min_size=1, max_size=60)
HOSTILE = st.one_of(st.sampled_from(INJECTIONS), st.text(min_size=1, max_size=60), MARKS)
TEXTS = [
    field.path.split(".")
    for field in leaves(ModelLifecycle)
    if (inner := field.schema.get("items", field.schema)).get("type") in ("string", ["string", "number", "boolean"])
    and not {"pattern", "enum", "const", "format"} & inner.keys()
    and field.path not in {"apiVersion", "kind", "spec.platform.gateway.hostname"}
]


def test_the_texts_of_the_language_are_found():
    found = {".".join(path) for path in TEXTS}
    assert {"spec.objective.risks.*.risk", "spec.waivers.*.reason", "spec.objective.positiveLabel"} <= found
    assert "spec.owner.email" not in found


@pytest.fixture(scope="module")
def full():
    document = yaml.safe_load((ROOT / "model-card" / "full" / "lifecycle.yaml").read_bytes())
    del document["spec"]["environments"]
    return document


@pytest.fixture(scope="module")
def harmless(full):
    return structure(card(filled(full, "text")))


@pytest.mark.parametrize("injection", INJECTIONS, ids=ascii)
def test_an_injection_in_every_text_leaves_the_structure_as_it_is(injection, full, harmless):
    assert structure(card(filled(full, injection))) == harmless


@settings(max_examples=50)
@given(hostile=HOSTILE)
def test_no_text_changes_the_structure(hostile, full, harmless):
    assert structure(card(filled(full, hostile))) == harmless


@given(hostile=HOSTILE)
@example(hostile="1.")
def test_a_text_reads_back_as_it_was_wherever_it_stands(hostile):
    wanted = plain(hostile)
    for block, depth in ((text(hostile), 0), (bullets([text(hostile)])[0], 2)):
        tokens = PARSER.parse(block)
        assert [token.type for token in tokens if token.level == depth and token.nesting == 1] == ["paragraph_open"]
        assert contents(tokens) == [wanted]
    cells = PARSER.parse(table(("head", "other"), [(text(hostile), "x")])[0])
    assert contents(cells) == ["head", "other", wanted, "x"]


@given(hostile=HOSTILE)
def test_code_reads_back_as_it_was_in_a_cell(hostile):
    cells = PARSER.parse(table(("head", "other"), [(code(hostile), "x")])[0])
    assert re.sub(" +", " ", contents(cells)[2]) == plain(hostile)


def test_a_harmless_text_is_not_disfigured():
    sentence = "Customers with 2 or more lines (all plans) churn less, by 4.5% - at $3 a month."
    assert text(sentence) == sentence.replace("$", "\\$")


def filled(full: dict[str, Any], hostile: str) -> Plan:
    """The plan of a document with the same text in all its texts."""
    document = deepcopy(full)
    for path in TEXTS:
        for holder, key in places(document, path):
            holder[key] = hostile
    return plan_of(document)


def places(value: Any, path: list[str]) -> Iterator[tuple[Any, Any]]:
    """The containers and keys under which a field's values stand; of a list of texts, its items."""
    keys: list[Any] = [path[0]] if path[0] in value else []
    if path[0] == "*":
        keys = list(range(len(value)) if isinstance(value, list) else value)
    for key in keys:
        if path[1:]:
            yield from places(value[key], path[1:])
        elif isinstance(value[key], list):
            yield from ((value[key], index) for index in range(len(value[key])))
        else:
            yield value, key


def structure(card: str) -> list[tuple[str, int]]:
    """The kinds of all tokens but plain text; code counts as text, since what code cannot hold is written as text."""
    tokens = PARSER.parse(card.split("---\n", 2)[2])
    found = [(token.type, token.level) for token in tokens]
    for token in tokens:
        kinds = [child.type for child in token.children or () if child.type not in {"text", "code_inline"}]
        found += [(kind, token.level) for kind in kinds]
    return found


def contents(tokens: Any) -> list[str]:
    """The text of every inline token, which must hold nothing but text and code."""
    inline = [token.children or [] for token in tokens if token.type == "inline"]
    assert {child.type for children in inline for child in children} <= {"text", "code_inline"}
    return ["".join(child.content for child in children) for children in inline]


def plain(written: str) -> str:
    """What a text is to look like: one line, with escapes for what does not print."""
    line = " ".join(written.split()) or "(blank)"
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in line)
