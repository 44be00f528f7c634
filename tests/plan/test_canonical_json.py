from __future__ import annotations

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from lifespec_compiler.plan.canonical_json import canonical_json

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([1e-5, 1e-7, 1e16, 1e21, 1e22, -0.0, 5.0, 0.1 + 0.2, 123456789012345.67, 9007199254740991])
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.text(st.sampled_from('.0e+-19,]}"\\\n\x00\x7f'))
)
keys = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4), max_leaves=12
)


@given(st.dictionaries(keys, values, max_size=5))
@example({"a": [1e-7, 1.0, 10.0**16]})
@example({"\U00010000": 1, "\ufb00": 2})
@example({"a": (1, 2), "b": {"c": ()}})
def test_bytes_are_those_of_the_reference_implementation(value):
    assert canonical_json(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, -(2**53), "\ud800"])
@pytest.mark.parametrize("wrap", [lambda value: value, lambda value: [value], lambda value: {"b": value}])
def test_what_canonical_json_cannot_hold_is_refused(value, wrap):
    with pytest.raises(ValueError, match=r"domain|representable|codepoints"):
        canonical_json({"a": wrap(value)})
