"""How rules run: crashes, severities, waivers, environments."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from lifespec_compiler.plan import assemble, parse
from lifespec_compiler.rules import RULES, Context, Issue, Unknown, lint
from lifespec_compiler.rules.rule import register, rule
from lifespec_schema.findings import Severity

CASES = Path(__file__).parents[1] / "golden" / "lint"
NO_GUARD = "rollout: {guards: []}"
TWO = """
environments:
  - {name: staging, namespace: "{namespace}-staging"}
  - {name: production}
"""
ONE = "environments: [{name: production}]"


@rule(area="lint", severity=Severity.WARNING, since="0.1.0")
def breaks_down(plan, _context):
    """Reports one thing and crashes."""
    yield Issue(("spec", "version"), "before the crash")
    raise KeyError(plan.name)


@rule(area="lint", severity=Severity.ERROR, since="0.1.0")
def goes_on(_plan, _context):
    """Reports something milder than itself, and asks twice for the same fact."""
    yield Issue(("spec", "owner", "team"), "mild", severity=Severity.INFO)
    yield Issue(("spec", "owner", "email"), "as it is")
    yield Unknown(("spec", "traffic", "rps"), "whether one")
    yield Unknown(("spec", "traffic", "rps"), "whether two")


def test_a_crash_is_a_finding_that_names_the_rule_and_stops_no_other(lint_spec):
    linted = lint_spec(rules=register(breaks_down, goes_on))
    crash = linted.of("internal-error")[0]
    assert crash.severity is Severity.ERROR
    assert crash.message == """the rule `breaks-down` crashed in environment `production`: KeyError: "'churn'\""""
    assert [finding.message for finding in linted.of("breaks-down")] == ["before the crash"]
    assert len(linted.of("goes-on")) == 2


def test_a_crash_text_is_escaped_and_cut(lint_spec):
    @rule(area="lint", severity=Severity.WARNING, since="0.1.0")
    def shouts(_plan, _context):
        """Crashes with hostile text."""
        raise ValueError("\x1b[31m" + "x" * 500)

    message = lint_spec(rules=register(shouts)).of("internal-error")[0].message
    assert "\x1b" not in message
    assert len(message) < 200


def test_a_missing_fact_is_one_finding_with_all_that_waits_for_it(lint_spec):
    unknown = lint_spec(rules=register(goes_on)).of("unknown-fact")
    assert [(finding.message, finding.help) for finding in unknown] == [
        ("unknown: add `traffic.rps`", "lifespec can then tell whether one; whether two")
    ]
    assert unknown[0].place.path == ("spec", "traffic", "rps")
    assert unknown[0].severity is Severity.INFO


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("warning", {"mild": "info", "as it is": "warning"}),
        ("info", {"mild": "info", "as it is": "info"}),
        ("error", {"mild": "info", "as it is": "error"}),
    ],
    ids=["it lowers the rule's severity", "it lowers everything", "it never raises what is milder than its rule"],
)
def test_the_project_chooses_severities(lint_spec, wanted, expected):
    context = Context(severities={"goes-on": Severity(wanted)})
    found = lint_spec(rules=register(goes_on), context=context).of("goes-on")
    assert {finding.message: finding.severity.value for finding in found} == expected


def test_the_project_raises_what_is_unknown_and_what_the_engine_reports(lint_spec):
    severities = "lint: {severities: {unknown-fact: warning, unused-waiver: error}}\n" + ONE
    waiver = 'waivers: [{finding: no-op-field, reason: r, owner: jo, expires: "2099-01-01"}]'
    guard = "rollout: {guards: [{metric: errorRate, max: 1%, window: 15m, minSamples: 50}]}"
    linted = lint_spec([waiver, guard], severities)
    assert [finding.severity.value for finding in linted.of("unknown-fact", "unused-waiver")] == ["warning", "error"]


