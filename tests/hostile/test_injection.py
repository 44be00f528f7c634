"""Texts that mean something elsewhere, in every field of the language: refused by name, or nothing but texts.

A text goes into all fields at once: each that takes no such text must say so at its place, and of what the others make
of it every target's files must have the structure that they have with a harmless text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache

import pytest

from hostile.dictionary import GLUED, TEXTS
from hostile.outputs import TARGETS, all_landed, manifests, refusals, shapes
from hostile.places import Contracts, Put, Spot, planned, spots, with_texts
from hostile.shapes import difference
from leaves.alternatives import Place, get
from leaves.witnesses import MAXIMAL, VARIANTS, witness
from lifespec_compiler.codes import CODES as COMPILER_CODES
from lifespec_compiler.emit.yaml import to_yaml
from lifespec_compiler.manifest import Manifest
from lifespec_compiler.plan import Plan
from lifespec_schema.codes import CODES as SCHEMA_CODES
from lifespec_schema.findings import Finding, Severity
from lifespec_schema.loader import Document

FILES = {"lifecycle.yaml": "lifecycle", "model.yaml": "model", "lifespec.yaml": "project"}
HARMLESS = "harmless"
RUNNERS = ("agent", "ci")
SPOTS = spots()
QUERIES = ("query", "good"), ("query", "total")
"""A team's own queries are PromQL: their tokens are theirs to choose."""


def errors(findings: Iterable[Finding]) -> list[Finding]:
    """The errors among findings; each has a code, and a message that prints."""
    found = [each for each in findings if each.severity is Severity.ERROR]
    for each in found:
        assert each.rule in SCHEMA_CODES or each.rule in COMPILER_CODES, each
        assert each.message, each
        assert each.message.isprintable(), each
        assert each.help.isprintable(), each
    return found


def place_of(found: Finding) -> Place:
    return (FILES[found.place.file], *found.place.path)


def refused_alone(variant: str, put: Put) -> bool:
    """Whether a text in one place is an error."""
    plan, findings = planned(with_texts(variant, [put]))
    found = errors(findings)
    assert plan is not None or found, put
    return bool(found)


def accepted(variant: str, puts: Sequence[Put]) -> list[Put]:
    """The texts that are taken; each of the others is an error, nearly always at its own place.

    What is wrong hides what lies deeper or would be looked at later, so those that are left are tried again.
    """
    plan, findings = planned(with_texts(variant, puts)) if puts else (None, [])
    wrong = {place_of(found) for found in errors(findings)}
    left = [put for put in puts if put.place not in wrong]
    if len(left) < len(puts):
        return accepted(variant, left)
    return left if plan else [put for put in left if not refused_alone(variant, put)]


def together(variant: str, puts: Sequence[Put]) -> list[list[Put]]:
    """Groups of texts that are no errors beside each other: names, for one, must differ."""
    if len(puts) < 2 or not errors(planned(with_texts(variant, puts))[1]):
        return [list(puts)] if puts else []
    half = len(puts) // 2
    return [*together(variant, puts[:half]), *together(variant, puts[half:])]


@cache
def harmless_shapes(variant: str, puts: tuple[Put, ...], target: str, runner: str) -> dict[str, object]:
    plan, findings = planned(with_texts(variant, puts, runner=runner))
    assert plan is not None, findings
    assert errors(findings) == []
    return shapes(target, plan)


@cache
def refused_anyway(variant: str, target: str, runner: str) -> set[Place]:
    """What a target cannot do with the variant, whatever the texts."""
    plan, _ = planned(with_texts(variant, [], runner=runner))
    assert plan is not None
    return {place_of(found) for found in refusals(target, plan)}


FREE_PLACES = frozenset(place for spot in SPOTS if spot.is_free for place in spot.places)


Harmless = Callable[[Put], Put | None]
"""A harmless text in place of a hostile one; None where the sound value is harmless enough."""


def harmless_if_free(put: Put) -> Put | None:
    return Put(put.place, HARMLESS) if put.place in FREE_PLACES else None


def assert_structure_is_kept(variant: str, puts: Sequence[Put], harmless: Harmless = harmless_if_free) -> None:
    for runner in RUNNERS:
        for target in TARGETS:
            concerned = runner == "agent" or target in ("github", "gitlab")
            if concerned and not refused_anyway(variant, target, runner):
                _assert_target_keeps_structure(target, runner, variant, puts, harmless)


