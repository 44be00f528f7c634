"""Plain scalars are what the core schema of YAML 1.2 says, on our side and on ruamel.yaml's."""

from __future__ import annotations

import math

import pytest
from ruamel.yaml import YAML

from lifespec_schema.findings import Severity
from lifespec_schema.loader import read

VALUES = {
    # null and booleans
    "": None, "~": None, "null": None, "Null": None, "NULL": None, "nULL": "nULL", "none": "none", "None": "None",
    "true": True, "True": True, "TRUE": True, "tRUE": "tRUE", "false": False, "False": False, "FALSE": False,
    # YAML 1.1's booleans are strings: Norway stays Norway
    "yes": "yes", "Yes": "Yes", "YES": "YES", "no": "no", "No": "No", "NO": "NO", "on": "on", "On": "On", "ON": "ON",
    "off": "off", "Off": "Off", "OFF": "OFF", "y": "y", "Y": "Y", "n": "n", "N": "N", "t": "t", "f": "f",
    # integers
    "0": 0, "-0": 0, "+0": 0, "1": 1, "-1": -1, "+1": 1, "42": 42, "1234567890": 1234567890,
    "9007199254740992": 2**53, "-9007199254740992": -(2**53), "0x1F": 31, "0xff": 255, "0xDEADBEEF": 0xDEADBEEF,
    "0x20000000000000": 2**53, "0o400000000000000000": 2**53, "0o17": 15, "0o0": 0, "0o777": 511,
    # almost integers
    "0x": "0x", "0o": "0o", "0xG": "0xG", "0o8": "0o8", "0X1F": "0X1F", "0O17": "0O17", "-0x1F": "-0x1F",
    "+0o17": "+0o17", "0b11": "0b11", "1_000": "1_000", "0x_1": "0x_1", "0o1_7": "0o1_7",
    "1 000": "1 000", "--1": "--1", "+-1": "+-1", "+": "+", "٣": "٣", "²": "²", "1٣": "1٣", "\uff11": "\uff11",
    # floats
    "1.5": 1.5, "-1.5": -1.5, "+1.5": 1.5, ".5": 0.5, "-.5": -0.5, "+.5": 0.5, "1.": 1.0, "1.10": 1.1, "0.0": 0.0,
    "1e3": 1000.0, "1E3": 1000.0, "1e+3": 1000.0, "1e-3": 0.001, "1.5e3": 1500.0, "1.e3": 1000.0, ".5e1": 5.0,
    "-1e3": -1000.0, "1e308": 1e308, "0e0": 0.0, "0e-999": 0.0, "5e-324": 5e-324, "00.5": 0.5, "01e1": 10.0,
    # almost floats
    ".": ".", "..": "..", ".e1": ".e1", "1e": "1e", "1e+": "1e+", "e1": "e1", "1.5.2": "1.5.2", "1e1.5": "1e1.5",
    "1_0.5": "1_0.5", "1.5f": "1.5f", "1.0.0": "1.0.0", "inf": "inf", "nan": "nan", "Infinity": "Infinity",
    "NaN": "NaN", ".infinity": ".infinity", ".nAn": ".nAn", "+.nan": "+.nan", "-.NaN": "-.NaN", ".iNF": ".iNF",
    # dates, times and base 60
    "2024-01-01": "2024-01-01", "2024-13-45": "2024-13-45", "0000-01-01": "0000-01-01",
    "2024-01-01T00:00:00Z": "2024-01-01T00:00:00Z", "2024-01-01 00:00:00": "2024-01-01 00:00:00",
    "1:30": "1:30", "22:22": "22:22", "190:20:30": "190:20:30", "1:30.5": "1:30.5", "12:30:45": "12:30:45",
    # our own typed values and other people's words
    "5%": "5%", "30d": "30d", "1h30m": "1h30m", "8Gi": "8Gi", "100m": "100m", "10.0.0.1": "10.0.0.1", "=": "=",
    "1e3x": "1e3x", "0 3 * * 1": "0 3 * * 1", "-x": "-x", "+49 30": "+49 30", "12e": "12e", "...x": "...x",
}  # fmt: skip


@pytest.mark.parametrize("text", VALUES)
def test_a_plain_scalar_has_exactly_its_core_value_and_type(text):
    documents, findings = read("spec.yaml", f"a: {text}\nb: [{text}]\n".encode())
    assert findings == ()
    value = documents[0].value
    assert (type(value["a"]), value["a"]) == (type(VALUES[text]), VALUES[text])
    assert value["b"] == ([VALUES[text]] if text else [])


@pytest.mark.parametrize("text", VALUES)
@pytest.mark.parametrize("quote", ["'", '"'])
def test_the_same_in_quotes_is_a_string(text, quote):
    documents, findings = read("spec.yaml", f"a: {quote}{text}{quote}".encode())
    assert findings == ()
    assert documents[0].value == {"a": text}