def test_a_severity_for_no_rule_is_reported_in_the_project_file(lint_spec):
    found = lint_spec("", "lint: {severities: {toothles-rollback: info}}\n" + ONE).of("unknown-rule")
    assert [finding.help for finding in found] == ["did you mean `toothless-rollback`?"]
    assert found[0].place.path == ("spec", "lint", "severities", "toothles-rollback")


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_the_severity_that_the_project_gives_it(rule, lint_file):
    """From end to end, over each rule's own bad case: nothing keeps a severity that is not the project's."""
    case = CASES / rule / "bad.yaml"
    if rule == "internal-error":  # no spec should bring that one about
        return
    lifecycle = [part for part in case.read_text("utf-8").split("\n---\n") if "kind: LifespecProject" not in part]
    project = next((part for part in case.read_text("utf-8").split("\n---\n") if "kind: LifespecProject" in part), "")
    document = yaml.safe_load(project) or {"apiVersion": "lifespec.dev/v1alpha1", "kind": "LifespecProject", "spec": {}}
    plain = lint_file(case.read_text("utf-8"), name="a.yaml").of(rule)
    for severity in Severity:
        lint = document["spec"].setdefault("lint", {})
        lint["severities"] = {**lint.get("severities", {}), rule: severity.value}
        text = "\n---\n".join([yaml.safe_dump(document), *lifecycle])
        found = lint_file(text, name="a.yaml").of(rule)
        assert len(found) == len(plain)
        milder = {finding.severity for finding in plain if finding.severity.rank < RULES[rule].severity.rank}
        assert {finding.severity for finding in found} <= {severity, *milder}
        assert severity in {finding.severity for finding in found} or milder


def test_the_severity_of_a_misspelt_rule_is_itself_chosen(lint_spec):
    project = "lint: {severities: {toothles-rollback: info, unknown-rule: error}}\n" + ONE
    assert [finding.severity for finding in lint_spec("", project).of("unknown-rule")] == [Severity.ERROR]


@pytest.mark.parametrize("word", ["off", "no", "ignore", "false"])
def test_there_is_no_word_that_turns_a_rule_off(word):
    """`off` would be a boolean to kubectl and editors: `info` never fails, and a waiver has a reason."""
    head = "apiVersion: lifespec.dev/v1alpha1\nkind: LifespecProject\n"
    text = f"{head}spec: {{lint: {{severities: {{a-rule: {word}}}}}}}\n"
    documents, _ = parse({"lifespec.yaml": text.encode()})
    _, project, findings = assemble(documents, "lifespec.yaml")
    assert project is None
    assert [found.place.path[-1] for found in findings] == ["a-rule"]
    assert findings[0].help.endswith("write `error`, `warning` or `info`")


def test_two_rules_of_one_name_are_refused():
    with pytest.raises(ValueError, match="goes-on"):
        register(goes_on, goes_on)


def waiver(finding: str, expires: str, at: str = "") -> str:
    about = f"at: {at}, " if at else ""
    return f'waivers: [{{finding: {finding}, {about}reason: Launch week, owner: jo, expires: "{expires}"}}]'


GUARDS = """
rollout:
  guards:
    - {name: slow, metric: latencyP99, max: 1s, window: 10h}
    - {name: wrong, metric: errorRate, max: 1%, window: 10h}
"""


@pytest.mark.parametrize(
    ("at", "left"),
    [("", []), ("slow", ["wrong"]), ("neither", ["slow", "wrong"])],
    ids=["without `at` it covers all", "with `at` it covers that one", "with another name it covers none"],
)
def test_a_waiver_suppresses_by_rule_and_name(lint_spec, at, left):
    found = lint_spec([GUARDS, waiver("toothless-rollback", "2099-01-01", at)])
    assert [finding.message.partition("`")[2].partition("`")[0] for finding in found.of("toothless-rollback")] == left
    assert len(found.of("unused-waiver")) == (len(left) == 2)


