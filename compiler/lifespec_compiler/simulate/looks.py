"""The looks of a run, thinned while they come in, so that a year takes no more room than a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .outcome import Look

if TYPE_CHECKING:
    from lifespec_compiler.engine.history import History
    from lifespec_compiler.engine.observation import Route
    from lifespec_compiler.engine.values import Position

    from .drifting import Drift
    from .world import World

_MOST: Final = 512


class Looks:
    """Those at which something changed, and, evenly, some between."""

    def __init__(self) -> None:
        self._kept: list[tuple[bool, Look]] = []
        self._count = 0
        self._stride = 1
        self._same: tuple[Position | None, Route] | None = None
        """The position and the route of the newest that was kept, where nothing has changed since."""

    def add(self, look: Look) -> None:
        """One more, later than all before."""
        before = self._kept[-1][1] if self._kept else None
        changed = before is None or before[1:5] != look[1:5]
        if changed or self._count % self._stride == 0:
            self._kept.append((changed, look))
            if len(self._kept) > _MOST:
                self._thin()
        self._count += 1

    def close(self, look: Look) -> tuple[Look, ...]:
        """All that were kept, and the last one."""
        found = [kept for _, kept in self._kept if kept.at < look.at]
        return (*found, look)

    def wanted(self, position: Position | None, route: Route) -> bool:
        """Whether a look would be kept: so that others need not be made. One that would not is counted."""
        same = self._same
        if same is None or same[0] is not position or same[1] is not route:
            key = (position and position.phase, position and position.step, route.weight, route.mirror)
            if not self._kept or self._kept[-1][1][1:5] != key:
                self._same = None
                return True
            self._same = (position, route)
        if self._count % self._stride == 0:
            return True
        self._count += 1
        return False

    def _thin(self) -> None:
        """Every second of those at which nothing changed; where nearly all did change, every second of these too."""
        self._stride *= 2
        self._same = None
        odd = False
        kept = []
        for changed, look in self._kept:
            odd = not odd
            if changed or odd:
                kept.append((changed, look))
        if len(kept) > _MOST * 3 // 4:
            kept = [each for index, each in enumerate(kept) if index % 2 == 0]
        self._kept = kept


def look_at(world: World, history: History, drift: Drift) -> Look:
    """What there is to see now."""
    position, route = history.rollout.position if history.rollout else None, world.route
    trained = world.truth(history.stable).trained_at
    moved = [abs(drift.at(world.now, what) - drift.at(trained, what)) for what in ("data", "concept")]
    candidate, candidate_bad, stable, stable_bad, mirrored = world.answered
    return Look(
        world.now,
        position.phase if position else None,
        position.step if position else None,
        route.weight,
        route.mirror,
        candidate,
        candidate_bad,
        stable,
        stable_bad,
        mirrored,
        world.rate(),
        max(moved),
        world.truth(route.candidate).error_rate if route.candidate else None,
    )
