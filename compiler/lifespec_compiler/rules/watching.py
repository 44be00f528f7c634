"""What is not watched while the model serves, and what is seen but told to nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lifespec_schema.findings import Path, Severity

from .context import Context
from .rollouts import is_online
from .rule import Issue, rule

if TYPE_CHECKING:
    from lifespec_compiler.plan import Plan

MONITORING: Path = ("spec", "monitoring")


@rule(area="completeness", severity=Severity.INFO, since="0.1.0")
def missing_monitor(plan: Plan, _context: Context) -> Iterator[Issue]:
    """Nothing watches the model once it serves.

    ## What it does
    Reports a spec without `monitoring`, or without monitors in it.

    ## Why is this bad?
    A model goes wrong without an error: the world changes and its answers stay plausible. Monitoring in production is
    MEASURE 2.4 of NIST's AI Risk Management Framework and a duty for high-risk systems (EU AI Act, article 72), and
    seven tests of Google's rubric are about nothing else ("The ML test score", IEEE Big Data 2017).

    ## Example
    ```yaml
    monitoring: null
    ```

    ## Use instead
    ```yaml
    monitoring:
      predictions: {log: "s3://logs/churn/", time: ts, id: request_id}
      monitors:
        - {name: inputs, kind: data, window: 7d}
        - {name: decay, kind: concept, metric: recall, min: 60%, window: 30d}
      alerts: [{for: inputs, severity: ticket}, {for: decay, severity: ticket}]
    ```
    """
    if not plan.monitors:
        help_text = "add a data monitor and, where labels come, a concept monitor to `monitoring`"
        yield Issue(MONITORING, "nothing watches the model once it serves", help_text, "monitoring", on_key=True)


@rule(area="completeness", severity=Severity.INFO, since="0.1.0")
def missing_concept_monitor(plan: Plan, _context: Context) -> Iterator[Issue]:
    """Nothing tells when the model is no longer right.

    ## What it does
    Reports a spec with monitors none of which is a `concept` monitor, although a label comes for predictions.

    ## Why is this bad?
    Inputs may look as they always did while what follows from them has changed, and no drift of inputs shows it ("A
    survey on concept drift adaptation", ACM Computing Surveys 46(4), 2014). That quality on served data has not fallen
    is a test of Google's rubric ("The ML test score", IEEE Big Data 2017, Monitor 7).

    ## Example
    ```yaml
    monitoring:
      predictions: {log: "s3://logs/churn/", time: ts, id: request_id}
      monitors: [{name: inputs, kind: data, window: 7d}]
      alerts: [{for: inputs, severity: ticket}]
    ```

    ## Use instead
    ```yaml
    monitoring:
      predictions: {log: "s3://logs/churn/", time: ts, id: request_id}
      monitors:
        - {name: inputs, kind: data, window: 7d}
        - {name: decay, kind: concept, metric: recall, min: 60%, window: 30d}
      alerts: [{for: inputs, severity: ticket}, {for: decay, severity: ticket}]
    ```
    """
    if plan.monitors and not any(monitor.kind == "concept" for monitor in plan.monitors):
        gate = plan.spec.evaluation.offline.gates[0].metric
        help_text = f"add for example `{{name: decay, kind: concept, metric: {gate}, …}}` with a bound and a window"
        message = "no monitor compares predictions with their labels"
        yield Issue((*MONITORING, "monitors"), message, help_text, "monitors", on_key=True)


@rule(area="completeness", severity=Severity.INFO, since="0.1.0")
def unheard_monitor(plan: Plan, _context: Context) -> Iterator[Issue]:
    """A monitor or an objective alarms, and nobody is told.

    ## What it does
    Reports monitors that neither an alert nor a trigger refers to, and objectives without an alert.

    ## Why is this bad?
    It is computed, paid for, and seen by whoever happens to look. Telling the people concerned is part of handling what
    monitoring finds (NIST AI Risk Management Framework, MANAGE 4.3); Pyrra's users learnt of missing objectives after
    weeks (pyrra issue 448).

    ## Example
    ```yaml
    monitoring:
      predictions: {log: "s3://logs/churn/", time: ts, id: request_id}
      monitors:
        - {name: inputs, kind: data, window: 7d}
        - {name: decay, kind: concept, metric: recall, min: 60%, window: 30d}
      alerts: [{for: decay, severity: ticket}]
    ```

    ## Use instead
    ```yaml
    monitoring:
      predictions: {log: "s3://logs/churn/", time: ts, id: request_id}
      monitors:
        - {name: inputs, kind: data, window: 7d}
        - {name: decay, kind: concept, metric: recall, min: 60%, window: 30d}
      alerts: [{for: inputs, severity: ticket}, {for: decay, severity: ticket}]
    ```
    """
    monitoring = plan.spec.monitoring
    if monitoring is None:
        return
    alerted = {alert.for_ for alert in monitoring.alerts}
    triggers = plan.spec.retraining.triggers if plan.spec.retraining else ()
    triggering = {trigger.monitor for trigger in triggers if trigger.kind == "monitor"}
    risks = {name for risk in plan.spec.objective.risks for name in risk.detected_by}
    for index, monitor in enumerate(monitoring.monitors):
        if monitor.name not in alerted | triggering:
            danger = ", though a risk is to be noticed by it" if monitor.name in risks else ""
            message = f"nobody is told when `{monitor.name}` alarms{danger}"
            help_text = f"add `{{for: {monitor.name}, severity: ticket}}` to `alerts`, or a trigger"
            yield Issue((*MONITORING, "monitors", index), message, help_text)
    for index, slo in enumerate(monitoring.slos):
        if slo.name not in alerted:
            message = f"nobody is told when `{slo.name}` is missed"
            help_text = f"add `{{for: {slo.name}, severity: page}}` to `alerts`"
            yield Issue((*MONITORING, "slos", index), message, help_text)


@rule(area="completeness", severity=Severity.INFO, since="0.1.0")
def unanswered_page(plan: Plan, _context: Context) -> Iterator[Issue]:
    """An alert wakes somebody, and nobody is next if they do not answer.

    ## What it does
    Reports alerts with `severity: page` where `owner.escalation` is empty.

    ## Why is this bad?
    One phone without power, and the page is over. Whom to reach, and who is next, belongs to the roles and lines of
    communication that GOVERN 2.1 of NIST's AI Risk Management Framework asks for; a rota has a secondary who takes the
    pages that the primary misses ("Site Reliability Engineering", O'Reilly 2016, chapter 11).

    ## Example
    ```yaml
    owner: {team: growth-ml, email: growth-ml@example.com}
    monitoring:
      predictions: {log: "s3://logs/churn/", time: ts, id: request_id}
      monitors: [{name: decay, kind: concept, metric: recall, min: 60%, window: 30d}]
      alerts: [{for: decay, severity: page}]
    ```

    ## Use instead
    ```yaml
    owner: {team: growth-ml, email: growth-ml@example.com, escalation: [{after: 30m, to: growth-oncall}]}
    monitoring:
      predictions: {log: "s3://logs/churn/", time: ts, id: request_id}
      monitors: [{name: decay, kind: concept, metric: recall, min: 60%, window: 30d}]
      alerts: [{for: decay, severity: page}]
    ```
    """
    if plan.spec.owner.escalation:
        return
    for index, alert in enumerate(plan.spec.monitoring.alerts if plan.spec.monitoring else ()):
        if alert.severity == "page":
            message = f"when nobody answers the page for `{alert.for_}`, nobody is next"
            help_text = "add `escalation: [{after: 30m, to: …}]` to `owner`, or make it a ticket"
            yield Issue((*MONITORING, "alerts", index, "severity"), message, help_text, alert.for_)


@rule(area="completeness", severity=Severity.INFO, since="0.1.0")
def ungated_step(plan: Plan, _context: Context) -> Iterator[Issue]:
    """A step of the rollout ends when its time is over, whatever was seen in it.

    ## What it does
    Reports a canary without online gates. Guards look for fast harm and can only say no; a gate is what a step must
    have shown before the next one begins.

    ## Why is this bad?
    A model that is a little worse, everywhere, passes each guard and takes all traffic. Comparing the canary with what
    it replaces is what makes it a canary ("The site reliability workbook", O'Reilly 2018, chapter 16), and a test of
    Google's rubric ("The ML test score", IEEE Big Data 2017, Infra 6).

    ## Example
    ```yaml
    rollout:
      steps: [{weight: 10%, hold: 4h}, {weight: 50%, hold: 12h}]
      guards: [{metric: errorRate, max: 1%, window: 15m}]
    ```

    ## Use instead
    ```yaml
    rollout:
      steps: [{weight: 10%, hold: 4h}, {weight: 50%, hold: 12h}]
      guards: [{metric: errorRate, max: 1%, window: 15m}]
    evaluation:
      online:
        gates: [{metric: errorRate, against: stable, maxRegression: 0.2%}]
    ```
    """
    if plan.spec.rollout.strategy == "canary" and plan.spec.rollout.guards and _is_undecided(plan):
        help_text = "add `evaluation.online.gates`: what a candidate must show on live traffic to go on"
        path: Path = ("spec", "rollout", "steps")
        yield Issue(path, "the steps of the rollout end by time alone", help_text, "steps", on_key=True)


@rule(area="rollout", severity=Severity.WARNING, since="0.1.0")
def undecided_ab_test(plan: Plan, _context: Context) -> Iterator[Issue]:
    """An A/B test has nothing to decide by: at its end the candidate is promoted, whatever came of it.

    ## What it does
    Reports `strategy: abTest` with guards but without online gates. Guards look for fast harm; what the test is for
    stands in a gate, for instance of a metric measured by query, `against: stable`.

    ## Why is this bad?
    Traffic and weeks are spent on a comparison that nobody makes, or that somebody makes afterwards by the number that
    looks best. That the criterion is agreed on before is the first condition of an experiment ("Trustworthy online
    controlled experiments", Cambridge University Press 2020, chapter 7).

    ## Example
    ```yaml
    rollout: {strategy: abTest, weight: 50%, duration: 14d, steps: null}
    ```

    ## Use instead
    ```yaml
    rollout: {strategy: abTest, weight: 50%, duration: 14d, steps: null}
    evaluation:
      online:
        gates: [{metric: errorRate, against: stable, maxRegression: 0.2%}]
    ```
    """
    if plan.spec.rollout.strategy == "abTest" and plan.spec.rollout.guards and _is_undecided(plan):
        help_text = "add `evaluation.online.gates` with what the test is to show"
        message = "the A/B test compares nothing: at its end the candidate is promoted"
        yield Issue(("spec", "rollout", "strategy"), message, help_text, "rollout")


def _is_undecided(plan: Plan) -> bool:
    """Whether nothing is asked of a candidate's live traffic; without guards too it is a `toothless-rollback`."""
    return is_online(plan) and plan.spec.evaluation.online is None
