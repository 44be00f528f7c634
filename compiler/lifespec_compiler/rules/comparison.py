"""Live checks that compare the candidate with a stable model which answers nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lifespec_schema.findings import Severity

from .context import Context
from .rollouts import is_online, live_stages
from .rule import Issue, rule

if TYPE_CHECKING:
    from lifespec_compiler.plan import Plan


@rule(area="evaluation", severity=Severity.ERROR, since="0.1.0")
def gate_without_counterpart(plan: Plan, _context: Context) -> Iterator[Issue]:
    """A live gate or guard compares the candidate with stable where stable gets no traffic.

    ## What it does
    Looks for a step in which the candidate gets all traffic (`blueGreen`, `direct`, a canary step of 100%), and reports
    online gates and guards with `against: stable`: they compare what both models served over the same time.

    ## Why is this bad?
    There is nothing to compare with, so the check is never decided: each candidate is rolled back at the timeout, or
    held for ever, whatever it is like. What stable served before the switch would be another day's traffic: Google's
    and Waze's advice on canaries is to compare with a baseline that runs beside the canary, since caches, load and
    time skew any other comparison (cloud.google.com/blog, Canary analysis: Lessons learned, 2019).

    ## Example
    ```yaml
    evaluation:
      online:
        gates: [{metric: errorRate, against: stable, maxRegression: 1%}]
    rollout: {strategy: blueGreen, hold: 36h, steps: null}
    ```

    ## Use instead
    ```yaml
    evaluation:
      shadow:
        mirror: 20%
        duration: 36h
        gates: [{metric: errorRate, against: stable, maxRegression: 1%}]
    rollout: {strategy: blueGreen, hold: 36h, steps: null}
    ```
    """
    whole = next((stage for stage in live_stages(plan) if stage.weight == 100), None)
    if whole is None or not is_online(plan):
        return
    for check in plan.checks:
        if check.tier in ("online", "guard") and check.against == "stable":
            message = f"`{check.name}` compares with stable, which gets no traffic in `{whole.name}`"
            help_text = "give it an absolute bound, compare in `shadow`, or leave stable some traffic"
            yield Issue((*check.path, "against"), message, help_text)