@pytest.mark.parametrize(
    ("today", "rules"),
    [(date(2026, 12, 1), []), (date(2026, 12, 2), ["toothless-rollback", "expired-waiver"])],
    ids=["on its last day a waiver holds", "on the day after it does not, and says so"],
)
def test_a_waiver_holds_through_its_last_day(lint_spec, today, rules):
    linted = lint_spec([NO_GUARD, waiver("toothless-rollback", "2026-12-01")], today=today)
    assert [finding.rule for finding in linted.of("toothless-rollback", "expired-waiver", "unused-waiver")] == rules


def test_an_expired_waiver_of_nothing_is_only_expired(lint_spec):
    linted = lint_spec(waiver("toothless-rollback", "2020-01-01"))
    assert [finding.rule for finding in linted.of("expired-waiver", "unused-waiver")] == ["expired-waiver"]


def test_a_waiver_of_no_rule_is_only_unknown(lint_spec):
    linted = lint_spec(waiver("unknown-column", "2020-01-01"))
    assert linted.of("expired-waiver", "unused-waiver") == []
    assert len(linted.of("unknown-rule")) == 1


def test_a_waiver_cannot_waive_what_is_said_of_waivers(lint_spec):
    assert len(lint_spec(waiver("unused-waiver", "2099-01-01")).of("unused-waiver")) == 1


def test_a_waiver_that_one_environment_needs_is_used(lint_spec):
    patch = "environments: {staging: {rollout: {guards: []}}}"
    linted = lint_spec([patch, waiver("toothless-rollback", "2099-01-01")], TWO)
    assert linted.of("toothless-rollback", "unused-waiver") == []


def test_a_waiver_that_no_environment_needs_is_unused_once(lint_spec):
    assert len(lint_spec(waiver("toothless-rollback", "2099-01-01"), TWO).of("unused-waiver")) == 1


def test_a_waiver_of_one_environment_holds_there_only(lint_spec):
    patch = f"environments: {{staging: {{{waiver('toothless-rollback', '2099-01-01')}}}}}"
    found = lint_spec([NO_GUARD, patch], TWO)
    assert [finding.message.endswith("(in production)") for finding in found.of("toothless-rollback")] == [True]
    assert found.of("unused-waiver") == []


def test_what_all_environments_have_is_said_once(lint_spec):
    found = lint_spec(NO_GUARD, TWO).of("toothless-rollback")
    assert len(found) == 1
    assert "(in " not in found[0].message


def test_what_one_environment_has_names_it_and_points_into_its_patch(lint_spec):
    found = lint_spec("environments: {staging: {rollout: {guards: []}}}", TWO).of("toothless-rollback")
    assert [finding.message.endswith(" (in staging)") for finding in found] == [True]


def test_the_same_finding_twice_in_one_plan_is_one(lint_spec):
    @rule(area="lint", severity=Severity.WARNING, since="0.1.0")
    def stutters(_plan, _context):
        """Says everything twice."""
        yield Issue(("spec", "version"), "again")
        yield Issue(("spec", "version"), "again")

    assert [finding.message for finding in lint_spec(rules=register(stutters)).findings] == ["again"]


def test_linting_one_plan_says_nothing_of_environments(lint_spec):
    plans = lint_spec("environments: {staging: {rollout: {guards: []}}}", TWO).plans
    messages = [
        [found.message for found in lint(plan, Context(), date(2026, 1, 1)) if found.rule == "toothless-rollback"]
        for plan in plans
    ]
    assert messages == [["nothing watches the candidate's live traffic: it is promoted whatever it does"], []]


def test_a_rule_says_the_same_whatever_ran_before(lint_spec):
    forward, backward = (
        lint_spec(GUARDS),
        lint_spec(GUARDS, rules={name: RULES[name] for name in reversed(list(RULES))}),
    )
    assert sorted(forward.findings, key=repr) == sorted(backward.findings, key=repr)
