"""A world of batch serving: on a schedule stable and the candidate score the same table, and runs are compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf
from typing import Final
from zoneinfo import ZoneInfo

from lifespec_compiler.engine.case import Direct, Effect, Remove
from lifespec_compiler.engine.history import History
from lifespec_compiler.engine.observation import Observation
from lifespec_compiler.engine.values import Revision
from lifespec_compiler.plan import Plan

from .counting import Counting
from .draws import binomial
from .outcome import Batches, BatchRun, Role, RunEnding
from .world import World

_ROLES: Final[tuple[Role, ...]] = ("stable", "candidate")


@dataclass
class _Scoring:
    """A run that is not over yet."""

    revision: Revision
    role: Role
    began: float
    ends: float
    rows: int
    live: bool
    """Whether the output pointer names what it writes."""
    beside: bool
    """Whether a candidate has its place beside stable."""
    fails: bool
    late: bool = False


class BatchWorld(World):
    """What is asked of it comes on the schedule: there are no requests, and the route is the output pointer."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.runs: list[BatchRun] = []
        """Those of candidates, and stable's of the same time, in the order in which they ended."""
        self.compared = 0
        """Runs of the candidate beside stable's, since it got its place there."""
        self.comparisons: Counter[Revision] = Counter()
        """By candidate: how often it was compared, ever."""
        self.beside: Counter[Revision] = Counter()
        """By candidate: rows that it scored and nobody used."""
        self._firings = _firings(self.plan, self.now)
        self._fires = next(self._firings, inf)
        self._scoring: list[_Scoring] = []
        self._alone: dict[tuple[Role, float], BatchRun] = {}
        """Runs that ended well and wait for their counterpart of the same firing."""

    @property
    def next(self) -> float:
        """When something comes to be seen: a run begins or ends, or what runs it is ready."""
        starting = (since + self.truth(revision).ready_after for revision, since in self.servers.items())
        coming = (self._fires, *(run.ends for run in self._scoring), *starting)
        return min((at for at in coming if at > self.now), default=inf)

    def advance(self, seconds: float) -> None:
        """Let time pass, and runs begin and end."""
        end = self.now + seconds
        while self.now < end:
            counting = self._served()
            closes = counting.closes if counting is not None else inf
            self.now = max(self.now, min([end, self._fires, closes, *(run.ends for run in self._scoring)]))
            self._end_runs(counting)
            if self._fires <= self.now:
                self._fire()
            if counting is not None:
                counting.arrive(self.now)
                if counting.closes <= self.now:
                    counting.close(self.now, shown=self.route.candidate == counting.revision)

    def observe(self, history: History) -> Observation:
        """What is to be seen now by whoever knows the ledger."""
        seen, counting = super().observe(history), self.counting
        if counting is None or self.silent:
            return seen
        return seen._replace(counted=counting.counted(shadow=self.route.weight == 0), compared=self.compared)

    def apply(self, effect: Effect) -> None:
        """Do what was decided."""
        before = self.route
        super().apply(effect)
        if isinstance(effect, Direct) and (before.candidate, before.sequence) != (
            effect.route.candidate,
            effect.route.sequence,
        ):
            self.compared = 0
            self._alone.clear()
        elif isinstance(effect, Remove):
            for run in [run for run in self._scoring if run.revision == effect.revision]:
                run.ends = self.now
                self._tell(run, 0, "stopped")

    def told(self, candidate: Revision) -> Batches:
        """What became of a candidate's runs."""
        own = [run for run in self.runs if run.revision == candidate]
        failed, late = sum(run.ending == "failed" for run in own), sum(run.late for run in own)
        return Batches(self.comparisons[candidate], failed, late, self.beside[candidate], tuple(self.runs))

    def harms(self, revision: Revision) -> bool:
        """Whether a run of a candidate has ended, which its truth could spoil."""
        return any(run.revision == revision for run in self.runs)

    def _served(self) -> Counting | None:
        counting = self.counting
        if counting is not None and counting.first is None and self.route.candidate == counting.revision:
            counting.begin(self.now)
        return counting

    def _fire(self) -> None:
        """The schedule fires; what still runs is late, and does not begin again."""
        servers, running = self._servers(), {run.revision: run for run in self._scoring}
        for role, revision in zip(_ROLES, (self.route.stable, self.route.candidate), strict=True):
            if revision is None or servers.get(revision) != "ready":
                continue
            if revision in running:
                running[revision].late = True
                continue
            truth, beside = self.truth(revision), self.route.candidate is not None
            fails = self.random.random() < truth.runs_failing
            live = self.route.weight == (100 if role == "candidate" else 0)
            ends = self.now + truth.run_takes
            self._scoring.append(_Scoring(revision, role, self.now, ends, round(self.rows), live, beside, fails))
        self._fires = next(self._firings, inf)

    def _end_runs(self, counting: Counting | None) -> None:
        for run in [run for run in self._scoring if run.ends <= self.now]:
            bad = 0 if run.fails else binomial(self.random.random, run.rows, self.truth(run.revision).error_rate)
            if run.live and not run.fails:
                first = 0 if run.role == "candidate" else 2
                self.answered[first] += run.rows
                self.answered[first + 1] += bad
            ended = self._tell(run, bad, "failed" if run.fails else "succeeded")
            if counting is not None and self.route.candidate == counting.revision and not run.fails:
                self._compare(counting, ended)

    def _tell(self, run: _Scoring, bad: int, ending: RunEnding) -> BatchRun:
        """A run is over."""
        self._scoring.remove(run)
        ended = BatchRun(run.began, run.ends, run.role, run.revision, run.rows, bad, ending, run.late)
        if run.beside:
            self.runs.append(ended)
        return ended

    def _compare(self, counting: Counting, ended: BatchRun) -> None:
        """Two runs of one firing, both of which ended well, stand beside each other."""
        if ended.role == "candidate" and not self.route.weight:
            self.answered[4] += ended.rows
            self.beside[ended.revision] += ended.rows
        if self.dark or ended.began < self.route.since:
            return
        other = self._alone.pop(("stable" if ended.role == "candidate" else "candidate", ended.began), None)
        if other is None:
            self._alone[ended.role, ended.began] = ended
            return
        shares = self._true_shares(counting.meters, copied=not self.route.weight)
        shares.count(counting, self.random.random, self.now, (ended.rows, other.rows), 0)
        counting.newest = self.now
        self.compared += 1
        self.comparisons[counting.revision] += 1


def _firings(plan: Plan, since: float) -> Iterator[float]:
    """When the schedule fires after a time, in its time zone."""
    from cronsim import CronSim

    serving = plan.spec.serving
    if serving.mode == "online":
        return iter(())
    start = datetime.fromtimestamp(since, UTC).astimezone(ZoneInfo(serving.time_zone))
    return (moment.timestamp() for moment in CronSim(serving.schedule, start))
