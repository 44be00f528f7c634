"""Facts about the label: those that exclude each other, and one without which its quality stays unknown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lifespec_schema.findings import Path, Severity

from .context import Context
from .rollouts import exceeds
from .rule import Edit, Issue, rule
from .text import duration, ratio

if TYPE_CHECKING:
    from lifespec_compiler.plan import Column, Plan

LABELS: Path = ("spec", "data", "labels")
POSITIVE: Path = ("spec", "objective", "positiveLabel")
READINESS: Path = ("spec", "data", "readiness", "minPositiveShare")
_TYPES = {"boolean": bool, "string": str}


@rule(area="data", severity=Severity.ERROR, since="0.1.0")
def contradictory_label_facts(plan: Plan, _context: Context) -> Iterator[Issue]:
    """What the lifecycle says of the label and what the contract or the readiness check says exclude each other.

    ## What it does
    Reports a `positiveLabel` that the label's type or its list of values does not have; a `labels.delay.p95` that is
    shorter than the contract's `availableAfter` of the label; and a `labels.baseRate` below
    `readiness.minPositiveShare`, with which no training ever starts.

    ## Why is this bad?
    Without a positive label that occurs, each row is negative and recall is not defined: "pos_label=1 is not a valid
    label", after the training (responsible-ai-toolbox issue 903). With the delay too short, rows count as negative
    whose label has not come yet, and the model learns that nothing happens ("Modeling delayed feedback in display
    advertising", KDD 2014); and all that is computed from the delay is wrong.

    ## Example
    ```yaml
    objective: {problem: binaryClassification, positiveLabel: "yes"}
    data:
      labels: {column: churned}
    ```
    where the contract says `{name: churned, logicalType: boolean}`.

    ## Use instead
    ```yaml
    objective: {problem: binaryClassification, positiveLabel: true}
    data:
      labels: {column: churned}
    ```
    """
    label = plan.column(plan.spec.data.labels.column)
    if label is not None:
        yield from _positive(plan, label)
        yield from _delay(plan, label)
    readiness, base_rate = plan.spec.data.readiness, plan.spec.data.labels.base_rate
    least = readiness.min_positive_share if readiness else None
    if least is not None and base_rate is not None and exceeds(least, base_rate):
        message = f"no training starts below {ratio(least)} positives, and their share is {ratio(base_rate)}"
        edit = Edit(f"start from {ratio(base_rate)}", READINESS, ratio(base_rate))
        related = (("the base rate", (*LABELS, "baseRate")),)
        yield Issue(READINESS, message, f"a share below {ratio(base_rate)}", related=related, edit=edit)


@rule(area="completeness", severity=Severity.INFO, since="0.1.0")
def missing_raters(plan: Plan, _context: Context) -> Iterator[Issue]:
    """Raters must agree, and nothing says which columns hold what they said.

    ## What it does
    Reports a `labels.agreement` without `raters`.

    ## Why is this bad?
    The agreement then stays unknown, and with it how many of the labels are wrong: in the test sets of ten benchmarks
    that everybody uses 3.3 % are, on average, enough to turn the order of models round ("Pervasive label errors in test
    sets destabilize machine learning benchmarks", NeurIPS 2021).

    ## Example
    ```yaml
    data:
      labels: {column: churned, agreement: {min: 0.8}}
    ```

    ## Use instead
    ```yaml
    data:
      sources:
        - name: customers
          schema:
            - {name: tenure_months, logicalType: integer}
            - {name: plan, logicalType: string}
            - {name: monthly_charges, logicalType: number}
            - {name: said_by_ann, logicalType: boolean}
            - {name: said_by_bob, logicalType: boolean}
            - {name: churned, logicalType: boolean}
      labels: {column: churned, agreement: {min: 0.8, raters: [said_by_ann, said_by_bob]}}
    ```
    """
    agreement = plan.spec.data.labels.agreement
    if agreement is not None and agreement.raters is None:
        message = "nobody knows whether raters agree: nothing says which columns hold their labels"
        yield Issue((*LABELS, "agreement"), message, "add `raters: [<column>, <column>]`, one column for each rater")


def _positive(plan: Plan, label: Column) -> Iterator[Issue]:
    written = plan.spec.objective.positive_label
    if written is None or plan.spec.objective.problem != "binaryClassification":
        return
    allowed, path = _values(plan, label)
    if allowed and _value(written) not in map(_value, allowed):
        message = f"`positiveLabel` is {written}, and the contract allows `{label.reference}` {_listed(allowed)} only"
        yield Issue(POSITIVE, message, f"write one of {_listed(allowed)}", related=(("the values allowed", path),))
        return
    wanted, value = _TYPES.get(label.logical_type), json.loads(written)
    numeric = label.logical_type in ("integer", "number") and (isinstance(value, (bool, str)))
    if numeric or (wanted is not None and not isinstance(value, wanted)):
        message = f"`positiveLabel` is {written}, and `{label.reference}` is of type {label.logical_type}"
        related = (("the contract says so here", (*label.path, "logicalType")),)
        yield Issue(POSITIVE, message, f"write the value of type {label.logical_type}", related=related)


def _value(written: str) -> tuple[bool, object]:
    """The value of a JSON text; a truth value is no number."""
    value = json.loads(written)
    return isinstance(value, bool), value


def _values(plan: Plan, label: Column) -> tuple[list[str], Path]:
    """The values that the contract allows the label, as JSON texts, and where it says so; empty where it does not."""
    listed = label.options.get("enum")
    if listed:
        return list(listed), (*label.path, "enum")
    for index, source in enumerate(plan.spec.data.sources):
        for place, quality in enumerate(source.quality if source.name == label.source else ()):
            exact = quality.must_be == "0" and quality.metric == "invalidValues"
            if exact and quality.column == label.name and quality.valid_values:
                return list(quality.valid_values), ("spec", "data", "sources", index, "quality", place, "validValues")
    return [], ()


def _delay(plan: Plan, label: Column) -> Iterator[Issue]:
    delay = plan.spec.data.labels.delay
    if delay is not None and exceeds(label.available_after, delay.p95):
        message = (
            f"nearly all labels are said to be known after {duration(delay.p95)}, and `{label.reference}` "
            f"is available after {duration(label.available_after)} only"
        )
        path = (*LABELS, "delay", "p95")
        value = duration(label.available_after)
        related = (("the contract says so here", (*label.path, "availableAfter")),)
        yield Issue(path, message, f"`p95: {value}` at least", related=related, edit=Edit(f"wait {value}", path, value))


def _listed(values: list[str]) -> str:
    return ", ".join(values[:8]) + (f" and {len(values) - 8} more" if len(values) > 8 else "")
