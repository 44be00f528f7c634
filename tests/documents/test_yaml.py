"""Texts that are no YAML, or not the YAML that they seem to be, all the way through the command."""

from __future__ import annotations

import pytest

SPEC, MODEL, PROJECT = "specs/churn/lifecycle.yaml", "specs/churn/model.yaml", "lifespec.yaml"
IN_SPEC = {
    "an alias without an anchor": ("{kind: stable}", "«unknown-anchor|*fallback»"),
    "a merge key": ("{kind: stable}", "{«merge-key|<<»: {kind: stable}}"),
    "a cycle": ("regulations: [GDPR]", "regulations: &r [GDPR, «alias-cycle|*r»]"),
    "a key twice": ("port: 8080", "port: 8080\n    «duplicate-key|port»: 8081"),
    "a key twice, once in quotes": ("{kind: stable}", '{kind: stable, «duplicate-key|"kind"»: stable}'),
    "a key twice in a patch": ("{min: 1, max: 2}", "{min: 1, «duplicate-key|min»: 2}"),
    "a key that is a number": ("{LOG_LEVEL: info}", "{«non-string-key|3»: info}"),
    "a key that is a truth value": ("{LOG_LEVEL: info}", "{«non-string-key|true»: info}"),
    "a key that is a list": ("{LOG_LEVEL: info}", "{? «non-string-key|[»a] : info}"),
    "a tag": ("team: growth-ml", "team: «yaml-tag|!!str growth-ml»"),
    "a tag that would run code": ("{kind: stable}", "«yaml-tag|!!python/object/apply:os.system [»id]"),
    "infinity": ("{rps: 12,", "{rps: «non-finite-number|.inf»,"),
    "not a number": ("{rps: 12,", "{rps: «non-finite-number|.nan»,"),
    "an integer that JSON rounds": ("minRows: 50000", "minRows: «number-out-of-range|9007199254740993»"),
    "a float that overflows": ("{rps: 12,", "{rps: «number-out-of-range|1e999»,"),
    "a direction control": ("reason: Launch week", "reason: Launch «bidi-control|\u202e»week"),
    "a byte order mark inside": ("reason: Launch week", "reason: Launch «byte-order-mark|\ufeff»week"),
    "a NUL": ("reason: Launch week", "reason: Launch «control-character|\0»week"),
    "an escape of the terminal": ("reason: Launch week", "reason: Launch «control-character|\x1b»[31mweek"),
    "a line separator": ("reason: Launch week", "reason: Launch «line-separator|\u2028»week"),
}


@pytest.mark.parametrize("case", IN_SPEC)
def test_what_yaml_allows_and_we_do_not_is_reported_where_it_stands(case, files, lint, unmarked):
    old, new = IN_SPEC[case]
    plain, promised = unmarked(files[SPEC].replace(old, new, 1), SPEC)
    linted = lint({**files, SPEC: plain})
    assert promised[0] in linted.found
    assert linted.exit_code == 1


