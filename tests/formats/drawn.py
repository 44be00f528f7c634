"""Reports with hostile strings in every place that a user may fill."""

from __future__ import annotations

import os

from hypothesis import strategies as st

from lifespec_compiler.rules import RULES, Waived
from lifespec_runtime.cli.formats import Report
from lifespec_schema.findings import Finding, Fix, Place, Severity, Span
from lifespec_schema.spec.governance import Waiver

# What breaks out of some format: line ends, workflow commands, markup, escapes, controls, halves of characters.
HOSTILE = [
    "\n::error file=x::owned",
    "\r\n##[error]owned",
    "%0A::stop-commands::x",
    "::set-output name=a::b",
    "a,b:c=d%2C",
    "]]></failure><!--",
    '<x a="&amp;">&',
    "\x00\x08\x0b\x1b[31m\x7f\x9b",
    "\u2028\u2029\u202e\u200b\ufeff",
    "\ufffe\uffff\ud800",
    "\U0001f4a5e\u0301",
    "a" * 300,
]
texts = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(), max_size=20)), max_size=4).map("".join)
parts = st.lists(st.one_of(st.sampled_from(["spec", "rollout", "steps"]), texts, st.integers(0, 9)), max_size=4)


@st.composite
def spans(draw):
    line, column = draw(st.integers(1, 99)), draw(st.integers(1, 99))
    return Span(line, column, line + draw(st.integers(0, 3)), column + draw(st.integers(0, 9)))


# A file's name may hold bytes that are no UTF-8, but no NUL.
names = st.one_of(
    st.sampled_from(["specs/churn/lifecycle.yaml", "lifespec.yaml", "../outside.yaml", "a b%20c#?.yaml", "a:b,c.yaml"]),
    st.binary(min_size=1, max_size=20).map(lambda name: os.fsdecode(name.replace(b"\0", b"0").replace(b"/", b"_"))),
)
places = st.builds(
    Place, names, parts.map(tuple), st.integers(0, 2), on_key=st.booleans(), span=st.one_of(st.none(), spans())
)
findings = st.builds(
    Finding,
    st.sampled_from([*RULES, "bad-duration", "no-such-file"]),
    st.sampled_from(Severity),
    texts,
    places,
    texts,
    st.lists(st.tuples(texts, places), max_size=2).map(tuple),
    st.one_of(st.none(), st.builds(Fix, texts, st.just(("spec", "version")), texts)),
)
waivers = st.builds(
    lambda reason: Waiver.model_construct(
        finding="dangling-monitor", at=None, reason=reason, owner="jo", expires="2099-01-31"
    ),
    texts,
)
reports = st.builds(
    Report,
    st.lists(findings, max_size=4, unique=True),
    st.just({"specs/churn/lifecycle.yaml": b"\xef\xbb\xbfspec: {version: 1.0.0}\r\n"}),
    st.lists(st.builds(Waived, findings, waivers, places), max_size=2),
    st.lists(names, max_size=2),
    st.sampled_from(Severity),
    st.sampled_from(["", "models/", "a b/"]),
)
