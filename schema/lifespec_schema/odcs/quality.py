"""Quality rules: those of the standard's metric library become the source's, the others are noted as not run."""

from __future__ import annotations

from typing import Final

from lifespec_schema.findings import Path
from lifespec_schema.values.form import did_you_mean

from .draft import Draft, JsonObject, items
from .report import Report, shown
from .standard import DIMENSIONS, OPERATORS, WORDS

_UNITS: Final = {
    **dict.fromkeys(("rows", "row"), "rows"),
    **dict.fromkeys(("percent", "percentage", "%"), "percent"),
}
_SEVERITIES: Final = {
    **dict.fromkeys(("blocker", "critical", "high", "major"), "error"),
    **dict.fromkeys(("medium", "moderate"), "warning"),
    **dict.fromkeys(("low", "minor", "trivial"), "info"),
}
_ARGUMENTS: Final = {
    "missingValues": ("missingValues",),
    "invalidValues": ("validValues", "pattern"),
    "duplicateValues": ("properties",),
}
_OF_PROPERTIES: Final = ("nullValues", "missingValues", "invalidValues")


def rules(element: JsonObject, path: Path, column: str | None, report: Report) -> list[Draft]:
    """The library rules of a schema object, or of the property called `column`."""
    drafts = (_rule(rule, (*path, "quality", index), column, report) for index, rule in items(element, "quality"))
    return [draft for draft in drafts if draft]


def _rule(rule: JsonObject, path: Path, column: str | None, report: Report) -> Draft | None:
    kind = rule.get("type", "library")
    if kind in ("sql", "custom"):
        report.not_used(path, f"quality[type={kind}]", "lifespec runs the rules of type `library` only")
    metric = rule.get("metric")
    if kind != "library" or metric not in WORDS["LibraryMetric"]:
        return None
    draft = Draft(path)
    draft.put("metric", metric, (*path, "metric"))
    if column is not None:
        draft.put("column", column, (*path[:-2], "name"))
    complete = _level(str(metric), column, path, report)
    complete &= _arguments(rule, str(metric), path, draft, report)
    complete &= _comparison(rule, path, draft, report)
    if isinstance(severity := rule.get("severity"), str):
        draft.put("severity", _SEVERITIES.get(severity.lower(), severity.lower()), (*path, "severity"))
    if isinstance(dimension := rule.get("dimension"), str):
        draft.put("dimension", DIMENSIONS.get(dimension, dimension), (*path, "dimension"))
    return draft if complete else None


def _level(metric: str, column: str | None, path: Path, report: Report) -> bool:
    if metric == "rowCount" and column is not None:
        report.add(
            "contract-bad-value", (*path, "metric"), "`rowCount` counts the rows of a schema object", "move it there"
        )
        return False
    if metric in _OF_PROPERTIES and column is None:
        report.add(
            "contract-bad-value", (*path, "metric"), f"`{metric}` counts the values of a property", "move it there"
        )
        return False
    return True


def _comparison(rule: JsonObject, path: Path, draft: Draft, report: Report) -> bool:
    operators = [name for name in OPERATORS if name in rule]
    if len(operators) != 1:
        found = f"has {' and '.join(operators)}" if operators else "compares with nothing"
        report.add("contract-bad-value", path, f"the rule {found}", f"write exactly one of {', '.join(OPERATORS)}")
        return False
    operator = operators[0]
    bound = rule[operator]
    if operator in ("mustBe", "mustNotBe") and (isinstance(bound, bool) or not isinstance(bound, (int, float))):
        report.add("contract-bad-value", (*path, operator), f"{shown(bound)} is not a number", "the metric is a number")
        return False
    draft.put(operator, bound, (*path, operator))
    if "unit" not in rule:
        return True
    unit = _UNITS.get(str(rule["unit"]).strip().lower()) if isinstance(rule["unit"], str) else None
    if unit is None:
        report.add("contract-bad-value", (*path, "unit"), f"`unit` cannot be {shown(rule['unit'])}", "rows or percent")
        return False
    draft.put("unit", unit, (*path, "unit"))
    return True


def _arguments(rule: JsonObject, metric: str, path: Path, draft: Draft, report: Report) -> bool:
    arguments = rule.get("arguments")
    if not isinstance(arguments, dict):
        return True
    complete = True
    for name, value in arguments.items():
        at = (*path, "arguments", name)
        if name not in _ARGUMENTS.get(metric, ()):
            help_text = f"{did_you_mean(name, _ARGUMENTS.get(metric, ()))}see the standard's table of metrics"
            message = f"{shown(name)} is not an argument of `{metric}`"
            report.add("contract-unknown-field", at, message, help_text)
            complete = False
        elif name == "properties":
            complete &= _of_one_property(value, at, draft, report)
        elif isinstance(value, list):
            # Null always counts as missing and never as invalid; the lists name the other values.
            draft.put(name, [item for item in value if item is not None], at)
        else:
            draft.put(name, value, at)
    return complete


def _of_one_property(value: object, path: Path, draft: Draft, report: Report) -> bool:
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
        draft.put("column", value[0], (*path, 0))
        return True
    if isinstance(value, list) and len(value) > 1:
        why = "lifespec counts duplicates of one property, or of whole rows"
        report.not_used(path[:-2], "quality[metric=duplicateValues] of several properties", why)
    else:
        report.add("contract-wrong-type", path, f"{shown(value)} is not a list of property names")
    return False
