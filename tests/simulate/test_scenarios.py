"""Scenario files: those that are brought, and what is wrong with others, with line and column."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from lifespec_compiler.plan import assemble, parse
from lifespec_compiler.simulate import reading
from lifespec_schema.export.json_schema import json_schemas
from lifespec_schema.scenario import Scenario
from lifespec_schema.values.moments import Moment

HEAD = "apiVersion: lifespec.dev/v1alpha1\nkind: Scenario\nmetadata: {name: made}\n"
WANTED = {
    "bad-slice",
    "broken-feature",
    "double-errors",
    "flapping",
    "healthy",
    "label-delay",
    "latency",
    "metrics-source-down",
    "no-data",
    "quiet-nights",
    "seasonal-drift",
    "slow-leak",
    "sudden-drift",
    "two-requests",
}


def found_in(text: str) -> list[tuple[str, int, int]]:
    scenario, findings = reading.read_scenario("made.yaml", text.encode())
    assert (scenario is None) == bool(findings)
    return [(found.rule, found.place.span.line, found.place.span.column) for found in findings if found.place.span]


def test_all_that_were_promised_are_there_and_the_healthy_one_is_first():
    assert set(reading.names()) >= WANTED
    assert reading.names()[0] == "healthy"


@pytest.mark.parametrize("name", reading.names())
def test_each_says_what_it_is_and_is_called_like_its_file(name):
    scenario = reading.built_in(name)
    assert scenario.metadata.name == name
    assert scenario.spec.about


@pytest.mark.parametrize("name", reading.names())
def test_the_json_schema_and_the_models_agree_on_each(name):
    text = (Path(reading.__file__).parent / "scenarios" / f"{name}.yaml").read_text()
    document = yaml.safe_load(text)
    jsonschema.validate(document, json_schemas()["scenario.json"])
    Scenario.model_validate(document)
    broken = {**document, "spec": {**document["spec"], "candidate": {"errors": {"timesBound": "two"}}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, json_schemas()["scenario.json"])


def test_there_is_no_other():
    with pytest.raises(KeyError):
        reading.built_in("../healthy")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("spec: {abut: x}\n", [("missing-field", 4, 1), ("unknown-field", 4, 8)]),
        ("spec:\n  about: x\n  candidate:\n    errors: {timesBound: 2, share: 3%}\n", [("contradiction", 7, 5)]),
        ("spec:\n  about: x\n  candidate: {errors: {timesBound: -1}}\n", [("out-of-range", 6, 36)]),
        ("spec:\n  about: x\n  changes:\n    - {at: soon, metrics: stop}\n", [("bad-duration", 7, 12)]),
        ("spec:\n  about: x\n  changes:\n    - {at: x%, metrics: stop}\n", [("bad-duration", 7, 12)]),
        ("spec:\n  about: x\n  changes:\n    - {at: 2h}\n", [("contradiction", 7, 7)]),
        ("spec:\n  about: x\n  changes:\n    - {at: 2h, every: 1h, traffic: 2}\n", [("contradiction", 7, 7)]),
        ("spec:\n  about: x\n  drift: [{kind: gradual, by: 2}]\n", [("contradiction", 6, 11)]),
        ("spec:\n  about: x\n  requests: [{at: 1h, verb: promote}]\n", [("wrong-value", 6, 29)]),
        (
            "spec:\n  about: x\n  changes:\n    - {at: 2h, lasting: 2h, every: 1h, traffic: 2}\n",
            [("contradiction", 7, 25)],
        ),
        (
            "spec:\n  about: x\n  changes:\n    - {at: 2h, lasting: 9%, every: 8%, traffic: 2}\n",
            [("contradiction", 7, 25)],
        ),
        (
            "spec:\n  about: x\n  changes:\n    - {at: 2h, lasting: 1s, every: 59s, traffic: 2}\n",
            [("out-of-range", 7, 36)],
        ),
        ("spec:\n  about: x\n  changes:\n    - {at: 2h, candidate: {offline: fails}}\n", [("contradiction", 7, 37)]),
        ("spec:\n  about: x\n  stable: {offline: fails}\n", [("contradiction", 6, 21)]),
        ("spec: {about: x, duration: 20000d}\n", [("out-of-range", 4, 28)]),
        ("spec: {about: x, duration: 10001%}\n", [("out-of-range", 4, 28)]),
        ("spec:\n  about: x\n  drift: [{kind: gradual, by: 2, over: 3651d}]\n", [("out-of-range", 6, 40)]),
        ("spec: {about: x}\n---\na: 1\n", [("wrong-length", 6, 1)]),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text, expected):
    assert sorted(found_in(HEAD + text)) == sorted(expected)


@pytest.mark.parametrize(
    "spec",
    [
        "duration: 3650d",
        "duration: 10000%",
        "changes: [{at: 0%, lasting: 1h, every: 1h, traffic: 2}]",
        "changes: [{at: 0%, lasting: 50%, every: 1h, traffic: 2}]",
        "changes: [{at: 0%, lasting: 2h, every: 10%, traffic: 2}]",
        "changes: [{at: 0%, lasting: 1s, every: 1m, traffic: 2}]",
        "drift: [{kind: gradual, by: 2, over: 3650d}]",
        "retrained: {offline: fails}",
    ],
)
def test_what_just_may_be_said_is_read(spec):
    assert found_in(HEAD + f"spec:\n  about: x\n  {spec}\n") == []


def test_another_kind_is_no_scenario():
    assert found_in(HEAD.replace("Scenario", "ModelVersion") + "spec: {about: x}\n") == [("wrong-value", 2, 7)]
    assert found_in("a: [\n")[0][0] == "syntax-error" or found_in("a: [\n")


def test_a_moment_is_a_time_or_a_share_of_the_rollout():
    text = HEAD + "spec:\n  about: x\n  changes: [{at: 30%, lasting: 2h, metrics: stop}]\n"
    scenario, _ = reading.read_scenario("made.yaml", text.encode())
    assert scenario is not None
    change = scenario.spec.changes[0]
    assert (change.at, change.lasting) == (Moment(share=0.3), Moment(seconds=7200))
    assert change.at.within(1000) == 300


def test_a_scenario_may_stand_beside_a_lifecycle():
    documents, findings = parse({"specs/x/scenarios/made.yaml": (HEAD + "spec: {about: x}\n").encode()})
    assert findings == []
    assert assemble(documents, None)[2] == []


def test_the_committed_json_schema_is_this_one():
    committed = Path(__file__).parents[2] / "schema" / "json-schema" / "scenario.json"
    assert json.loads(committed.read_text()) == json_schemas()["scenario.json"]
