"""Why there is a model at all, what it has to beat, and where it comes from: what a spec may leave unsaid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from lifespec_schema.findings import Path, Severity

from .context import Context
from .rule import Issue, rule
from .text import names

if TYPE_CHECKING:
    from lifespec_compiler.plan import Plan

OBJECTIVE: Path = ("spec", "objective")
EXPERIMENTS: Path = ("spec", "experiments")
CRITICAL: Final = 2
"""Models of this tier, or of one that is more critical, owe more than others."""


def is_critical(plan: Plan) -> bool:
    """Whether `governance.tier` says that harm by this model would be grave."""
    governance = plan.spec.governance
    return governance is not None and governance.tier is not None and governance.tier <= CRITICAL


def protected_columns(plan: Plan) -> list[str]:
    """The names of the columns that the contracts call protected."""
    return [column.name for column in plan.columns if column.classification == "protected"]


@rule(area="completeness", severity=Severity.INFO, since="0.1.0")
def missing_business_objective(plan: Plan, _context: Context) -> Iterator[Issue]:
    """Nothing says what the model is to move.

    ## What it does
    Reports a spec without `objective.business`.

    ## Why is this bad?
    Gates then hold a model to numbers of which nobody knows what they are worth. That offline metrics go with a metric
    of the business is a test of Google's rubric ("The ML test score", IEEE Big Data 2017, Model 2), and the business
    value is the first thing that NIST's AI Risk Management Framework asks for (MAP 1.4).

    ## Example
    ```yaml
    objective:
      problem: binaryClassification
      business: null
    ```

    ## Use instead
    ```yaml
    objective:
      problem: binaryClassification
      business: {metric: retention rate, direction: increase}
    ```
    """
    if plan.spec.objective.business is None:
        help_text = "add `business: {metric: …, direction: increase}`: the outcome, in the business's words"
        yield Issue((*OBJECTIVE, "business"), "the model has no business objective", help_text, "business", on_key=True)


@rule(area="completeness", severity=Severity.INFO, since="0.1.0")
def missing_baseline(plan: Plan, _context: Context) -> Iterator[Issue]:
    """No gate compares the model with something simpler.

    ## What it does
    Reports a spec without baselines, and one whose baselines no offline gate is `against`.

    ## Why is this bad?
    A score says little by itself: on rare positives, a model that has learnt nothing reaches an accuracy of 97%. That a
    simpler model is not better is a test of Google's rubric ("The ML test score", IEEE Big Data 2017, Model 5).

    ## Example
    ```yaml
    experiments:
      baselines: [{kind: logisticRegression}]
    evaluation:
      offline:
        gates: [{metric: rocAuc, min: 0.8}]
    ```

    ## Use instead
    ```yaml
    experiments:
      baselines: [{kind: logisticRegression}]
    evaluation:
      offline:
        gates: [{metric: rocAuc, against: logisticRegression, minImprovement: 0.02}]
    ```
    """
    baselines = [baseline.name or baseline.kind for baseline in plan.spec.experiments.baselines]
    compared = {check.against for check in plan.checks if check.tier == "offline"}
    if not baselines:
        help_text = "add for example `baselines: [{kind: majorityClass}]`, and an offline gate `against` it"
        if plan.spec.objective.problem not in ("binaryClassification", "multiclassClassification"):
            help_text = (
                "add one to `baselines` (`lifespec explain spec.experiments.baselines`), and a gate `against` it"
            )
        path: Path = (*EXPERIMENTS, "baselines")
        yield Issue(path, "the model is held against nothing simpler", help_text, "baselines", on_key=True)
    elif not compared.intersection(baselines):
        message = f"no offline gate compares the model with {names(baselines)}"
        help_text = f"add a gate, for example `against: {baselines[-1]}` with `minImprovement`"
        yield Issue((*EXPERIMENTS, "baselines"), message, help_text, "baselines", on_key=True)


@rule(area="completeness", severity=Severity.INFO, since="0.1.0")
def missing_hypothesis(plan: Plan, _context: Context) -> Iterator[Issue]:
    """A candidate does not say why it should be better.

    ## What it does
    Reports candidates without `hypothesis`.

    ## Why is this bad?
    An idea that is put into words after the results are known always fits them, and cannot be wrong ("HARKing:
    hypothesizing after the results are known", Personality and Social Psychology Review 2(3), 1998). Written down
    before, it tells whoever comes next what has been tried and what for.

    ## Example
    ```yaml
    experiments:
      candidates:
        - name: boosting
          image: registry.example.com/train@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    ```

    ## Use instead
    ```yaml
    experiments:
      candidates:
        - name: boosting
          hypothesis: Interactions between plan and tenure matter.
          image: registry.example.com/train@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    ```
    """
    for index, candidate in enumerate(plan.spec.experiments.candidates):
        if candidate.hypothesis is None:
            message = f"`{candidate.name}` does not say why it should be better than what there is"
            path: Path = (*EXPERIMENTS, "candidates", index, "hypothesis")
            yield Issue(path, message, "add `hypothesis: …`, in a sentence that a result can prove wrong", on_key=True)


@rule(area="completeness", severity=Severity.INFO, since="0.1.0")
def missing_risk(plan: Plan, _context: Context) -> Iterator[Issue]:
    """A model that can do grave harm names no risk.

    ## What it does
    Reports an empty `objective.risks` where `governance.tier` is 1 or 2, or where a contract calls a column
    `protected`.

    ## Why is this bad?
    What nobody has named, nothing watches. Identifying the risks is the first duty for a high-risk system under the
    EU's AI Act (article 9(2)), and MAP 5.1 of NIST's AI Risk Management Framework.

    ## Example
    ```yaml
    objective:
      problem: binaryClassification
      risks: []
    ```
    where the contract says `{name: age_band, logicalType: string, classification: protected}`.

    ## Use instead
    ```yaml
    objective:
      problem: binaryClassification
      risks: [{name: older-customers, risk: Older customers are served worse, detectedBy: [opportunity-by-age]}]
    evaluation:
      offline:
        fairness: [{name: opportunity-by-age, metric: equalOpportunityDifference, attribute: age_band, max: 0.10}]
    ```
    """
    if plan.spec.objective.risks or not (is_critical(plan) or protected_columns(plan)):
        return
    tier = plan.spec.governance.tier if plan.spec.governance else None
    why = f"a model of tier {tier}" if is_critical(plan) else "a model over data on protected attributes"
    help_text = "add `risks: [{name: …, risk: …, detectedBy: [<a check or a monitor>]}]`"
    yield Issue((*OBJECTIVE, "risks"), f"{why} names no risk", help_text, "risks", on_key=True)


@rule(area="completeness", severity=Severity.INFO, since="0.1.0")
def undetected_risk(plan: Plan, _context: Context) -> Iterator[Issue]:
    """Nothing would notice that a risk has come true.

    ## What it does
    Reports a risk without `detectedBy`.

    ## Why is this bad?
    The risk is known and its arrival goes unseen. Metrics for the risks that were named are the first step of measuring
    in NIST's AI Risk Management Framework (MEASURE 1.1); risks that no metric can see are to be documented as such.

    ## Example
    ```yaml
    objective:
      risks: [{name: older-customers, risk: Older customers are served worse}]
    ```

    ## Use instead
    ```yaml
    objective:
      risks: [{name: older-customers, risk: Older customers are served worse, detectedBy: [opportunity-by-age]}]
    evaluation:
      offline:
        fairness: [{name: opportunity-by-age, metric: equalOpportunityDifference, attribute: age_band, max: 0.10}]
    ```
    """
    known = [*(check.name for check in plan.checks if check.kind != "monitor"), *(m.name for m in plan.monitors)]
    for index, risk in enumerate(plan.spec.objective.risks):
        if not risk.detected_by:
            help_text = f"add `detectedBy` with a check or a monitor; there are {names(known)}"
            message = f"nothing would notice `{risk.name}`"
            yield Issue((*OBJECTIVE, "risks", index, "detectedBy"), message, help_text, on_key=True)


@rule(area="completeness", severity=Severity.INFO, since="0.1.0")
def missing_provenance(plan: Plan, _context: Context) -> Iterator[Issue]:
    """A model version does not say what it was trained on, or from which commit.

    ## What it does
    Reports a model version without `trainedOn.snapshot` or without `producedBy.commit`.

    ## Why is this bad?
    The digest says which bytes serve, not where they come from: nobody can train the model again, or find out what else
    was trained on data that turn out to be wrong. Build provenance is the core of SLSA, and reproducible training is a
    test of Google's rubric ("The ML test score", IEEE Big Data 2017, Infra 1).

    ## Example
    ```yaml
    # model.yaml
    trainedOn: null
    producedBy: {commit: 4be1f7a}
    ```

    ## Use instead
    ```yaml
    # model.yaml
    trainedOn: {snapshot: "sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"}
    producedBy: {commit: 4be1f7a}
    ```
    """
    if plan.model is None:
        return
    spec = plan.model.spec
    absent = ["`trainedOn.snapshot`"] if spec.trained_on is None or spec.trained_on.snapshot is None else []
    absent += ["`producedBy.commit`"] if spec.produced_by is None or spec.produced_by.commit is None else []
    if absent:
        message = f"`{plan.model.metadata.name}` does not say where it comes from: {' and '.join(absent)} missing"
        path: Path = ("spec", "modelVersion")
        yield Issue(path, message, "the trainer's run knows both", plan.model.metadata.name, on_key=True)
