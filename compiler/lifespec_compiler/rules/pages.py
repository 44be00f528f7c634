"""The documentation of rules as Markdown, from their docstrings alone."""

from __future__ import annotations

from collections.abc import Iterable

from .rule import Rule


def page(rule: Rule) -> str:
    """One rule's page."""
    about, _, sections = rule.documentation.partition("\n\n")
    facts = f"`{rule.severity.value}` · {rule.area} · since {rule.since}"
    return f"# {rule.id}\n\n{about}\n\n{facts}\n\n{sections}\n"


def index(rules: Iterable[Rule]) -> str:
    """The list of all rules, each with its summary and a link to its page."""
    rows = [f"| [{rule.id}]({rule.id}.md) | {rule.severity.value} | {rule.area} | {rule.summary} |" for rule in rules]
    head = ["# Rules", "", "| Rule | Severity | Area | What is wrong |", "| --- | --- | --- | --- |"]
    tail = [
        "",
        "`lifespec explain <rule>` prints a page. The project file may change a severity (`spec.lint.severities`) to",
        "`error`, `warning` or `info`, which never fails; no rule can be turned off for everybody. A spec may suppress",
        "a finding by a waiver, which has a reason, an owner and a last day (`spec.waivers`). `lifespec lint --fix`",
        "applies the fixes that are safe, `--unsafe-fixes` also those that a person should look at, and `--diff` shows",
        "what they would change.",
    ]
    return "\n".join([*head, *rows, *tail]) + "\n"
