"""Waivers: which findings they cover, and which of them are themselves worth a finding."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import TYPE_CHECKING

from lifespec_schema.findings import Finding, Fix, Path, Place, Severity
from lifespec_schema.values.form import closest, did_you_mean

from .rule import Rule, engine_rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifespec_compiler.plan import Plan
    from lifespec_schema.spec.governance import Waiver

WAIVERS: Path = ("spec", "waivers")


@engine_rule(area="lint", severity=Severity.WARNING, since="0.1.0")
def expired_waiver() -> None:
    """A waiver's last day is over.

    ## What it does
    Reports a waiver whose `expires` lies before today. It no longer suppresses anything: what it covered is reported
    again.

    ## Why is this bad?
    An exception that was granted for a time must not become permanent without anybody deciding so. No peer's ignores
    have an expiry, and they are left behind (temporal/api issues 394 and 609).

    ## Example
    ```yaml
    waivers:
      - {finding: toothless-rollback, reason: Launch week, owner: jo, expires: "2020-01-31"}
    ```

    ## Use instead
    Mend the finding and delete the waiver; or decide anew, with a reason that holds today:
    ```yaml
    rollout:
      guards: []
    waivers:
      - {finding: toothless-rollback, reason: The alert comes with the next release, owner: jo, expires: "2099-01-31"}
    ```
    """


@engine_rule(area="lint", severity=Severity.WARNING, since="0.1.0")
def unused_waiver() -> None:
    """A waiver suppresses nothing in any environment.

    ## What it does
    Reports a waiver that no finding of any environment matched, by rule and, if it has `at`, by name.

    ## Why is this bad?
    It would hide the next finding of that rule, which nobody has looked at. Ignores that outlive what they were
    written for pile up wherever nothing points at them (temporal/api issues 394 and 609).

    ## Example
    ```yaml
    waivers:
      - {finding: toothless-rollback, at: no-such-guard, reason: Launch week, owner: jo, expires: "2099-01-31"}
    ```

    ## Use instead
    ```yaml
    waivers: []
    ```
    """


@engine_rule(area="lint", severity=Severity.WARNING, since="0.1.0")
def unknown_rule() -> None:
    """A waiver, or the project's list of severities, names a rule that does not exist.

    ## What it does
    Compares the id with the ids of all rules. Errors of the language, such as an unknown column, are no rules: they
    cannot be waived.

    ## Why is this bad?
    A misspelt id does nothing, while its author believes that it does.

    ## Example
    ```yaml
    waivers:
      - {finding: toothles-rollback, reason: Launch week, owner: jo, expires: "2099-01-31"}
    ```

    ## Use instead
    ```yaml
    rollout:
      guards: []
    waivers:
      - {finding: toothless-rollback, reason: Launch week, owner: jo, expires: "2099-01-31"}
    ```
    """


def active(plan: Plan, today: date) -> list[tuple[Waiver, Place]]:
    """The plan's waivers that still hold, with where they stand."""
    return [(waiver, place) for waiver, place in _placed(plan) if not _is_expired(waiver, today)]


def covers(waiver: Waiver, rule: str, about: str) -> bool:
    """Whether the waiver suppresses a finding of `rule` about the thing of that name."""
    return waiver.finding == rule and waiver.at in (None, about)


def judge(
    plan: Plan, rules: Mapping[str, Rule], used: Collection[Place], unsure: Collection[str], today: date
) -> Iterator[Finding]:
    """What is wrong with the plan's waivers.

    `used` holds the places of those that suppressed something anywhere, `unsure` the rules of which not all findings
    are known, so that nobody can say that a waiver is not needed.
    """
    for waiver, place in _placed(plan):
        if waiver.finding not in rules:
            yield unknown(waiver.finding, rules, place._replace(path=(*place.path, "finding")))
        elif _is_expired(waiver, today):
            message = f"the waiver of `{waiver.finding}` expired on {waiver.expires}, and it is {today.isoformat()}"
            at = place._replace(path=(*place.path, "expires"))
            # Deleting it changes nothing, but to decide anew is what a person is asked for here.
            delete = Fix("delete the waiver", place.path, None, safe=False)
            yield Finding(
                expired_waiver.id, expired_waiver.severity, message, at, "mend the finding, or decide anew", fix=delete
            )
        elif place not in used and waiver.finding not in unsure:
            where = f" at `{waiver.at}`" if waiver.at else ""
            message = f"no finding of `{waiver.finding}`{where} is left to waive"
            safe = Fix("delete the waiver", place.path, None, safe=True)
            yield Finding(unused_waiver.id, unused_waiver.severity, message, place, "delete it", fix=safe)


def unknown(name: str, rules: Mapping[str, Rule], place: Place) -> Finding:
    """The finding that there is no rule `name`."""
    close = closest(name, rules)
    fix = Fix(f"write `{close}`", place.path, close, safe=False) if close and not place.on_key else None
    help_text = did_you_mean(name, rules).strip() or "lifespec's documentation lists them in docs/rules"
    return Finding(unknown_rule.id, unknown_rule.severity, f"there is no rule `{name}`", place, help_text, fix=fix)


def _placed(plan: Plan) -> Iterator[tuple[Waiver, Place]]:
    for index, waiver in enumerate(plan.waivers):
        yield waiver, plan.origins.place((*WAIVERS, index))


def _is_expired(waiver: Waiver, today: date) -> bool:
    return today.isoformat() > waiver.expires
