"""The capability matrix, held against what the targets and lint really do with the same specs."""

from __future__ import annotations

import re
from datetime import date
from itertools import combinations

import pytest

from leaves.alternatives import LIFECYCLE, To, edit, places, written
from leaves.outputs import output
from leaves.standing import ROOTS, all_leaves, support
from leaves.witnesses import MAXIMAL, production, witness
from leaves.witnesses import ROOTS as DOCUMENTS
from lifespec_compiler.rules import Context, lint
from lifespec_compiler.targets import TARGETS, unsupported
from lifespec_schema.findings import Severity

TODAY = date(2026, 11, 21)
LEAVES = {leaf.name: leaf for leaf in all_leaves()}


def planned(documents):
    plan, findings = production(documents)
    assert plan is not None, findings
    return plan


def with_value(leaf, value):
    """The plan of a witness with a value in a leaf; the other branch of a union comes with its own fields."""
    change = LIFECYCLE.get(leaf.field.path)
    documents = witness(change.of if isinstance(change, To) else MAXIMAL)
    document = DOCUMENTS[leaf.kind]
    place = written(documents, document, leaf.field.path)
    if isinstance(change, To) and isinstance(change.value, dict) and change.value.get(place[-1]) == value:
        place, value = place[:-1], change.value
    edit(documents, place, value)
    return planned(documents)


def linted(plan, *chosen):
    """What lint finds with these targets chosen."""
    tables = {name: target.CAPABILITIES for name, target in TARGETS.items()}
    context = Context(
        chosen={name: tables[name] for name in chosen},
        others={name: table for name, table in tables.items() if name not in chosen},
    )
    return lint(plan, context, TODAY)


def about(findings, rule):
    """The findings of a rule."""
    return [found for found in findings if found.rule == rule]


@pytest.mark.parametrize("target", TARGETS)
def test_every_table_is_about_leaves_of_the_language(target):
    table = TARGETS[target].CAPABILITIES
    named = {f"{kind} {path}" for kind, fields in table.fields.items() for path in fields}
    named |= {f"ModelLifecycle {path}" for path in table.values}
    assert named <= set(LEAVES)
    assert set(table.fields) <= set(ROOTS)


@pytest.mark.parametrize(
    ("target", "path", "value"),
    [
        pytest.param(target, path, value, id=f"{target} and {path}: {value}")
        for target, module in TARGETS.items()
        for path, values in module.CAPABILITIES.values.items()
        for value, found in values.items()
        if found.state == "not-honoured"
    ],
)
def test_a_refused_value_is_an_error_where_it_is_written(target, path, value):
    errors = [
        found
        for found in unsupported(with_value(LEAVES[f"ModelLifecycle {path}"], value), [target])
        if found.severity is Severity.ERROR
    ]
    assert [(found.rule, ".".join(map(str, found.place.path))) for found in errors] == [("unsupported-value", path)]
    assert support(target, "ModelLifecycle", path).state == "honoured", (
        "what is refused whatever its value is no choice"
    )
    assert errors[0].help


@pytest.mark.parametrize(
    ("leaf", "target"),
    [
        pytest.param(leaf, target, id=f"{leaf.name} in {target}")
        for leaf in LEAVES.values()
        if leaf.state == "proven"
        and leaf.field.choices
        and leaf.field.effect == "compile"
        and leaf.field.form != "canonical"
        if not leaf.by_command
        for target in leaf.by
    ],
)
def test_no_two_values_of_a_choice_are_the_same_to_a_target(leaf, target):
    outputs = {value: output(target, with_value(leaf, value)) for value in leaf.field.choices}
    same = [(one, other) for one, other in combinations(outputs, 2) if outputs[one] == outputs[other]]
    assert same == []


def states(plan, target):
    """By place in a lifecycle: what a target does with each leaf that is written there."""
    return {
        place: support(target, leaf.kind, leaf.field.path)
        for leaf in LEAVES.values()
        if leaf.kind == "ModelLifecycle" and leaf.field.form == "both" and leaf.field.path.startswith("spec.")
        for place in places(plan.canonical, leaf.field.path.split("."))
    }


@pytest.mark.parametrize("target", TARGETS)
def test_lint_finds_exactly_the_written_fields_that_the_chosen_target_does_not_honour(target):
    plan = planned(witness())
    dead = [found.place.path for found in about(linted(plan, target), "no-op-field")]
    for place, found in states(plan, target).items():
        assert any(place[: len(path)] == path for path in dead) is (found.state == "not-honoured"), place


@pytest.mark.parametrize("target", TARGETS)
def test_lint_names_what_written_fields_wait_for_and_in_which_sections(target):
    plan = planned(witness())
    waiting = {}
    for place, found in states(plan, target).items():
        if found.state == "pending":
            waiting.setdefault(found.on, set()).add(place[1])
    messages = [found.message for found in about(linted(plan, target), "pending-field")]
    assert len(messages) == len(waiting)
    for awaited, sections in waiting.items():
        (message,) = [message for message in messages if f" {awaited}: " in message]
        assert set(re.findall("`([a-zA-Z]+)`", message)) == sections


def test_a_field_of_another_target_is_an_error_that_names_it():
    dead = about(linted(planned(witness()), "docs"), "no-op-field")
    (found,) = [found for found in dead if found.place.path[:2] == ("spec", "serving")]
    assert found.severity is Severity.ERROR
    assert "kubernetes" in found.help


def test_together_the_landed_targets_leave_no_written_field_without_effect():
    assert about(linted(planned(witness()), *TARGETS), "no-op-field") == []
