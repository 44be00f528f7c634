"""What a plan would have decided on metrics that were recorded."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

from lifespec_compiler.plan import Plan

from .counting import Counting
from .drifting import Drift
from .meters import Meter
from .script import Script, script_of
from .simulation import Run
from .trace import Trace
from .unrecorded import ERRORS, names_of, told
from .world import World

if TYPE_CHECKING:
    from lifespec_schema.scenario import Scenario

    from .outcome import Simulation


def replay(plan: Plan, trace: Trace, scenario: Scenario) -> Simulation:
    """The decisions on a recording. The scenario says what was not recorded: people, offline reports.

    The recorded counts are taken as they are, whatever share of the requests the candidate would have had. The
    candidate is nominated when the recording begins, and its servers are ready at once. What nothing was recorded of
    has no data.
    """
    script = script_of(plan, scenario)
    recorded = replace(
        script,
        began=trace.began,
        ends=trace.ended,
        stretches=(),
        times=(),
        nominations=(),
        asked=(),
        beginnings=(),
        drift=Drift((), trace.began, script.rollout),
        until_decided=True,
        assumptions=tuple(dict.fromkeys(told(plan, trace, scenario))),
    )
    return _Replay(recorded, trace).run()._replace(scenario=trace.name, harmed_since=None, detected_after=None)


class Recorded(World):
    """A world whose counts were recorded."""

    def play(self, trace: Trace) -> None:
        """Count from this recording from now on."""
        self._left = list(reversed(trace.increments))

    def _serve(self, seconds: float) -> None:
        """What was recorded in a stretch of time."""
        until, counting, route = self.now + seconds, self.counting, self.route
        by_name: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        while self._left and self._left[-1].at <= until:
            one = self._left.pop()
            tally, side = by_name[one.counted], 0 if one.role == "candidate" else 2
            tally[side] += one.good
            tally[side + 1] += one.total
        asked, others = (max((tally[side] for tally in by_name.values()), default=0) for side in (1, 3))
        failed = by_name.get(ERRORS, [0, 0, 0, 0])
        self.answered[2] += others
        self.answered[3] += failed[2]
        if counting is None or route.candidate != counting.revision or not (route.weight or route.mirror):
            return
        if route.weight:
            self.answered[0] += asked
            counting.served += asked
            self.answered[1] += failed[0]
        else:
            self.answered[4] += asked
        for meter in counting.meters.with_requests if route.weight else counting.meters.with_copies:
            self._take(counting, meter, by_name, (asked, others), round(seconds))
        if by_name:
            counting.newest = until

    def _take(
        self, counting: Counting, meter: Meter, by_name: dict[str, list[int]], asked: tuple[int, int], seconds: int
    ) -> None:
        if meter.source == "requests":
            counting.count(meter, [asked[0], seconds, asked[1], seconds])
            return
        found = next((by_name[name] for name in names_of(meter) if name in by_name), None)
        if found is not None:
            counting.count(meter, list(found))


class _Replay(Run):
    """A run in a world that was recorded."""

    def __init__(self, script: Script, trace: Trace) -> None:
        self._trace = trace
        super().__init__(script, 0, inf)

    def _make(self, world: World) -> World:
        recorded = Recorded(world.plan, world.truths, world.rps, now=world.now, created=world.created)
        recorded.play(self._trace)
        return recorded

    def _become_true(self) -> None:
        super()._become_true()
        for truth in self.world.truths.values():
            truth.ready_after = 0.0
