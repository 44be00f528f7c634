"""The rules as SARIF describes them: all of them, whether or not they found anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from lifespec_compiler.rules import RULES, Rule
from lifespec_compiler.rules.pages import page
from lifespec_runtime.cli.codes import codes
from lifespec_schema.findings import Severity

SITE: Final = "https://lifespec.dev"
LEVELS: Final[Mapping[Severity, str]] = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "note",
}


def descriptors() -> list[dict[str, Any]]:
    """The rules in their order, then the errors of the language and of the tool, by id."""
    return [_rule(rule) for rule in RULES.values()] + [_code(name, codes()[name]) for name in sorted(codes())]


def _rule(rule: Rule) -> dict[str, Any]:
    sections = rule.sections
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": _one_line(sections["Why is this bad?"])},
        "help": {"text": page(rule), "markdown": page(rule)},
        "helpUri": f"{SITE}/rules/{rule.id}",
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"tags": [rule.area], "since": rule.since},
    }


def _code(name: str, meaning: str) -> dict[str, Any]:
    told = f"Reported where {meaning}."
    return {
        "id": name,
        "shortDescription": {"text": told},
        "fullDescription": {"text": told},
        "help": {"text": told, "markdown": told},
        "helpUri": f"{SITE}/findings#{name}",
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["language"]},
    }


def _one_line(text: str) -> str:
    return " ".join(text.split())
