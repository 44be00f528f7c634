"""Runs rules over plans: issues become findings with places, environments are merged, waivers are judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from lifespec_schema.findings import Finding, Fix, Path, Place, Severity, show_path
from lifespec_schema.values.form import shown

from . import waivers
from .context import Context
from .reports import internal_error, unknown_fact
from .rule import Issue, Rule, Unknown
from .values import written

if TYPE_CHECKING:
    from lifespec_compiler.plan import Plan
    from lifespec_schema.spec.governance import Waiver


class Found(NamedTuple):
    """A finding, and the name that a waiver's `at` takes for it."""

    finding: Finding
    about: str


class Waived(NamedTuple):
    """A finding that a waiver suppresses."""

    finding: Finding
    waiver: Waiver
    place: Place
    """Where the waiver stands."""


class Linted(NamedTuple):
    """What the rules find in one lifecycle's plans."""

    findings: list[Finding]
    waived: list[Waived]


def lint_lifecycle(rules: Mapping[str, Rule], plans: Sequence[Plan], context: Context, today: date) -> list[Finding]:
    """What the rules find in one lifecycle's plans, without what is waived."""
    return judge_lifecycle(rules, plans, context, today).findings


def judge_lifecycle(rules: Mapping[str, Rule], plans: Sequence[Plan], context: Context, today: date) -> Linted:
    """What the rules find in one lifecycle's plans, those of all its environments, waivers applied and judged.

    The same finding in each environment is one; one that only some have names them.
    """
    kept: dict[Finding, dict[str, None]] = {}
    waived: dict[tuple[Finding, Place], tuple[Waiver, dict[str, None]]] = {}
    crashed: set[str] = set()
    for plan in plans:
        active = waivers.active(plan, today)
        for found in run(rules.values(), plan, context):
            if found.finding.rule == internal_error.id:
                crashed.add(found.about)
            matching = [
                (waiver, place) for waiver, place in active if waivers.covers(waiver, found.finding.rule, found.about)
            ]
            for waiver, place in matching:
                waived.setdefault((found.finding, place), (waiver, {}))[1][plan.environment] = None
            if not matching:
                kept.setdefault(found.finding, {})[plan.environment] = None
    findings = [_in_environments(finding, list(names), len(plans)) for finding, names in kept.items()]
    unsure = rules if context.partial else crashed
    used = {place for _, place in waived}
    about_waivers = dict.fromkeys(found for plan in plans for found in waivers.judge(plan, rules, used, unsure, today))
    return Linted(
        findings + [_weighed(finding, context) for finding in about_waivers],
        [
            Waived(_in_environments(finding, list(names), len(plans)), waiver, place)
            for (finding, place), (waiver, names) in waived.items()
        ],
    )


def run(rules: Iterable[Rule], plan: Plan, context: Context) -> list[Found]:
    """What the rules find in one plan, waived or not. A rule that crashes is itself a finding and stops no other."""
    found: list[Found] = []
    unknown: dict[Path, list[str]] = {}
    for rule in rules:
        if rule.check is None:
            continue
        try:
            for issue in rule.check(plan, context):
                if isinstance(issue, Unknown):
                    unknown.setdefault(issue.fact, []).append(issue.check)
                else:
                    found.append(_found(rule, issue, plan, context))
        except Exception as error:  # noqa: BLE001 - whatever a rule does wrong, the others are still worth their findings
            found.append(_crashed(rule, error, plan, context))
    return found + [_missing(fact, list(dict.fromkeys(checks)), plan, context) for fact, checks in unknown.items()]


def nearest_name(plan: Plan, path: Path) -> str:
    """The name of the innermost thing on the way to `path` that has one; empty without any."""
    around = [written(plan.values, path[:length]) for length in range(len(path), 0, -1)]
    names = (value.get("name") for value in around if isinstance(value, dict))
    return next((name for name in names if isinstance(name, str)), "")


def _found(rule: Rule, issue: Issue, plan: Plan, context: Context) -> Found:
    finding = Finding(
        rule=rule.id,
        severity=_severity(rule, issue.severity, context),
        message=issue.message,
        place=plan.origins.place(issue.path)._replace(on_key=issue.on_key),
        help=issue.help,
        related=tuple((text, plan.origins.place(path)) for text, path in issue.related),
        fix=_fix(issue, plan),
        concealed=issue.concealed,
    )
    return Found(finding, nearest_name(plan, issue.path) if issue.about is None else issue.about)


def _fix(issue: Issue, plan: Plan) -> Fix | None:
    """The edit, if it lies in the file that the finding lies in: a fix never reaches into another one."""
    if issue.edit is None:
        return None
    edited, place = plan.origins.place(issue.edit.path), plan.origins.place(issue.path)
    if (edited.file, edited.document) != (place.file, place.document):
        return None
    return Fix(issue.edit.title, edited.path, issue.edit.value, issue.edit.safe)


def _severity(rule: Rule, own: Severity | None, context: Context) -> Severity:
    """The project's severity for the rule; an issue that is milder than its rule is never raised by it."""
    wanted = context.severities.get(rule.id, rule.severity)
    return wanted if own is None else min(own, wanted, key=lambda severity: severity.rank)


def _weighed(finding: Finding, context: Context) -> Finding:
    return replace(finding, severity=context.severities.get(finding.rule, finding.severity))


def _crashed(rule: Rule, error: Exception, plan: Plan, context: Context) -> Found:
    place = plan.origins.place(())
    message = (
        f"the rule `{rule.id}` crashed in environment `{plan.environment}`: {type(error).__name__}: {shown(str(error))}"
    )
    severity = _severity(internal_error, None, context)
    return Found(
        Finding(internal_error.id, severity, message, place, "this is a fault of lifespec; the other rules ran"),
        rule.id,
    )


def _missing(fact: Path, checks: list[str], plan: Plan, context: Context) -> Found:
    field = show_path(fact).removeprefix("spec.")
    more = f"; and {len(checks) - 3} more" if len(checks) > 3 else ""
    help_text = f"lifespec can then tell {'; '.join(checks[:3])}{more}"
    severity = _severity(unknown_fact, None, context)
    place = plan.origins.place(fact)
    return Found(Finding(unknown_fact.id, severity, f"unknown: add `{field}`", place, help_text), str(fact[-1]))


def _in_environments(finding: Finding, names: list[str], environments: int) -> Finding:
    if len(names) == environments:
        return finding
    return replace(finding, message=f"{finding.message} (in {', '.join(names)})")