RAW = {
    "an empty file": (b"", "empty-document", 1, 1),
    "a file of comments": (b"# nothing\n", "empty-document", 1, 1),
    "a list": (b"- a\n", "not-a-mapping", 1, 1),
    "a text": (b"churn\n", "not-a-mapping", 1, 1),
    "a null": (b"null\n", "empty-document", 1, 1),
    "an empty second document": (b"a: 1\n---\n", "empty-document", 2, 1),
    "a directive of YAML 1.1": (b"%YAML 1.1\n---\na: 1\n", "yaml-directive", 1, 1),
    "a tag directive": (b"%TAG ! tag:example.com,2000:\n---\na: 1\n", "yaml-directive", 1, 1),
    "UTF-16": ("a: 1\n".encode("utf-16"), "invalid-utf8", 1, 1),
    "Latin-1": ("a: é\n".encode("latin-1"), "invalid-utf8", 1, 4),
    "half a character": (b"a: \xe2\x82\n", "invalid-utf8", 1, 4),
    "an encoded surrogate": (b"a: \xed\xa0\x80\n", "invalid-utf8", 1, 4),
    "a tab for indentation": (b"a:\n\tb: 1\n", "yaml-syntax", 2, 1),
    "a colon in a plain text": (b"a: b: c\n", "yaml-syntax", 1, 5),
    "a quote that is never closed": (b'a: "b\n', "yaml-syntax", 1, 4),
    "a bracket that is never closed": (b"a: [b\n", "yaml-syntax", 2, 1),
    "nesting that would crash the parser": (b"a: " + b"[" * 25_000, "nesting-too-deep", 1, 67),
    "an alias bomb": (
        b"a0: &a0 [x]\n"
        + b"".join(b"a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 10)),
        "alias-bomb",
        7,
        10,
    ),
    "more than a file may hold": (b"a: " + b"x" * (1 << 20), "file-too-large", 1, 1),
    "a Windows line end inside a broken file": (b"a: 1\r\nb: [\r\n", "yaml-syntax", 3, 1),
}


@pytest.mark.parametrize("case", RAW)
def test_a_file_that_cannot_be_read_as_yaml_is_a_finding(case, files, lint):
    content, code, line, column = RAW[case]
    linted = lint({**files, "specs/other.yaml": content})
    assert [(found.code, found.line, found.column) for found in linted.found] == [(code, line, column)]
    assert linted.exit_code == 1


NOT_WHAT_IT_SEEMS = {
    "Norway": ("enum: [basic, plus, pro]", "enum: [no, yes, on]"),
    "a date": ("reason: Launch week", "reason: 2026-12-01"),
    "a sexagesimal number": ("reason: Launch week", "reason: 1:30:00"),
    "a tilde in a word": ("reason: Launch week", "reason: ~launch"),
    "an underscore in a number": ("reason: Launch week", "reason: 1_000"),
    "a binary number of YAML 1.1": ("reason: Launch week", "reason: 0b101"),
}


@pytest.mark.parametrize("case", NOT_WHAT_IT_SEEMS)
def test_what_only_yaml_1_1_retypes_is_a_text(case, files, lint):
    old, new = NOT_WHAT_IT_SEEMS[case]
    assert lint({**files, SPEC: files[SPEC].replace(old, new)}).found == []


RETYPED = {
    "a decimal version": ("reason: Launch week", "reason: «wrong-type|1.10»"),
    "a truth value": ("reason: Launch week", "reason: «wrong-type|true»"),
    "a hexadecimal number": ("reason: Launch week", "reason: «wrong-type|0x1F»"),
    "an octal number": ("reason: Launch week", "reason: «wrong-type|0o17»"),
    "an exponent": ("reason: Launch week", "reason: «wrong-type|1e3»"),
}


@pytest.mark.parametrize("case", RETYPED)
def test_what_yaml_1_2_retypes_is_reported_where_a_text_belongs(case, expect):
    expect(SPEC, *RETYPED[case])


def test_a_file_with_a_byte_order_mark_and_windows_line_ends_is_read_like_any_other(files, lint):
    linted = lint({**files, SPEC: b"\xef\xbb\xbf" + files[SPEC].replace("\n", "\r\n").encode()})
    assert linted.found == []


def test_every_document_of_a_file_is_read(files, lint):
    second = files[SPEC].replace("name: churn\n", "name: other\n").replace("confidence: 95%", "confidence: 95")
    linted = lint({**files, SPEC: files[SPEC] + "---\n" + second})
    line = files[SPEC].count("\n") + 1 + second[: second.index("confidence: 95}")].count("\n") + 1
    assert [(found.code, found.line) for found in linted.found] == [("bad-ratio", line)]


def test_findings_in_all_files_are_reported_together(files, lint):
    files[SPEC] = files[SPEC].replace("confidence: 95%", "confidence: 95").replace("port: 8080", "port: 80")
    files["lifespec.yaml"] = files["lifespec.yaml"].replace("memory: 256Gi", "memory: lots")
    linted = lint({**files, "specs/broken.yaml": "a: [\n"})
    assert {(found.file, found.code) for found in linted.found} >= {
        ("lifespec.yaml", "bad-quantity"),
        ("specs/broken.yaml", "yaml-syntax"),
    }


UNREADABLE = {
    "no YAML": ("waivers:", "waivers: ]"),
    "of an unknown kind": ("kind: ModelLifecycle", "kind: Lifecycle"),
    "of an unknown version": ("lifespec.dev/v1alpha1", "lifespec.dev/v9"),
    "a list": ("apiVersion:", "- apiVersion:"),
    "binary": ("apiVersion:", "\0"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_of_a_spec_that_cannot_be_read_nothing_is_missed(case, files, lint):
    broken = {**files, SPEC: files[SPEC].replace(*UNREADABLE[case])}
    assert {found.file for found in lint(broken).found} == {SPEC}


def test_a_model_version_of_no_lifecycle_is_one_all_the_same(files, lint):
    (found,) = lint(
        {MODEL: files[MODEL], "specs/other/lifecycle.yaml": files[SPEC] + "\n]", PROJECT: files[PROJECT]}
    ).found[:1]
    assert (found.code, found.file) == ("dangling-model-version", MODEL)
