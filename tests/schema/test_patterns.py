"""Patterns: what lint says of a regular expression is what RE2 says of it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lifespec_schema.values.patterns import BadPatternError, judge

PIECES = [
    *"ab-^$.|*+?{}[](),/&#0:\n",
    *("é", "😀", "a-z", "z-a", "é-ï", "&&", "\x00"),
    *("(?:", "(?i)", "(?U)", "(?-i)", "(?i-s:", "(?i--s:", "(?)", "(?-)", "(?x)", "(?", "(?^", "(?1", "(?R)", "(?#a)"),
    *("(?P<n>", "(?<m>", "(?P<n2>", "(?P<é>", "(?P<>", "(?P<a b>", "(?P=n)", "(?=", "(?!", "(?<=", "(?<!", "(?>"),
    *("{2}", "{2,}", "{,3}", "{1,30}", "{1,1000}", "{1001}", "{3,2}", "{02}", "*?", "++"),
    *("[^", "[[:", "[:alpha:]", "[:^word:]", "[:foo:]"),
    *(r"\d", r"\D", r"\1", r"\12", r"\0", r"\8", r"\x41", r"\x{10FFFF}", r"\x{110000}", r"\x", r"\Q", r"\E", r"\C"),
    *(r"\z", r"\Z", r"\A", r"\b", r"\y", r"\_", r"\-", "\\", r"\n", r"\é"),
    *(r"\p{Lu}", r"\pL", r"\P{^Lu}", r"\p{Foo}", r"\p", r"\p{", r"\p{}", r"\pa", r"\p{Greek}", r"\p{greek}"),
]


def refused(pattern):
    try:
        judge(pattern)
    except BadPatternError as error:
        return str(error)
    return ""


@pytest.fixture(scope="module")
def read_by_re2():
    re2 = pytest.importorskip("re2", reason="google-re2 is absent")
    options = re2.Options()
    options.log_errors = False

    def read(pattern):
        try:
            re2.compile(pattern, options)
        except re2.error:
            return False
        return True

    return read


@settings(max_examples=2000, suppress_health_check=[HealthCheck.too_slow])
@given(pattern=st.lists(st.sampled_from(PIECES), min_size=1, max_size=9).map("".join))
def test_we_and_the_library_agree(pattern, read_by_re2):
    why = refused(pattern)
    if "too large" not in why:
        assert (not why) == read_by_re2(pattern), why


@settings(max_examples=500)
@given(pattern=st.text(st.sampled_from("a\\[](){}?*+|^$-:<>P=!1pL,.")))
def test_we_and_the_library_agree_on_signs(pattern, read_by_re2):
    assert (not refused(pattern)) == read_by_re2(pattern)


@pytest.mark.parametrize(
    "pattern", [r"\p{L}{1000}", r"(\p{Lu}{10}){10}" * 20, "[^a]{1000}" * 60, r"\W{1000}" * 100, "(.{10}){100}" * 80]
)
def test_what_would_be_too_large_for_the_library_is_refused(pattern, read_by_re2):
    assert not read_by_re2(pattern)
    assert "too large" in refused(pattern)


@pytest.mark.parametrize(
    "pattern", [r"[A-Z]{2}[0-9]+", r"^\d{3}-\d{4}$", r"(?i)yes|no", r"\p{Greek}{1,100}", "a" * 1024]
)
def test_what_people_write_is_accepted(pattern, read_by_re2):
    assert not refused(pattern)
    assert read_by_re2(pattern)


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(?=.*[A-Z]).+", "`(?=.` opens a kind of group that it does not have"),
        (r"(\w)\1", r"'\\1' means nothing"),
        ("a++", "`+` follows another quantifier"),
        ("*.csv", "there is nothing before `*` that could be repeated"),
        ("(ab", "a `(` is never closed"),
        ("ab)", "a `)` closes nothing"),
        ("[a-z", "the `[` of '[a-z' is never closed"),
        ("[z-a]", "'z-a' ends before it starts"),
        ("[[:letter:]]", "'[:letter:]' is no class of characters"),
        (r"\p{Klingon}", r"'\\p{Klingon}' is no property of Unicode that it knows"),
        ("x{1001}", "`{1001}` repeats more than 1000 times"),
        ("((x{10}){10}){11}", "with `{11}` a part is repeated more than 1000 times"),
        ("(?P<a b>x)", "'a b' is not the name of a group"),
        ("a\\", "there is nothing after the last backslash"),
    ],
)
def test_what_is_refused_says_why(pattern, why, read_by_re2):
    assert refused(pattern) == why
    assert not read_by_re2(pattern)


def test_who_writes_no_pattern_waits_for_none():
    code = (
        "import sys; from lifespec_schema.compiled.language import validator; validator('ModelLifecycle');"
        "print([name for name in ('lifespec_schema.values.patterns', 'lifespec_schema.values.cron', 'tzdata', 're2')"
        " if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