def _assert_target_keeps_structure(
    target: str, runner: str, variant: str, puts: Sequence[Put], harmless: Harmless
) -> None:
    """A target may refuse a place; then it makes of the others what it makes of harmless texts."""
    plan = sound(variant, puts, runner)
    refused = {place_of(found) for found in refusals(target, plan)}
    if refused:
        assert refused <= {put.place for put in puts}, refused
        puts = [put for put in puts if put.place not in refused]
        plan = sound(variant, puts, runner)
        assert refusals(target, plan) == []
    wanted = harmless_shapes(variant, tuple(filter(None, map(harmless, puts))), target, runner)
    assert difference(shapes(target, plan), wanted, target) is None


def sound(variant: str, puts: Iterable[Put], runner: str) -> Plan:
    plan, findings = planned(with_texts(variant, puts, runner=runner))
    assert plan is not None, findings
    return plan


def puts_of(variant: str, text: str, chosen: Iterable[Spot]) -> list[Put]:
    return [Put(place, text) for spot in chosen if spot.variant == variant for place in spot.places]


def without_queries(puts: Iterable[Put]) -> list[Put]:
    return [put for put in puts if put.place[-2:] not in QUERIES]


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_a_text_in_every_field_is_refused_or_changes_no_structure(text):
    with all_landed():
        for variant in VARIANTS:
            # A plain word is a sound name, and other names than the ones that are referred to are another spec.
            is_word = re.fullmatch(r"[\w.-]+", text)
            chosen = [spot for spot in SPOTS if spot.is_free or not is_word]
            taken = accepted(variant, puts_of(variant, text, chosen))
            for group in together(variant, without_queries(taken)):
                assert_structure_is_kept(variant, group)


@pytest.mark.parametrize("piece", GLUED, ids=ascii)
def test_a_piece_of_text_behind_and_inside_every_sound_value_is_refused_or_changes_no_structure(piece):
    with all_landed():
        for variant in VARIANTS:
            documents = witness(variant)
            values = [
                (spot.places[0], str(get(documents, spot.places[0])))
                for spot in SPOTS
                if spot.variant == variant and not spot.is_free
            ]
            for glue in (lambda value: value + piece, lambda value: value[:-1] + piece + value[-1:]):
                puts = [Put(place, glue(value)) for place, value in values]
                for group in together(variant, accepted(variant, puts)):
                    assert_structure_is_kept(variant, group)


def test_names_that_yaml_1_1_reads_as_numbers_change_no_structure():
    with all_landed():
        spots_of_names = [spot for spot in SPOTS if spot.variant == MAXIMAL and not spot.is_free and not spot.is_typed]
        # Where files go is told by namespaces and clusters, so others than these.
        bound = [spot.places[0] for spot in spots_of_names if "environments" not in spot.places[0]]
        numbers = [Put(place, f"1e{number}") for number, place in enumerate(bound)]
        words = {place: f"w{number}" for number, place in enumerate(bound)}
        taken = [put for put in numbers if not refused_alone(MAXIMAL, put)]
        taken = [put for put in taken if not refused_alone(MAXIMAL, Put(put.place, words[put.place]))]
        assert len(taken) > 30
        for group in together(MAXIMAL, taken):
            assert_structure_is_kept(MAXIMAL, group, lambda put: Put(put.place, words[put.place]))


KEYS = (
    ("lifecycle", "spec", "serving", "env"),
    ("lifecycle", "spec", "experiments", "candidates", 0, "parameters"),
    ("lifecycle", "spec", "experiments", "candidates", 0, "search", "space"),
    ("lifecycle", "spec", "experiments", "baselines", 3, "values"),
    ("lifecycle", "spec", "data", "sources", 1, "join", "columns"),
    ("lifecycle", "spec", "environments"),
    ("project", "spec", "lint", "severities"),
)


@pytest.mark.parametrize("place", KEYS, ids=lambda place: str(place[-1]))
def test_a_text_as_a_key_is_refused_or_changes_no_structure(place):
    value = next(iter(get(witness(), place).values()))
    texts = [text for text in (*TEXTS, *(f"LOG{piece}" for piece in GLUED)) if not re.fullmatch(r"[\w.-]+", text)]
    taken = [text for text in texts if not refused_alone(MAXIMAL, Put((*place, text), value))]
    for start in range(0, len(taken), 50):
        assert_keys_change_no_structure(place, value, taken[start : start + 50])


