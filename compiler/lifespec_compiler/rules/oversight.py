"""What the law and the standards ask of models that can do grave harm, and of data on protected attributes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from lifespec_schema.findings import Path, Severity

from .context import Context
from .purpose import is_critical, protected_columns
from .rule import Edit, Issue, rule
from .text import duration, names
from .values import slice_names

if TYPE_CHECKING:
    from lifespec_compiler.plan import Plan

HALF_A_YEAR: Final = 184 * 86400
OFFLINE: Path = ("spec", "evaluation", "offline")


@rule(area="completeness", severity=Severity.INFO, since="0.1.0")
def missing_approval(plan: Plan, _context: Context) -> Iterator[Issue]:
    """A model that can do grave harm is promoted without a person.

    ## What it does
    Reports a rollout without `approval` where `governance.tier` is 1 or 2.

    ## Why is this bad?
    A system that can do grave harm must be built so that people can oversee it and decide not to use it (EU AI Act,
    article 14). A gate that nobody thought of is only seen by somebody who looks.

    ## Example
    ```yaml
    governance: {tier: 1, approvers: [growth-leads]}
    rollout:
      approval: null
    ```

    ## Use instead
    ```yaml
    governance: {tier: 1, approvers: [growth-leads]}
    rollout:
      approval: {before: [promoting]}
    ```
    """
    if is_critical(plan) and plan.spec.rollout.approval is None:
        tier = plan.spec.governance.tier if plan.spec.governance else None
        path: Path = ("spec", "rollout", "approval")
        message = f"a model of tier {tier} is promoted without a person"
        yield Issue(path, message, "add `approval: {before: [promoting]}`", "approval", on_key=True)


@rule(area="completeness", severity=Severity.INFO, since="0.1.0")
def short_record(plan: Plan, _context: Context) -> Iterator[Issue]:
    """The decisions about a model that can do grave harm are kept less than six months, or nobody says how long.

    ## What it does
    Reports `governance.record.retention` that is missing or below six months (184 days) where `governance.tier` is 1 or
    2.

    ## Why is this bad?
    Providers and deployers of high-risk systems keep the logs for at least six months (EU AI Act, articles 19(1) and
    26(6)), so that what happened can be found out when the harm is noticed.

    ## Example
    ```yaml
    governance: {tier: 1, record: {retention: 30d}}
    ```

    ## Use instead
    ```yaml
    governance: {tier: 1, record: {retention: 365d}}
    ```
    """
    governance = plan.spec.governance
    if governance is None or not is_critical(plan):
        return
    path: Path = ("spec", "governance", "record", "retention")
    if governance.record is None:
        message = f"nobody says how long the decisions about a model of tier {governance.tier} are kept"
        yield Issue(path, message, "add `record: {retention: 184d}`, or more", "record", on_key=True)
    elif governance.record.retention < HALF_A_YEAR:
        kept = duration(governance.record.retention)
        message = f"the decisions about a model of tier {governance.tier} are kept {kept}; the law asks for six months"
        yield Issue(path, message, "`retention: 184d`, or more", "record", edit=Edit("keep them 184d", path, "184d"))


@rule(area="completeness", severity=Severity.INFO, since="0.1.0")
def missing_slice(plan: Plan, _context: Context) -> Iterator[Issue]:
    """The model is judged as a whole only.

    ## What it does
    Reports a spec none of whose offline checks looks at a part of the data: no gate with `slices`, no fairness check.

    ## Why is this bad?
    A good average hides people for whom the model fails: commercial classifiers with an error below 1% for one group
    had one of 34.7% for another ("Gender shades", FAT* 2018). Quality on all important slices is a test of Google's
    rubric ("The ML test score", IEEE Big Data 2017, Model 6), and model cards report by group ("Model cards", FAT*
    2019).

    ## Example
    ```yaml
    data:
      sources:
        - {name: customers, schema: [{name: plan, logicalType: string}, {name: churned, logicalType: boolean}]}
    features: [plan]
    evaluation:
      offline:
        gates: [{metric: recall, min: 60%}]
    ```

    ## Use instead
    ```yaml
    data:
      sources:
        - {name: customers, schema: [{name: plan, logicalType: string}, {name: churned, logicalType: boolean}]}
    features: [plan]
    evaluation:
      offline:
        gates: [{metric: recall, min: 60%, slices: [plan]}]
    ```
    """
    if protected_columns(plan) or any(check.slices for check in plan.checks):
        return  # an attribute that is protected and not looked at is an `unexamined-attribute`
    parts = [feature.name for feature in plan.features if feature.column and feature.column.logical_type == "string"]
    help_text = f"add `slices` to a gate; features to cut by are {names(parts)}" if parts else "add `slices` to a gate"
    yield Issue((*OFFLINE, "gates"), "no offline check looks at a part of the data", help_text, "slices", on_key=True)


@rule(area="completeness", severity=Severity.INFO, since="0.1.0")
def unexamined_attribute(plan: Plan, _context: Context) -> Iterator[Issue]:
    """The data hold a protected attribute, and no check looks whether its groups are treated alike.

    ## What it does
    Reports each column that a contract calls `protected` and that is neither the attribute of a fairness check nor a
    slice of an offline gate.

    ## Why is this bad?
    Leaving the attribute out of the features does not make a model fair, since others stand for it: a health system
    used cost in place of need, and black patients had to be sicker to get the same care (Science 366(6464), 2019).
    Examining the data for biases is asked by the EU's AI Act (article 10(2)(f)) and by NIST's framework (MEASURE 2.11).

    ## Example
    ```yaml
    evaluation:
      offline:
        gates: [{metric: recall, min: 60%}]
    ```
    where the contract says `{name: age_band, logicalType: string, classification: protected}`.

    ## Use instead
    ```yaml
    evaluation:
      offline:
        gates: [{metric: recall, min: 60%, slices: [age_band]}]
    ```
    """
    sliced = [plan.names(name) for check in plan.checks for _, name in slice_names(check)]
    for column in plan.columns:
        if column.classification == "protected" and column not in sliced:
            message = f"no check looks at the groups of `{column.reference}`, which is protected"
            help_text = "add a fairness check with it as `attribute`, or `slices` to an offline gate"
            related = (("classified here", (*column.path, "classification")),)
            yield Issue((*OFFLINE, "fairness"), message, help_text, column.name, on_key=True, related=related)


@rule(area="completeness", severity=Severity.INFO, since="0.1.0")
def missing_robustness(plan: Plan, _context: Context) -> Iterator[Issue]:
    """Nothing shows what a model that can do grave harm makes of disturbed input.

    ## What it does
    Reports an empty `evaluation.offline.robustness` where `governance.tier` is 1 or 2.

    ## Why is this bad?
    High-risk systems must be resilient against errors and faults in their input (EU AI Act, article 15(4)). The test
    split has the same gaps and typing errors as the training split, and says nothing of a feed that fails.

    ## Example
    ```yaml
    governance: {tier: 1}
    evaluation:
      offline:
        robustness: []
    ```

    ## Use instead
    ```yaml
    governance: {tier: 1}
    evaluation:
      offline:
        robustness:
          - {perturb: missingValues, share: 10%, features: all, metric: rocAuc, maxRegression: 0.03}
    ```
    """
    if is_critical(plan) and not plan.spec.evaluation.offline.robustness:
        tier = plan.spec.governance.tier if plan.spec.governance else None
        metric = plan.spec.evaluation.offline.gates[0].metric
        example = f"{{perturb: missingValues, share: 10%, features: all, metric: {metric}, maxRegression: …}}"
        message = f"nothing shows what a model of tier {tier} makes of disturbed input"
        yield Issue((*OFFLINE, "robustness"), message, f"add for example `{example}`", "robustness", on_key=True)