@pytest.mark.parametrize("text", ["|\n  0x1F", ">\n  true", "|-\n  ~"])
def test_a_block_text_is_a_string(text):
    documents, _ = read("spec.yaml", f"a: {text}".encode())
    assert documents[0].value == {"a": text.partition("\n  ")[2]}


RUAMEL_DIFFERS = {
    "-0x1F", "+0o17", "0b11", "1_000", "0x_1", "0o1_7", "1_0.5",  # it takes signs, base 2 and underscores
    ".5e1",  # it takes no exponent here
    "2024-01-01", "2024-13-45", "0000-01-01", "2024-01-01T00:00:00Z", "2024-01-01 00:00:00",  # it has dates
    "=",  # it knows YAML 1.1's default key
}  # fmt: skip


@pytest.mark.parametrize("text", sorted(VALUES.keys() - RUAMEL_DIFFERS))
def test_ruamel_reads_the_same_value(text):
    assert YAML(typ="safe", pure=True).load(f"a: {text}") == {"a": VALUES[text]}


BAD = {
    ".inf": "non-finite-number", "+.inf": "non-finite-number", "-.Inf": "non-finite-number",
    ".INF": "non-finite-number", ".nan": "non-finite-number", ".NaN": "non-finite-number", ".NAN": "non-finite-number",
    "9007199254740993": "number-out-of-range", "-9007199254740993": "number-out-of-range",
    "0x20000000000001": "number-out-of-range", "0o400000000000000001": "number-out-of-range",
    "18446744073709551616": "number-out-of-range", "1" * 5000: "number-out-of-range",
    "0x" + "f" * 5000: "number-out-of-range", "1e309": "number-out-of-range", "-1e999": "number-out-of-range",
    "1" * 400 + ".5": "number-out-of-range", "1e-400": "number-out-of-range", "-0.1e-999": "number-out-of-range",
}  # fmt: skip


@pytest.mark.parametrize("text", BAD)
def test_a_number_that_json_cannot_carry_is_an_error_and_its_value_the_text(text):
    documents, findings = read("spec.yaml", f"a:\n  - {text}\n".encode())
    assert [(finding.rule, finding.severity, finding.place.span) for finding in findings] == [
        (BAD[text], Severity.ERROR, (2, 5, 2, 5 + len(text)))
    ]
    assert documents[0].value == {"a": [text]}


@pytest.mark.parametrize(
    ("text", "value"),
    [("012", 12), ("-012", -12), ("08", 8), ("00", 0), ("0777", 777), ("+01", 1), ("0" * 30 + "7", 7)],
)
def test_a_leading_zero_is_read_as_decimal_but_not_silently(text, value):
    documents, findings = read("spec.yaml", f"a: {text}".encode())
    assert documents[0].value == {"a": value}
    assert [(finding.rule, finding.severity) for finding in findings] == [("leading-zero-number", Severity.WARNING)]


def test_all_bad_scalars_are_found_in_one_go(rules_found):
    text = "a: .nan\nb: [012, 1e999, ok, .inf]\nc: {d: 99999999999999999}\n"
    assert rules_found(text) == [
        ("non-finite-number", 1, 4),
        ("leading-zero-number", 2, 5),
        ("number-out-of-range", 2, 10),
        ("non-finite-number", 2, 21),
        ("number-out-of-range", 3, 8),
    ]


def test_negative_zero_keeps_its_sign_as_a_float():
    documents, _ = read("spec.yaml", b"a: -0.0")
    value = documents[0].value["a"]
    assert isinstance(value, float)
    assert math.copysign(1, value) == -1


DOCUMENTS = {
    "nested block collections": "a:\n  b:\n  - c: 1\n    d: [x, y]\n  -\n    - e\n    - - f\nempty:\n",
    "nested flow collections": "{a: [1, {b: [], c: {}}], 'd': \"e\", f}",
    "texts over several lines": "a: x\n  y\n\n  z\nb: 'p\n  q'\nc: \"r\\\n  s\"\nd: |+\n  t\n\ne: >\n  u\n  v\n\n  w\n",
    "comments and document marks": "# x\n---\na: b # c\n# d\ne: '#f'\ng: h#i\n...\n",
    "explicit keys": '? a\n: 1\n? b\n? "c"\n: - 2\n',
    "aliases": "a: &a {b: &b [1, 2]}\nc: *a\nd: *b\n",
    "text beyond ASCII": "ключ: значение\n\U0001f600: [é, 漢字]\n",
    "urls, globs and templates": "a: http://example.com:80/x?y=z#w\nb: s3://logs/**/*.json\nc: '{{ x }}'\nd: a, b\n",
}


@pytest.mark.parametrize("case", DOCUMENTS)
def test_ruamel_reads_the_same_document(case):
    documents, findings = read("spec.yaml", DOCUMENTS[case].encode())
    assert findings == ()
    assert documents[0].value == YAML(typ="safe", pure=True).load(DOCUMENTS[case])
