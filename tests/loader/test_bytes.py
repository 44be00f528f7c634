"""Sizes, encodings and characters: what is refused before the parser runs."""

from __future__ import annotations

import pytest

from lifespec_schema.loader import LOADER_RULES, read, source_lines
from lifespec_schema.loader.limits import MAX_FILE_BYTES, MAX_FINDINGS

REFUSED = {
    "a file larger than the limit": (b"a: " + b"x" * MAX_FILE_BYTES, [("file-too-large", 1, 1)]),
    "UTF-16 with a byte order mark, little-endian": ("a: 1".encode("utf-16"), [("invalid-utf8", 1, 1)]),
    "UTF-16 with a byte order mark, big-endian": (b"\xfe\xff" + "a: 1".encode("utf-16-be"), [("invalid-utf8", 1, 1)]),
    "UTF-16 without a byte order mark": ("a: 1".encode("utf-16-le"), [("invalid-utf8", 1, 1)]),
    "UTF-16 big-endian without a byte order mark": ("a: 1".encode("utf-16-be"), [("invalid-utf8", 1, 1)]),
    "UTF-32": ("a: 1".encode("utf-32"), [("invalid-utf8", 1, 1)]),
    "Latin-1": ("a: 1\nname: café\n".encode("latin-1"), [("invalid-utf8", 2, 10)]),
    "a byte that UTF-8 never has": (b"a: \xff", [("invalid-utf8", 1, 4)]),
    "a sequence that is cut off": (b"a: \xe2\x82", [("invalid-utf8", 1, 4)]),
    "an overlong slash": (b"a: \xc0\xaf", [("invalid-utf8", 1, 4)]),
    "an encoded surrogate": (b"a: \xed\xa0\x80", [("invalid-utf8", 1, 4)]),
    "a character above U+10FFFF": (b"a: \xf4\x90\x80\x80", [("invalid-utf8", 1, 4)]),
    "two bad places are two findings": (b"a: \xff\nb: \xfe", [("invalid-utf8", 1, 4), ("invalid-utf8", 2, 4)]),
    "columns count characters, also before a bad byte": ("é: ".encode() + b"\xff", [("invalid-utf8", 1, 4)]),
    "lines end once at CR LF": ("a: 1\r\nb: 2\rc: 3\n\r\nd: \a", [("control-character", 5, 4)]),
    "NUL": ("a: 1\nb: x\0y", [("control-character", 2, 5)]),
    "NUL in a comment": ("a: 1 # \0", [("control-character", 1, 8)]),
    "NUL in quotes": ('a: "\0"', [("control-character", 1, 5)]),
    "a bell": ("a: \a", [("control-character", 1, 4)]),
    "an escape sequence for terminals": ("a: \x1b[31mred", [("control-character", 1, 4)]),
    "a form feed": ("a: 1\n\fb: 2", [("control-character", 2, 1)]),
    "a vertical tab": ("a: 1\vb: 2", [("control-character", 1, 5)]),
    "DEL": ("a: \x7f", [("control-character", 1, 4)]),
    "a C1 control": ("a: \x9b", [("control-character", 1, 4)]),
    "the noncharacter U+FFFE": ("a: \ufffe", [("control-character", 1, 4)]),
    "the noncharacter U+FFFF": ("a: \uffff", [("control-character", 1, 4)]),
    "neighbours are one finding": ("a: \x01\x02\x03", [("control-character", 1, 4)]),
    "a byte order mark inside a value": ("a: \ufeffx", [("byte-order-mark", 1, 4)]),
    "a second byte order mark at the start": ("\ufeff\ufeffa: 1", [("byte-order-mark", 1, 1)]),
    "a byte order mark before the second document": ("a: 1\n---\n\ufeffb: 1", [("byte-order-mark", 3, 1)]),
    "the first mark takes no column": ("\ufeffa: \x07", [("control-character", 1, 4)]),
    "an override for right-to-left text": ("a: x\u202ey", [("bidi-control", 1, 5)]),
    "an embedding in quotes": ('a: "\u202a"', [("bidi-control", 1, 5)]),
    "an isolate in a comment": ("a: 1 # \u2066x\u2069", [("bidi-control", 1, 8), ("bidi-control", 1, 10)]),
    "an override in a key": ("\u202dadmin: 1", [("bidi-control", 1, 1)]),
    "direction controls do not hide what follows": (
        "a: \u202e\na: 1",
        [("bidi-control", 1, 4), ("duplicate-key", 2, 1)],
    ),
    "LS in a plain value": ("a: x\u2028y", [("line-separator", 1, 5)]),
    "PS in a plain value": ("a: x\u2029b: 1", [("yaml-syntax", 1, 7)]),
    "NEL in a plain value": ("a: x\x85y", [("line-separator", 1, 5)]),
    "LS in a comment, where YAML 1.1 would end it": ("a: 1 # x\u2028b: 2", [("line-separator", 1, 9)]),
    "LS in a block text": ("a: |\n  x\u2028  y\n", [("line-separator", 2, 4)]),
    "LS in a key": ("x\u2028y: 1", [("line-separator", 1, 2)]),
    "LS right behind a quote": ('a: "x"\n# \u2028\nb: "\u2028"\n', [("line-separator", 2, 3)]),
    "NEL as indentation": ("a:\n\x85 b: 1", [("line-separator", 2, 1)]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_bytes_and_characters_are_found_where_they_stand(case, rules_found):
    text, expected = REFUSED[case]
    assert rules_found(text) == expected


ACCEPTED = {
    "a byte order mark at the start": ("\ufeffa: 1", "1"),
    "Windows line ends": ("a: 1\r\nb: 2\r\n", None),
    "old Macintosh line ends": ("a: 1\rb: 2\r", None),
    "a tab between key and value": ("a:\tx", "x"),
    "text beyond ASCII": ("a: Zürich", "Zürich"),
    "text beyond the basic plane": ("a: 😀", "😀"),
    "the highest character": ("a: \U0010ffff", "\U0010ffff"),
    "the right-to-left mark that Hebrew needs": ("a: \u05d0\u200f", "\u05d0\u200f"),
    "LS in double quotes": ('a: "x\u2028  y"', "x\u2028  y"),
    "NEL in double quotes": ('a: "x\x85  y"', "x\x85  y"),
    "PS in single quotes": ("a: 'x\u2029y'", "x\u2029y"),
    "controls written as escapes": (r'a: "\0\x1b\u202e\u2028"', "\0\x1b\u202e\u2028"),
    "JSON's escape of a slash": (r'a: "\/"', "/"),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_good_characters_arrive_unchanged(case):
    text, expected = ACCEPTED[case]
    documents, findings = read("spec.yaml", text.encode())
    assert findings == ()
    value = documents[0].value
    assert value == ({"a": 1, "b": 2} if expected is None else {"a": int(expected) if expected == "1" else expected})


def test_a_file_of_exactly_the_limit_is_read():
    documents, findings = read("spec.yaml", b"a: " + b"x" * (MAX_FILE_BYTES - 3))
    assert findings == ()
    assert documents[0].value == {"a": "x" * (MAX_FILE_BYTES - 3)}


def test_lines_after_a_separator_in_quotes_keep_their_numbers(rules_found):
    assert rules_found('a: "\u2028\x85\u2029"\nb: .nan') == [("non-finite-number", 2, 4)]


def test_placeholders_for_separators_never_collide_with_the_text():
    text = "\U00010000\U00010001 \u2028 \U00010002"
    documents, _ = read("spec.yaml", f'a: "{text}"'.encode())
    assert documents[0].value == {"a": text}


def test_findings_of_one_file_are_bounded_and_the_rest_counted():
    _, findings = read("spec.yaml", b"a: \x01\n" * (MAX_FINDINGS + 7))
    assert [finding.rule for finding in findings] == ["control-character"] * MAX_FINDINGS + ["too-many-findings"]
    assert findings[-1].message.startswith("7 more findings")


def test_messages_name_the_characters():
    _, findings = read("spec.yaml", b"a: \x07\nb: \xff\xfe")
    assert "U+0007" in findings[0].message
    assert "0xFF 0xFE" in findings[1].message


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_source_lines_split_as_line_numbers_count(end):
    data = f"\ufeffa: 1{end}b: x\u2028y{end}".encode()
    assert source_lines(data) == ["a: 1", "b: x\u2028y", ""]


def test_source_lines_take_bytes_that_are_not_text():
    assert [len(line) for line in source_lines(b"ab\xff\n\xfe")] == [3, 1]


def test_every_finding_of_the_loader_has_a_documented_rule():
    for text, _ in REFUSED.values():
        _, findings = read("spec.yaml", text.encode() if isinstance(text, str) else text)
        assert {finding.rule for finding in findings} <= LOADER_RULES.keys()
