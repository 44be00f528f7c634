"""Depth, width, aliases, keys, tags, documents and syntax: what is refused while the events go by."""

from __future__ import annotations

import pytest

from lifespec_schema.findings import Severity
from lifespec_schema.loader import LOADER_RULES, read, show_value
from lifespec_schema.loader.limits import MAX_AMPLIFICATION, MAX_DEPTH, MAX_EVENTS


def bomb(levels: int, width: int) -> str:
    """Levels of lists, each repeating the one before `width` times."""
    lines = ["a0: &a0 [x]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * width)}]" for level in range(1, levels)]
    return "\n".join(lines)


def chain(length: int) -> str:
    """Lists, each holding the one before: flat as written, deep when written out."""
    return "\n".join(["a0: &a0 [x]", *(f"a{level}: &a{level} [*a{level - 1}]" for level in range(1, length))])


DEEP = ("nesting-too-deep",)
WIDE = {
    "flow lists that never close": ("[" * 25_000, DEEP, (1, 65)),
    "flow lists that close": ("[" * 25_000 + "]" * 25_000, DEEP, (1, 65)),
    "flow mappings that never close": ("{a: " * 25_000, DEEP, (1, 257)),
    "block lists on one line": ("- " * 25_000, DEEP, (1, 129)),
    "block lists on one line with a value": ("- " * 25_000 + "x", DEEP, (1, 129)),
    "block mappings, ever more indented": ("".join(" " * level + "a:\n" for level in range(500)), DEEP, (65, 65)),
    "a million open brackets": ("[" * 1_000_000, DEEP, (1, 65)),
    "one level too many in flow": ("a: " + "[" * MAX_DEPTH + "]" * MAX_DEPTH, DEEP, (1, 67)),
    "an alias chain that is deep when written out": (chain(70), DEEP, (64, 12)),
    "an alias that is deep where it stands": (
        "a: &a " + "[" * 40 + "]" * 40 + "\nb: " + "[" * 30 + "*a" + "]" * 30,
        DEEP,
        (2, 34),
    ),
    "an alias of an anchor around another": (
        "a: &a [&b " + "[" * 40 + "]" * 40 + "]\nb: " + "[" * 30 + "*a" + "]" * 30,
        DEEP,
        (2, 34),
    ),
    "more values than the limit": ("a: [" + "1," * MAX_EVENTS + "]", ("too-many-nodes",), (1, 399_997)),
    "an alias bomb": (bomb(9, 9), ("alias-bomb",), (7, 10)),
    "a wide alias bomb": (bomb(20, 50), ("alias-bomb",), (4, 250)),
    "a small alias bomb, below the budget but too much for its size": (bomb(6, 8), ("alias-bomb",), (6, 10)),
    "a small alias bomb behind a large document": (
        "a: [" + "x, " * 5000 + "]\n---\n" + bomb(6, 8),
        ("alias-bomb",),
        (8, 10),
    ),
    "an alias bomb in the second document": ("a: 1\n---\n" + bomb(9, 9), ("alias-bomb",), (9, 10)),
}


@pytest.mark.parametrize("case", WIDE)
def test_what_is_too_large_is_refused_before_it_hurts(case, rules_found):
    text, rules, place = WIDE[case]
    assert rules_found(text) == [(*rules, *place)]


@pytest.mark.parametrize("opening", ["? ", "[{", "[?", "{? "])
def test_depth_counts_inside_keys_too(opening, rules_found):
    assert rules_found(opening * 50_000)[-1][0] == "nesting-too-deep"


