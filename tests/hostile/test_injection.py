"""Texts that mean something elsewhere, in every field of the language: refused by name, or without any effect but there.

A text goes into all fields at once: each that takes no such text must say so at its place, and of what the others make
of it every target's files must have the structure that they have with a harmless text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

import pytest

from hostile.dictionary import GLUED, TEXTS
from hostile.outputs import TARGETS, all_landed, manifests, refusals, shapes
from hostile.places import Put, Spot, planned, spots, with_texts
from hostile.shapes import difference
from leaves.alternatives import Place, get
from leaves.witnesses import MAXIMAL, VARIANTS, witness
from lifespec_compiler.codes import CODES as COMPILER_CODES
from lifespec_compiler.plan import Plan
from lifespec_schema.codes import CODES as SCHEMA_CODES
from lifespec_schema.findings import Finding, Severity

FILES = {"lifecycle.yaml": "lifecycle", "model.yaml": "model", "lifespec.yaml": "project"}
HARMLESS = "harmless"
RUNNERS = ("agent", "ci")
SPOTS = spots()
QUERIES = ("query", "good"), ("query", "total")
"""A team's own queries are PromQL: their tokens are theirs to choose."""


def errors(findings: Iterable[Finding]) -> list[Finding]:
    return [found for found in findings if found.severity is Severity.ERROR]


def place_of(found: Finding) -> Place:
    return (FILES[found.place.file], *found.place.path)


def refused_alone(variant: str, put: Put) -> bool:
    """Whether a text in one place is an error; every error has a code, and a message that prints."""
    plan, findings = planned(with_texts(variant, [put]))
    found = errors(findings)
    assert plan is not None or found, put
    for each in found:
        assert each.rule in SCHEMA_CODES or each.rule in COMPILER_CODES, each
        assert each.message, each
        assert each.message.isprintable(), each
    return bool(found)


def accepted(variant: str, puts: Sequence[Put]) -> list[Put]:
    """The texts that are taken; each of the others is an error, nearly always at its own place."""
    _, findings = planned(with_texts(variant, puts))
    wrong = {place_of(found) for found in errors(findings)}
    return [put for put in puts if put.place not in wrong and not refused_alone(variant, put)]


def together(variant: str, puts: Sequence[Put]) -> list[list[Put]]:
    """Groups of texts that are no errors beside each other: names, for one, must differ."""
    if len(puts) < 2 or not errors(planned(with_texts(variant, puts))[1]):
        return [list(puts)] if puts else []
    half = len(puts) // 2
    return [*together(variant, puts[:half]), *together(variant, puts[half:])]


@cache
def harmless_shapes(variant: str, free: frozenset[Place], target: str, runner: str) -> dict[str, object]:
    plan, findings = planned(with_texts(variant, [Put(place, HARMLESS) for place in free], runner=runner))
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


def assert_structure_is_kept(variant: str, puts: Sequence[Put]) -> None:
    for runner in RUNNERS:
        plan, findings = planned(with_texts(variant, puts, runner=runner))
        assert plan is not None, findings
        for target in TARGETS:
            concerned = runner == "agent" or target in ("github", "gitlab")
            if concerned and not refused_anyway(variant, target, runner):
                _assert_target_keeps_structure(target, runner, variant, puts, plan)


def _assert_target_keeps_structure(
    target: str, runner: str, variant: str, puts: Sequence[Put], plan: Plan | None
) -> None:
    """A target may refuse a place; then it makes of the others what it makes of harmless texts."""
    assert plan is not None
    refused = {place_of(found) for found in refusals(target, plan)}
    if refused:
        assert refused <= {put.place for put in puts}, refused
        puts = [put for put in puts if put.place not in refused]
        plan, _ = planned(with_texts(variant, puts, runner=runner))
        assert plan is not None
        assert refusals(target, plan) == []
    free = FREE_PLACES & {put.place for put in puts}
    wanted, found = harmless_shapes(variant, free, target, runner), shapes(target, plan)
    assert difference(found, wanted, target) is None


def puts_of(variant: str, text: str, chosen: Iterable[Spot]) -> list[Put]:
    return [Put(place, text) for spot in chosen if spot.variant == variant for place in spot.places]


def without_queries(puts: Iterable[Put]) -> list[Put]:
    return [put for put in puts if put.place[-2:] not in QUERIES]


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_a_text_in_every_field_is_refused_or_changes_no_structure(text):
    with all_landed():
        for variant in VARIANTS:
            # A plain word is a sound name, and other names than the ones that are referred to are another spec.
            chosen = [spot for spot in SPOTS if spot.is_free or not re.fullmatch(r"[\w.-]+", text)]
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
