"""Rollouts that ask more of what moves the traffic than it can do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lifespec_schema.findings import Path, Severity

from .context import Context
from .rollouts import exceeds, is_online, live_stages, live_time
from .rule import Edit, Issue, rule
from .text import duration

if TYPE_CHECKING:
    from lifespec_compiler.plan import Plan

VIA: Path = ("spec", "rollout", "via")
LONGEST = 2 * 3600
"""Seconds: "15-20 minutes or maximum 1-2 hours", Argo Rollouts, docs/best-practices.md."""


@rule(area="rollout", severity=Severity.ERROR, since="0.1.0")
def overstretched_engine(plan: Plan, _context: Context) -> Iterator[Issue]:
    """The rollout asks for what Argo Rollouts does not do: days of holding, or mirroring.

    ## What it does
    With `via: argoRollouts`, reports holds that together are longer than two hours, and a shadow tier: Argo Rollouts
    mirrors through Istio only, and not through the routes of a Gateway.

    ## Why is this bad?
    Its own best practices say: "brief deployments that take 15-20 minutes or maximum 1-2 hours"; for days or weeks it
    "is probably not the best solution". And its plugin for the Gateway API takes `setMirrorRoute` and does nothing, so
    that a shadow would wait for requests that never come.

    ## Example
    ```yaml
    rollout:
      via: argoRollouts
      steps: [{weight: 10%, hold: 4h}, {weight: 50%, hold: 12h}]
    ```

    ## Use instead
    ```yaml
    rollout:
      via: gatewayApi
      steps: [{weight: 10%, hold: 4h}, {weight: 50%, hold: 12h}]
    ```
    """
    if plan.spec.rollout.via != "argoRollouts" or not is_online(plan):
        return
    edit, help_text = Edit("let lifespec's agent move the traffic", VIA, "gatewayApi"), "`via: gatewayApi`"
    total = live_time(plan)
    if exceeds(total, LONGEST):
        message = f"the rollout takes {duration(total)}, and Argo Rollouts is made for at most {duration(LONGEST)}"
        longest = max(live_stages(plan), key=lambda stage: stage.hold)
        related = ((f"`{longest.name}` holds {duration(longest.hold)}", longest.path),)
        yield Issue(VIA, message, help_text, about="rollout", related=related, edit=edit)
    if plan.spec.evaluation.shadow is not None:
        message = "Argo Rollouts cannot mirror requests through a Gateway: the shadow tier would see none"
        related = (("the shadow tier", ("spec", "evaluation", "shadow")),)
        yield Issue(VIA, message, f"{help_text}, or no shadow tier", about="shadow", related=related, edit=edit)
