"""The findings that the engine itself makes about how rules ran."""

from __future__ import annotations

from lifespec_schema.findings import Severity

from .rule import engine_rule


@engine_rule(area="lint", severity=Severity.ERROR, since="0.1.0")
def internal_error() -> None:
    """A rule of lifespec crashed.

    ## What it does
    Names the rule that crashed and what it crashed with. All other rules ran, and their findings are complete.

    ## Why is this bad?
    What the rule would have found is not known. That a crash stays a finding, and neither hides the others nor passes
    for a clean result, is what linters owe their users: a single bad object that silences all checks was reported of
    several (pyrra issues 360 and 790, great_expectations issue 9431).

    ## Example
    No spec should bring this about.

    ## Use instead
    Report it with the spec. Until then the project file may lower its severity:
    `severities: {internal-error: warning}`.
    """


@engine_rule(area="lint", severity=Severity.INFO, since="0.1.0")
def unknown_fact() -> None:
    """A check did not run, because the spec leaves out a fact that it needs.

    ## What it does
    Names the missing field once, with the checks that wait for it. Nothing is guessed in its place. A project
    that wants the fact from every team raises the severity: `severities: {unknown-fact: warning}`.

    ## Why is this bad?
    A check that cannot run looks like a check that passed. Skipping in silence is how `kubeconform
    -ignore-missing-schemas` came to skip all 964 objects of a user (kubeconform issue 32).

    ## Example
    ```yaml
    data:
      readiness: {minLabeledRows: 20000}
    retraining:
      triggers: [{name: weekly, schedule: "0 3 * * 1"}]
      window: {kind: rolling, length: 90d}
    ```

    ## Use instead
    ```yaml
    traffic: {rps: 12}
    data:
      readiness: {minLabeledRows: 20000}
    retraining:
      triggers: [{name: weekly, schedule: "0 3 * * 1"}]
      window: {kind: rolling, length: 90d}
    monitoring:
      predictions: {log: s3://logs/churn/, time: ts, id: request_id}
      slos: [{name: availability, sli: availability, target: 99.9%, window: 30d}]
    ```
    """
