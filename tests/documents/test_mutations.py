"""Sound specs, broken by chance: reading one never raises, and every finding lies inside its file."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from lifecycles import lifecycles, small
from lifespec_compiler.plan import assemble, environments, parse, plan
from lifespec_compiler.rules import Context, lint_lifecycle
from lifespec_compiler.targets import TARGETS
from lifespec_schema.forms import read_lifecycle
from lifespec_schema.loader import locate, source_lines
from lifespec_schema.spec.lifecycle import ModelLifecycle

HOSTILE = st.sampled_from(
    [
        "",
        " ",
        "\n",
        "\x1b[31m",
        "\u202e",
        "\0",
        "${{ github.token }}",
        "$(id)",
        "../..",
        "a" * 2000,
        "é",
        "日本",
        "💥",
        "-1",
        "~",
        "yes",
    ]
)
ANYTHING = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**53), 2**53),
        st.floats(allow_nan=False, allow_infinity=False),
        HOSTILE,
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(HOSTILE, inner, max_size=3)),
    max_leaves=5,
)


def ways(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every way into a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, item in inner for found in [(*way, key), *ways(item, (*way, key))]]


def holder(document: Any, way: tuple[Any, ...]) -> Any:
    for part in way[:-1]:
        document = document[part]
    return document


CHANGES = ("delete", "replace", "null", "wrap", "unwrap", "rename", "double", "move")


def change(draw: st.DrawFn, document: dict[str, Any], way: tuple[Any, ...]) -> None:
    """Changes what lies at the end of `way`, as nobody would on purpose."""
    around, key = holder(document, way), way[-1]
    value = around[key]
    match draw(st.sampled_from(CHANGES)):
        case "delete":
            del around[key]
        case "replace":
            around[key] = draw(ANYTHING)
        case "null":
            around[key] = None
        case "wrap":
            around[key] = draw(st.sampled_from([[value], {"x": value}, {"kind": value}, [[value]]]))
        case "unwrap" if isinstance(value, list) and value:
            around[key] = value[0]
        case "rename" if isinstance(around, dict):
            around[draw(HOSTILE | st.just(f"{key}s"))] = around.pop(key)
        case "double" if isinstance(around, list):
            around.append(deepcopy(value))
        case "move":
            around[key] = deepcopy(holder(document, draw(st.sampled_from(ways(document)))))


@st.composite
def broken(draw: st.DrawFn) -> dict[str, Any]:
    """A sound document after one to three changes."""
    document = json.loads(json.dumps(draw(st.one_of(st.just(small()), lifecycles()))))
    for _ in range(draw(st.integers(1, 3))):
        if ways(document):
            change(draw, document, draw(st.sampled_from(ways(document))))
    return document


def spec_patched(document: dict[str, Any], patch: Any) -> dict[str, Any]:
    spec = document.get("spec")
    return {**document, "spec": {**spec, "environments": {"production": patch}}} if isinstance(spec, dict) else document


@settings(max_examples=100)
@given(broken(), st.none() | broken())
def test_no_document_breaks_the_reader_and_every_finding_lies_in_its_file(document, patch):
    if patch is not None:
        document = spec_patched(document, patch.get("spec"))
    data = json.dumps(document, ensure_ascii=True, indent=1).encode()
    files = {"specs/lifecycle.yaml": data}
    documents, findings = parse(files)
    bundles, project, assembled = assemble(documents, None)
    assert project is not None
    found = [*findings, *assembled]
    context = Context(chosen={name: target.CAPABILITIES for name, target in TARGETS.items()}, others={}, severities={})
    made = 0
    for bundle in bundles:
        for environment in environments(project):
            planned, problems = plan(bundle, project, environment)
            found += problems
            assert planned is not None or problems
            if planned:
                made += 1
                found += lint_lifecycle([planned], context, date(2026, 1, 1))
    assert made or found or not bundles
    assert "internal-error" not in {finding.rule for finding in found}
    lines = source_lines(data)
    for finding in locate(found, files):
        span = finding.place.span
        assert span is not None, finding
        assert 1 <= span.line <= span.end_line <= len(lines), finding
        assert 1 <= span.column <= len(lines[span.line - 1]) + 1, finding
        assert finding.message


def has_null(value: Any) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value is None or any(map(has_null, inner))


@settings(max_examples=60)
@given(broken().filter(lambda document: not has_null(document)))  # the models allow null where a field is optional
def test_the_compiled_language_and_its_models_agree_on_what_is_sound(document):
    compiled, problems = read_lifecycle(document)
    try:
        ModelLifecycle.model_validate(document)
        sound = True
    except ValidationError:
        sound = False
    assert (compiled is not None) == sound
    assert bool(problems) != sound
