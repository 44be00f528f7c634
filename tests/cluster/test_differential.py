"""What our validator says of a canonical form, the API server says too: schema and CEL, one change at a time."""

from __future__ import annotations

import re
from copy import deepcopy

import pytest
from pydantic import ValidationError

from corpus.documents import CEL_CASES, authored_variants
from corpus.mutations import branch_changes, mutants
from corpus.records import RECORDS
from lifecycles import plans_of
from lifespec_schema.forms import read_lifecycle
from lifespec_schema.records import constraints
from lifespec_schema.values import scenario_rules

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("definitions")]

# What a structural schema cannot say, by the code of the finding.
ONLY_OURS = {
    "bad-cron": "the ranges of a schedule's fields",
    "bad-date": "the calendar",
    "bad-name": "the keys of a mapping: CEL cannot afford to match them, it only bounds their length",
    "bad-pattern": "the regular expressions that RE2 reads",
    "bad-time-zone": "the names in the time zone database",
    "bad-value": "the length of a text inside of JSON text",
    "no-value": "an explicit null: the server takes it away before it validates",
    "wrong-length": "an empty key of a mapping",
}
# Compile writes quantities as text; we also read the number that a person may have meant.
ONLY_THEIRS = re.compile(r"spec\.(.*\.)?(resources|quota)\.(cpu|memory): [0-9]")
EVERY = 41  # of the changes to a document: without common divisors with the changes at a place, so all kinds occur


@pytest.fixture(scope="module")
def server(admin, refused):
    """`server(document)` is why the server refuses it; nothing is stored."""
    admin.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "differential"}})

    def ask(document):
        metadata = {**document["metadata"], "namespace": "differential"}
        return refused(lambda: admin.create({**document, "metadata": metadata}, dryRun="All"))

    return ask


@pytest.fixture(scope="module")
def specs(definitions):
    """The schema of `spec` of each of our kinds, as it is in the cluster."""
    return {
        each["spec"]["names"]["kind"]: each["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]
        for each in definitions
        if each["metadata"]["name"].endswith(".lifespec.dev")
    }


@pytest.fixture(scope="module")
def rule_cases():
    """Mappings that a rule refuses, by the rule's message."""
    return {constraints.CEL[name][1]: case["bad"] for name, case in CEL_CASES.items()}


@pytest.fixture(scope="module")
def canonical_forms():
    """The canonical forms in which every branch of every union occurs."""
    return {name: deepcopy(plans_of(document)[0][0].canonical) for name, document in authored_variants().items()}


def test_the_server_accepts_every_canonical_form(canonical_forms, server):
    assert {name: reason for name, form in canonical_forms.items() if (reason := server(form))} == {}


def test_the_server_refuses_the_authoring_form(server):
    assert all(server(document) for document in authored_variants().values())


def test_the_server_and_we_agree_on_what_is_wrong(canonical_forms, server):
    judged, wrong, different = 0, 0, []
    for name, form in canonical_forms.items():
        for change, mutant in mutants(form, EVERY):
            if not change.startswith("spec."):
                continue  # the envelope is Kubernetes' own
            problems = {problem.code for problem in read_lifecycle(mutant, "canonical")[1]}
            refusal = server(mutant)
            judged += 1
            wrong += bool(problems)
            agreed = (problems <= ONLY_OURS.keys()) if not refusal else problems or ONLY_THEIRS.match(change)
            if not agreed:
                different.append(f"{name}: {change}: ours {problems or 'accepts'}, theirs {refusal[:300] or 'accepts'}")
    assert not different, f"{len(different)} of {judged}:\n" + "\n".join(different[:40])
    assert judged >= 2000
    assert wrong >= 1000


def test_the_server_and_we_agree_on_the_branches_of_unions(canonical_forms, specs, server):
    """In each branch the discriminator is changed to every other choice, and each field beside it is left out."""
    seen, refused, different = set(), 0, []
    for form in canonical_forms.values():
        for change, _ in branch_changes(specs["ModelLifecycle"], form["spec"], "spec", seen):
            ours = read_lifecycle(form, "canonical")[1] != []
            theirs = server(form)
            refused += ours
            if ours != bool(theirs):
                different.append(f"{change}: ours {'refuses' if ours else 'accepts'}, theirs {theirs or 'accepts'}")
    assert not different, "\n".join(different)
    assert len(seen) >= 40
    assert refused > 100


def test_every_rule_over_several_fields_is_one_of_the_servers(canonical_forms, rule_cases, specs, server):
    """What breaks a rule, put where the rule stands, is refused for that reason."""
    expected = {message for name, (_, message) in constraints.CEL.items() if name not in scenario_rules.__all__}
    documents = [(form, lambda form: read_lifecycle(form, "canonical")[1] != []) for form in canonical_forms.values()]
    documents += [
        (deepcopy(record), lambda record, model=model: is_wrong(model, record)) for model, record in RECORDS.values()
    ]
    seen = set()
    for document, is_ours in documents:
        for rule in breaking(specs[document["kind"]], document["spec"], rule_cases, seen):
            reason = server(document)
            assert bool(reason) == is_ours(document), (rule, reason)
            if rule in reason:
                seen.add(rule)
    assert expected - seen == set()


def is_wrong(model, record):
    try:
        model.model_validate(record)
    except ValidationError:
        return True
    return False


def breaking(schema, value, cases, seen):
    """Break each rule in a value that is not in `seen`, one at a time, and mend it again."""
    if isinstance(value, list):
        for item in value:
            yield from breaking(schema["items"], item, cases, seen)
    if not isinstance(value, dict):
        return
    for key in list(value):
        node = schema["properties"][key] if "properties" in schema else schema["additionalProperties"]
        yield from breaking(node, value[key], cases, seen)
    original = dict(value)
    for rule in schema.get("x-kubernetes-validations", ()):
        for bad in cases.get(rule["message"], ()):
            if rule["message"] in seen:
                break
            kept = {key: item for key, item in original.items() if f"self.{key}" not in rule["rule"]}
            for changed in (kept | bad, original | bad, overlaid(original, bad)):
                value.clear()
                value.update(changed)
                yield rule["message"]
    value.clear()
    value.update(original)


def overlaid(value, bad):
    """The value with what is bad put into it, item by item in lists."""
    if isinstance(value, dict) and isinstance(bad, dict):
        return value | {key: overlaid(value.get(key), item) for key, item in bad.items()}
    if isinstance(value, list) and isinstance(bad, list) and len(value) >= len(bad):
        return [overlaid(*pair) for pair in zip(value, bad, strict=False)]
    return bad