def assert_keys_change_no_structure(place: Place, value: object, taken: Sequence[str]) -> None:
    names = {text: f"harmless{number}" for number, text in enumerate(taken)}
    found = sound(MAXIMAL, [Put((*place, text), value) for text in taken], "agent")
    plain = sound(MAXIMAL, [Put((*place, name), value) for name in names.values()], "agent")
    for target in TARGETS:
        assert difference(renamed(shapes(target, found), names), shapes(target, plain), target) is None


def renamed(shape: object, names: Mapping[str, str]) -> object:
    """A structure in which keys have other names."""
    if isinstance(shape, dict):
        return {names.get(key, key): renamed(item, names) for key, item in shape.items()}
    return [renamed(item, names) for item in shape] if isinstance(shape, list) else shape


def test_kubectl_reads_every_text_as_it_was_written(kubectl_read):
    free = [place for place in sorted(FREE_PLACES, key=str) if place[0] == "lifecycle" and place in MAXIMAL_PLACES]
    free = [put.place for put in accepted(MAXIMAL, [Put(place, "a b") for place in free if place[-1] != "pattern"])]
    texts = [text for text in TEXTS if len(text) <= 128]
    for start in range(0, len(texts), len(free)):
        with all_landed():
            plan = sound(MAXIMAL, map(Put, free, texts[start : start + len(free)]), "agent")
            files = [
                each for target in TARGETS for each in manifests(target, plan) if not isinstance(each.content, str)
            ]
        written = [item for each in files if each.root == "output" for item in documents_of(each)]
        written = [item for item in written if "apiVersion" in item and item.get("metadata")]
        assert kubectl_read("---\n".join(to_yaml(item) for item in written)) == written


MAXIMAL_PLACES = frozenset(place for spot in SPOTS if spot.variant == MAXIMAL for place in spot.places)


def documents_of(manifest: Manifest) -> list[dict[str, object]]:
    """The objects of a file, as JSON has them."""
    content = [manifest.content] if isinstance(manifest.content, dict) else list(manifest.content)
    return json.loads(json.dumps(content))


CONTRACT = "contracts/customers.odcs.yaml"
DESCRIBED = {
    "apiVersion": "v3.1.0",
    "kind": "DataContract",
    "id": "customers",
    "version": "1.0.0",
    "status": "active",
    "domain": "text",
    "tenant": "text",
    "description": {"purpose": "text", "usage": "text", "limitations": "text"},
    "servers": [{"server": "lake", "type": "s3", "location": "s3://lake/customers/", "format": "parquet"}],
    "schema": [
        {
            "name": "customers",
            "physicalName": "text",
            "description": "text",
            "logicalType": "object",
            "properties": [
                {"name": "customer_id", "logicalType": "string", "primaryKey": True, "description": "text"},
                {"name": "tenure", "logicalType": "integer", "businessName": "text", "physicalType": "text"},
                {
                    "name": "plan",
                    "logicalType": "string",
                    "logicalTypeOptions": {"pattern": "text"},
                    "tags": ["text"],
                    "quality": [
                        {"type": "library", "metric": "invalidValues", "mustBe": 0, "arguments": {"pattern": "text"}},
                        {"type": "text", "description": "text"},
                    ],
                },
                {"name": "churned", "logicalType": "boolean"},
            ],
        }
    ],
    "slaProperties": [{"property": "retention", "value": 3, "unit": "y", "driver": "text", "element": "customers"}],
}


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_a_text_in_a_data_contract_is_refused_or_changes_no_structure(text):
    def contract(value: str) -> Contracts:
        replaced = json.loads(json.dumps(DESCRIBED), object_hook=lambda each: _with(each, value))
        return {CONTRACT: (Document(CONTRACT, 0, replaced, 1),)}

    plan, findings = planned(witness("contract"), contract(text))
    if plan is None:
        assert errors(findings)
        return
    plain, findings = planned(witness("contract"), contract("text"))
    assert plain is not None, findings
    for target in TARGETS:
        assert refusals(target, plan) == refusals(target, plain)
        assert difference(shapes(target, plan), shapes(target, plain), target) is None


def _with(mapping: dict[str, object], text: str) -> dict[str, object]:
    found = {key: text if value == "text" and key != "type" else value for key, value in mapping.items()}
    return {key: [text] if value == ["text"] else value for key, value in found.items()}
