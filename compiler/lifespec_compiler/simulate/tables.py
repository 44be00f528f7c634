"""How large the table is that a batch run scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifespec_compiler.engine.stages import rows_of_a_run
from lifespec_compiler.plan import Plan

if TYPE_CHECKING:
    from lifespec_schema.scenario import Scenario


def rows_in(plan: Plan, scenario: Scenario) -> tuple[float, tuple[str, ...]]:
    """Rows, and what had to be assumed: the scenario says it, or a contract the least that there must be. 0: online."""
    if plan.spec.serving.mode == "online":
        return 0.0, ()
    arrivals = scenario.spec.traffic
    times = float(arrivals.times) if arrivals else 1.0
    if arrivals is not None and arrivals.rows_per_run is not None:
        return arrivals.rows_per_run * times, ()
    least, name = rows_of_a_run(plan)
    if not name:
        return least * times, (f"a run scores {least:,} rows, unless the scenario says otherwise",)
    return least * times, (f"a run scores {least:,} rows, the fewest that `{name}` may have",)