GOOD = {
    "the deepest allowed": ("a: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1), None),
    "aliases that repeat scalars and collections": (
        "a: &a {x: 1}\nb: *a\nc: [*a, &s text]\nd: *s",
        {"a": {"x": 1}, "b": {"x": 1}, "c": [{"x": 1}, "text"], "d": "text"},
    ),
    "an anchor that is used for a second value": ("a: &a 1\nb: &a 2\nc: *a", {"a": 1, "b": 2, "c": 2}),
    "an anchor that is used again inside its own value": ("a: &a [&a 1, *a]\nb: *a", {"a": [1, 1], "b": 1}),
    "an anchor on a key": ("&a k: 1\nb: *a", {"k": 1, "b": "k"}),
    "one value repeated many times, as people do": ("a: &a {x: 1}\nb: [" + "*a, " * 80 + "]", None),
    "the longest chain of aliases": (chain(63), None),
    "a key in quotes that looks like a number": ('"1": a\n1.0.0: b', {"1": "a", "1.0.0": "b"}),
    "a merge key in quotes is a key": ('"<<": 1', {"<<": 1}),
    "equal keys in different mappings": ("a: {k: 1}\nb: {k: 1}", {"a": {"k": 1}, "b": {"k": 1}}),
    "keys that differ in case": ("k: 1\nK: 2", {"k": 1, "K": 2}),
    "YAML 1.1's booleans are keys": ("on: 1\nyes: 2\nn: 3", {"on": 1, "yes": 2, "n": 3}),
    "a directive that asks for YAML 1.2": ("%YAML 1.2\n---\na: 1", {"a": 1}),
    "JSON": ('{"a": [1, {"b": null}],\n\t"c": "\\u00e9"}', {"a": [1, {"b": None}], "c": "é"}),
    "block texts": ("a: |\n  x\n  y\nb: >-\n  x\n  y\n", {"a": "x\ny\n", "b": "x y"}),
    "an explicit key": ("? a\n: b", {"a": "b"}),
    "a plain value over two lines": ("a: x\n  y", {"a": "x y"}),
    "comments everywhere": ("# x\na: 1 # y\n# z\n", {"a": 1}),
}


@pytest.mark.parametrize("case", GOOD)
def test_what_is_allowed_is_read_silently(case):
    text, expected = GOOD[case]
    documents, findings = read("spec.yaml", text.encode())
    assert findings == ()
    assert len(documents) == 1
    assert expected is None or documents[0].value == expected


REFUSED = {
    "a cycle": ("a: &a [*a]", [("alias-cycle", 1, 8)]),
    "a cycle through two levels": ("a: &a {b: [1, *a]}", [("alias-cycle", 1, 15)]),
    "a cycle of the whole document": ("&a\nb: *a", [("alias-cycle", 2, 4)]),
    "an alias without anchor": ("a: *b", [("unknown-anchor", 1, 4)]),
    "an alias before its anchor": ("a: *b\nb: &b 1", [("unknown-anchor", 1, 4)]),
    "an anchor of another document": ("a: &a 1\n---\nb: *a", [("unknown-anchor", 3, 4)]),
    "a glob that is no alias": ("a: *.yaml", [("yaml-syntax", 1, 5)]),
    "an alias as a key": ("a: &a k\n*a : 1", [("non-string-key", 2, 1)]),
    "a merge key": ("a: &a {x: 1}\nb:\n  <<: *a", [("merge-key", 3, 3)]),
    "a merge key with a list": ("a: &a {x: 1}\nb: {<<: [*a]}", [("merge-key", 2, 5)]),
    "two merge keys": ("<<: {}\n<<: {}", [("merge-key", 1, 1), ("merge-key", 2, 1)]),
    "a duplicate key": ("a: 1\na: 2", [("duplicate-key", 2, 1)]),
    "a key three times": ("a: 1\na: 2\na: 3", [("duplicate-key", 2, 1), ("duplicate-key", 3, 1)]),
    "a nested duplicate key": ("x:\n  - y: {a: 1, b: 2, a: 3}", [("duplicate-key", 2, 21)]),
    "equal keys, plain and in double quotes": ('a: 1\n"a": 2', [("duplicate-key", 2, 1)]),
    "equal keys, plain and in single quotes": ("'a': 1\na: 2", [("duplicate-key", 2, 1)]),
    "equal keys, one with an escape": ('a: 1\n"\\x61": 2', [("duplicate-key", 2, 1)]),
    "equal keys, one explicit": ("? a\n: 1\na: 2", [("duplicate-key", 3, 1)]),
    "equal keys, composed and decomposed": ("é: 1\ne\u0301: 2", [("duplicate-key", 2, 1)]),
    "equal keys, decomposed and composed": ("e\u0301: 1\né: 2", [("duplicate-key", 2, 1)]),
    "equal keys, both decomposed": ("e\u0301: 1\ne\u0301: 2", [("duplicate-key", 2, 1)]),
    "equal keys, a Kelvin sign and a K": ("\u212a: 1\nK: 2", [("duplicate-key", 2, 1)]),
    "equal keys, a K and a Kelvin sign": ("K: 1\n\u212a: 2", [("duplicate-key", 2, 1)]),
    "duplicates inside a duplicate": ("a: 1\na: {b: 1, b: 2}", [("duplicate-key", 2, 1), ("duplicate-key", 2, 11)]),
    "duplicates in a document that is a list": ("- {a: 1, a: 2}", [("not-a-mapping", 1, 1), ("duplicate-key", 1, 10)]),
    "an integer as a key": ("1: a", [("non-string-key", 1, 1)]),
    "a float as a key": ("a: {1.5: b}", [("non-string-key", 1, 5)]),
    "a boolean as a key": ("true: a", [("non-string-key", 1, 1)]),
    "null as a key": ("~: a", [("non-string-key", 1, 1)]),
    "an empty key": ("? \n: a", [("non-string-key", 1, 2)]),
    "a list as a key": ("? [a, b]\n: c", [("non-string-key", 1, 3)]),
    "a mapping as a key": ("{a: 1}: b", [("non-string-key", 1, 1)]),
    "a list as a key with bad content": ("? [.nan]\n: c", [("non-string-key", 1, 3), ("non-finite-number", 1, 4)]),
    "a template that looks like a mapping": ("a: {{ value }}", [("non-string-key", 1, 5)]),
    "a core tag": ("a: !!str 1", [("yaml-tag", 1, 4)]),
    "a tag that makes Python objects": ("a: !!python/object/apply:os.system [id]", [("yaml-tag", 1, 4)]),
    "a local tag": ("a: !Ref x", [("yaml-tag", 1, 4)]),
    "a tag that is a URI": ("a: !<tag:example.com,2024:x> y", [("yaml-tag", 1, 4)]),
    "the non-specific tag": ("a: ! 1", [("yaml-tag", 1, 4)]),
    "a set": ("a: !!set {x: }", [("yaml-tag", 1, 4)]),
    "a binary": ("a: !!binary aGk=", [("yaml-tag", 1, 4)]),
    "a timestamp that crashes others": ("a: !!timestamp xyz", [("yaml-tag", 1, 4)]),
    "a tag on a key": ("!!str a: 1", [("yaml-tag", 1, 1)]),
    "a tag on the document": ("!x\na: 1", [("yaml-tag", 1, 1)]),
    "a tag with an unknown handle": ("a: !x!y 1", [("yaml-tag", 1, 4)]),
    "all tags are found": ("a: !x 1\nb: [!y 2]", [("yaml-tag", 1, 4), ("yaml-tag", 2, 5)]),
    "a directive for YAML 1.1": ("%YAML 1.1\n---\na: 1", [("yaml-directive", 1, 1)]),
    "a directive for YAML 1.3": ("%YAML 1.3\n---\na: 1", [("yaml-directive", 1, 1)]),
    "a directive for YAML 2.0": ("%YAML 2.0\n---\na: 1", [("yaml-directive", 1, 1)]),
    "a directive for two versions": ("%YAML 1.2\n%YAML 1.2\n---\na: 1", [("yaml-directive", 2, 1)]),
    "a broken directive": ("%YAML x\n---\na: 1", [("yaml-directive", 1, 7)]),
    "an unknown directive": ("%FOO bar\n---\na: 1", [("yaml-directive", 1, 5)]),
    "a directive that declares tags": (
        "%TAG !e! tag:example.com,2024:\n---\na: !e!x 1",
        [("yaml-directive", 1, 1), ("yaml-tag", 3, 4)],
    ),
    "more tag directives than the parser takes in time": (
        "".join(f"%TAG !a{n}! x\n" for n in range(60_000)) + "--- a",
        [("yaml-directive", 1, 1)],
    ),
    "an empty file": ("", [("empty-document", 1, 1)]),
    "a file of blank lines": ("\n\n  \n", [("empty-document", 1, 1)]),
    "a file of comments": ("# nothing\n", [("empty-document", 1, 1)]),
    "only a byte order mark": ("\ufeff", [("empty-document", 1, 1)]),
    "an empty document": ("---\n", [("empty-document", 1, 1)]),
    "a null document": ("--- null\n", [("empty-document", 1, 1)]),
    "an empty document at the end": ("a: 1\n---\n", [("empty-document", 2, 1)]),
    "empty documents on both sides": ("---\n---\na: 1\n---\n", [("empty-document", 1, 1), ("empty-document", 4, 1)]),
    "a scalar document": ("hello", [("not-a-mapping", 1, 1)]),
    "a number document": ("42", [("not-a-mapping", 1, 1)]),
    "a list document": ("- a\n- b", [("not-a-mapping", 1, 1)]),
    "a list as second document": ("a: 1\n--- [x]", [("not-a-mapping", 2, 5)]),
    "a no-break space behind the colon": ("a:\u00a0b", [("not-a-mapping", 1, 1)]),
    "a tab as indentation": ("a:\n\tb: 1", [("yaml-syntax", 2, 1)]),
    "a tab in a plain value's indentation": ("a: b\n\tc: d", [("yaml-syntax", 2, 1)]),
    "a tab in a block text's indentation": ("a: |\n\tx", [("yaml-syntax", 2, 1)]),
    "a quote that is never closed": ('a: 1\nb: "x\nc: 2', [("yaml-syntax", 2, 4)]),
    "a bracket that is never closed": ("a: [1, 2", [("yaml-syntax", 1, 9)]),
    "a brace that is never closed": ("a: {b: 1", [("yaml-syntax", 1, 9)]),
    "a bracket that closes nothing": ("a: ]", [("yaml-syntax", 1, 4)]),
    "the wrong closing bracket": ("a: [1}", [("yaml-syntax", 1, 6)]),
    "a comma missing": ('a: ["x" "y"]', [("yaml-syntax", 1, 9)]),
    "a colon in a plain value": ("a: b: c", [("yaml-syntax", 1, 5)]),
    "a line that is no pair": ("a: 1\nb\nc: 2", [("yaml-syntax", 3, 1)]),
    "a key indented too far": ("a: 1\n b: 2", [("yaml-syntax", 2, 3)]),
    "a key indented too little": ("a:\n    b: 1\n  c: 2", [("yaml-syntax", 3, 3)]),
    "a list item beside keys": ("a: 1\n- b", [("yaml-syntax", 2, 1)]),
    "a key beside list items": ("- a\nb: 1", [("yaml-syntax", 2, 1)]),
    "an at sign": ("a: @x", [("yaml-syntax", 1, 4)]),
    "a backtick": ("a: `x`", [("yaml-syntax", 1, 4)]),
    "a percent sign": ("a: %x", [("yaml-syntax", 1, 4)]),
    "two anchors on one value": ("a: &x &y 1", [("yaml-syntax", 1, 7)]),
    "an anchored alias": ("a: &x *y", [("yaml-syntax", 1, 7)]),
    "text behind a closed quote": ("a: 'x' y", [("yaml-syntax", 1, 8)]),
    "an escape that does not exist": (r'a: "\q"', [("yaml-syntax", 1, 5)]),
    "an escape with too few digits": (r'a: "\x1"', [("yaml-syntax", 1, 7)]),
    "a surrogate as an escape": (r'a: "\ud800"', [("yaml-syntax", 1, 7)]),
    "a pair of surrogates as escapes": (r'a: "\ud83d\ude00"', [("yaml-syntax", 1, 7)]),
    "an escape beyond Unicode": (r'a: "\U00110000"', [("yaml-syntax", 1, 7)]),
    "text behind a block text's sign": ("a: | x", [("yaml-syntax", 1, 6)]),
    "a document that starts in a quote": ('a: "x\n---\ny"', [("yaml-syntax", 2, 1)]),
    "a second document without a line of ---": ("a: 1\n...\nb: 2", [("yaml-syntax", 3, 1)]),
    "errors before the syntax error are kept": ("a: 1\na: 2\nb: [", [("duplicate-key", 2, 1), ("yaml-syntax", 3, 5)]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_wrong_is_found_where_it_stands(case, rules_found):
    text, expected = REFUSED[case]
    assert rules_found(text) == expected


@pytest.mark.parametrize("case", REFUSED)
def test_every_finding_says_what_is_wrong_and_what_to_do(case):
    _, findings = read("spec.yaml", REFUSED[case][0].encode())
    for finding in findings:
        assert finding.rule in LOADER_RULES
        assert finding.severity is Severity.ERROR
        assert finding.message.isprintable()
        assert finding.help
        assert len(finding.message) < 300


def test_a_duplicate_key_names_both_places():
    _, findings = read("spec.yaml", b"x:\n  a: 1\n  b: 2\n  a: 3\n")
    ((text, first),) = findings[0].related
    assert findings[0].place.path == ("x", "a")
    assert findings[0].place.span == (4, 3, 4, 4)
    assert (text, first.span) == ("first here", (2, 3, 2, 4))


def test_documents_with_errors_are_built_as_well_as_they_can_be():
    text = b"a: 1\na: 2\n1: x\n? [k]\n: y\n<<: {z: 1}\nn: .nan\nu: *u\nt: !!str 5\nend: yes\n"
    documents, findings = read("spec.yaml", text)
    assert documents[0].value == {"a": 1, "n": ".nan", "u": None, "t": "5", "end": "yes"}
    assert len(findings) == 7


def test_documents_before_a_syntax_error_are_kept():
    documents, findings = read("spec.yaml", b"a: 1\n---\nb: [\n")
    assert [document.value for document in documents] == [{"a": 1}]
    assert [(finding.rule, finding.place.document) for finding in findings] == [("yaml-syntax", 1)]


def test_documents_know_their_number_and_first_line():
    documents, _ = read("spec.yaml", b"# head\na: 1\n---\n- x\n---\n\nb: 2\n")
    assert [(document.file, document.index, document.line) for document in documents] == [
        ("spec.yaml", 0, 2),
        ("spec.yaml", 2, 7),
    ]


def test_findings_carry_paths():
    _, findings = read("spec.yaml", b"a:\n  - b: .inf\n    c: [1, 1e999]\n? {x: .nan}\n: [.nan]\n")
    assert [finding.place.path for finding in findings] == [("a", 0, "b"), ("a", 0, "c", 1), (), (), ()]


def test_forgotten_mappings_are_not_confused_with_later_ones():
    text = "a: 1\n" + "".join(f"a: {{é{n}: 1}}\nb{n}: {{e\u0301{n}: 1}}\n" for n in range(50))
    documents, findings = read("spec.yaml", text.encode())
    assert {finding.rule for finding in findings} == {"duplicate-key"}
    assert len(findings) == 50
    assert documents[0].value["b7"] == {"e\u03017": 1}


@pytest.mark.parametrize(("size", "expected"), [(200, []), (201, [("alias-bomb", 2, 5)])])
def test_aliases_may_make_a_document_a_hundred_times_larger(size, expected, rules_found):
    # 5 + 2n nodes as written, n² more written out: n = 200 is the last where that is at most a hundredfold.
    assert MAX_AMPLIFICATION == 100
    assert rules_found(f"a: &a [{', '.join(['x'] * size)}]\nb: [{', '.join(['*a'] * size)}]") == expected


def test_messages_show_hostile_text_safely():
    _, findings = read("spec.yaml", b'"\\e[2J\\n": 1\n"\\e[2J\\n": 2')
    assert "\\x1b[2J\\n" in findings[0].message
    _, findings = read("spec.yaml", b"? " + b"k" * 900 + b"\n: 1\n? " + b"k" * 900 + b"\n: 2")
    assert "k" * 200 + "…" in findings[0].message


SHOWN = {
    "plain text": ("abc é 😀", "abc é 😀"),
    "line ends and tabs": ("a\r\n\tb", "a\\r\\n\\tb"),
    "a terminal sequence": ("\x1b[31m", "\\x1b[31m"),
    "direction controls": ("a\u202eb", "a\\u202eb"),
    "zero-width characters": ("a\u200bb", "a\\u200bb"),
    "a lone surrogate": ("\ud800", "\\ud800"),
    "an unassigned character": ("\U000e0001", "\\U000e0001"),
    "exactly the limit": ("x" * 200, "x" * 200),
    "one more than the limit": ("x" * 201, "x" * 200 + "…"),
    "escapes count as shown": ("\x00" * 150, "\\0" * 100 + "…"),
    "empty text": ("", ""),
}


@pytest.mark.parametrize("case", SHOWN)
def test_values_are_escaped_and_cut(case):
    text, expected = SHOWN[case]
    assert show_value(text) == expected
