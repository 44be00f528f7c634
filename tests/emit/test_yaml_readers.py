"""Every reader takes back what was written: the same values, of the same types."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from lifespec_compiler.emit.yaml import LARGEST_INTEGER, to_yaml
from lifespec_schema.loader import read

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=30)
    | st.text("yYnNoO~0123456789+-.eE_:xinfa \n\t#'\"|>&*!%@`{}[],?=<\\/\x85\u2028\ufeffé", max_size=12)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=25,
)


def typed(value: Any) -> Any:
    """The value with the type of each leaf, so that 1, 1.0 and True differ, and -0.0 from 0.0."""
    if isinstance(value, dict):
        return [(typed(key), typed(item)) for key, item in value.items()]
    if isinstance(value, list):
        return [typed(item) for item in value]
    return type(value).__name__, repr(value)


def read_1_2(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(io.StringIO(text))


def read_ours(text: str) -> Any:
    documents, findings = read("a.yaml", text.encode())
    assert findings == ()
    (document,) = documents
    return document.value


def read_1_1(text: str) -> Any:
    return yaml.load(text, Loader=yaml.CSafeLoader)


@given(VALUES)
@example({"a": [[[{"b": [[], {}]}]], "x\n"]})
@example("a\n")
@example(["a\nb", ["a\n\nb\n"]])
def test_readers_of_yaml_1_1_and_1_2_take_back_every_value(value: object):
    text = to_yaml(value)
    assert typed(yaml.safe_load(text)) == typed(value)
    assert typed(read_1_1(text)) == typed(value)
    assert typed(read_1_2(text)) == typed(value)


@given(st.dictionaries(st.text(max_size=8), VALUES, min_size=1, max_size=3))
def test_our_own_loader_takes_back_every_value_without_a_finding(value: object):
    assert typed(read_ours(to_yaml(value, ["Generated."]))) == typed(value)


@given(VALUES)
def test_what_was_read_back_is_written_the_same(value: object):
    text = to_yaml(value)
    assert to_yaml(read_1_1(text)) == text


@pytest.mark.parametrize("read", [yaml.safe_load, read_1_1, read_1_2, read_ours])
def test_hostile_strings_are_the_same_as_values_items_and_keys(read: Callable[[str], Any], hostile_strings: list[str]):
    for hostile in hostile_strings:
        value = {"value": hostile, "items": [hostile, [hostile]], "key": {hostile: hostile}, "last": 1}
        assert typed(read(to_yaml(value))) == typed(value), ascii(hostile[:80])
        if read is not read_ours:  # which takes mappings only
            assert typed(read(to_yaml(hostile))) == typed(hostile), ascii(hostile[:80])


def test_kubectl_reads_back_hostile_strings_as_they_were(
    kubectl_read: Callable[[str], list[dict[str, Any]]], hostile_strings: list[str]
):
    spec = {
        "values": dict(zip((f"v{index}" for index in range(len(hostile_strings))), hostile_strings, strict=True)),
        "items": hostile_strings,
        "keys": {hostile: index for index, hostile in enumerate(hostile_strings)},
    }
    written = {"apiVersion": "example.com/v1", "kind": "Corpus", "metadata": {"name": "corpus"}, "spec": spec}
    assert len(set(hostile_strings)) >= 250
    (found,) = kubectl_read(to_yaml(written))
    assert found == written


def test_kubectl_reads_back_numbers_with_their_values(kubectl_read: Callable[[str], list[dict[str, Any]]]):
    numbers = [0, -1, LARGEST_INTEGER, -LARGEST_INTEGER, 0.1, 1e-07, 1e22, 1.5e300, 5e-324, 1.7976931348623157e308]
    numbers += [1.0, 1e15, 1e16, 123456789.123, 0.30000000000000004, 9007199254740993e3]
    spec = {"numbers": numbers, "others": [True, False, None, {}, []]}
    written = {"apiVersion": "example.com/v1", "kind": "Corpus", "metadata": {"name": "corpus"}, "spec": spec}
    (found,) = kubectl_read(to_yaml(written))
    # Go prints a large whole double without an exponent, so the same number may come back as an integer.
    assert [float(number) for number in found["spec"]["numbers"]] == numbers
    assert found["spec"]["others"] == spec["others"]
