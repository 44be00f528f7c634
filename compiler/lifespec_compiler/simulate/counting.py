"""What is counted of the requests that arrive: totals for gates, windows for guards, outcomes that are known late."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from math import inf
from typing import Final

from lifespec_compiler.engine.observation import Counted, Window
from lifespec_compiler.engine.values import Revision
from lifespec_compiler.statistics.sequential import Counts

from .meters import Meter, Meters

Tally = list[int]
"""Of a meter: candidate's good and total, stable's good and total."""
_PARTS = 32
"""Into how many lots the outcomes are put that come within one delay: they are known late by this share of it."""
_LEAST = 60.0
"""Seconds that a lot covers at least."""
_NOTHING: Final[Tally] = [0, 0, 0, 0]
_new = tuple.__new__
"""A NamedTuple of all its fields in half the time: at every look there are some for each gate."""


class Late:
    """Outcomes of one meter that are not known yet."""

    __slots__ = ("delay", "lots", "open", "until")

    def __init__(self, delay: float) -> None:
        self.delay = delay
        self.lots: deque[tuple[float, Tally]] = deque()
        self.open: Tally = [0, 0, 0, 0]
        self.until = -inf

    def add(self, now: float, counts: Tally) -> None:
        """Outcomes of requests that were answered now."""
        if now > self.until:
            self._close()
            self.until = now + max(_LEAST, self.delay / _PARTS)
        _add(self.open, counts)

    def known(self, now: float) -> Tally | None:
        """What has come to be known since the last time; None: nothing."""
        if now > self.until:
            self._close()
        found: Tally | None = None
        while self.lots and self.lots[0][0] <= now:
            _, counts = self.lots.popleft()
            if found is None:
                found = counts
            else:
                _add(found, counts)
        return found

    def _close(self) -> None:
        if any(self.open):
            self.lots.append((self.until + self.delay, self.open))
            self.open = [0, 0, 0, 0]
        self.until = -inf


class _Guard:
    """The open window of a guard."""

    __slots__ = ("closes", "names", "number", "since", "start", "window")

    def __init__(self, window: float, meters: tuple[Meter, ...]) -> None:
        self.window = window
        self.names = tuple(meter.counted for meter in meters)
        self.number = 0
        self.since = self.closes = 0.0
        self.start: tuple[Tally, ...] = ()


class Counting:
    """The counts of one rollout."""

    def __init__(self, meters: Meters, revision: Revision, factor: float = 1.0) -> None:
        self.meters = meters
        self.revision = revision
        self.factor = factor
        """How many times longer outcomes take to be known than the spec says."""
        self.tallies: dict[str, Tally] = {}
        self.first: float | None = None
        """When the candidate got its first traffic."""
        self.closes = inf
        """When the next window closes."""
        self.newest = 0.0
        self.served = 0
        """Live requests that the candidate has answered."""
        self._shadow, self._online = _names(meters.shadow), _names(meters.online)
        self._since: dict[str, Tally] = {}
        self._set = 0.0
        self._late: dict[tuple[str, float], Late] = {}
        self._guards = [_Guard(window, found) for window, found in meters.guards]
        self._closed: list[Window] = []
        self._newest: dict[str, Window] = {}

    def begin(self, now: float) -> None:
        """The candidate gets its first traffic."""
        self.first = now
        for guard in self._guards:
            guard.since, guard.closes = now, now + guard.window
            guard.start = self._state(guard)
        self.closes = min((guard.closes for guard in self._guards), default=inf)

    def set(self, now: float) -> None:
        """The route was set: gates count from here on."""
        self._since = {name: list(tally) for name, tally in self.tallies.items()}
        self._set = now

    def add(self, meter: Meter, now: float, counts: Tally, part: int = 0) -> None:
        """Count what a meter goes by, at once or when its outcome is known."""
        delay = meter.delays[part] * self.factor
        if delay <= 0:
            self.count(meter, counts)
            return
        key = (meter.counted, delay)
        late = self._late.get(key)
        if late is None:
            late = self._late[key] = Late(delay)
        late.add(now, counts)

    def count(self, meter: Meter, counts: Tally) -> None:
        """Count at once."""
        tally = self.tallies.get(meter.counted)
        if tally is None:
            self.tallies[meter.counted] = counts
        else:
            _add(tally, counts)

    def count_all(self, names: tuple[str, ...], good: int, total: int, other: int, others: int) -> None:
        """Count the same for each name at once: candidate's good and total, stable's good and total."""
        tallies = self.tallies
        for name in names:
            tally = tallies.get(name)
            if tally is None:
                tallies[name] = [good, total, other, others]
            else:
                tally[0] += good
                tally[1] += total
                tally[2] += other
                tally[3] += others

    def arrive(self, now: float) -> None:
        """What is known by now."""
        for (name, _), late in self._late.items():
            found = late.known(now)
            if found is not None:
                _add(self.tallies.setdefault(name, [0, 0, 0, 0]), found)

    def close(self, now: float, *, shown: bool) -> None:
        """Close the windows that are over; those of a time without a candidate are not shown."""
        for guard in self._guards:
            while guard.closes <= now:
                end = self._state(guard)
                if shown:
                    self._closed += self._windows(guard, end)
                guard.number += 1
                guard.since = guard.closes
                guard.closes = (self.first or 0.0) + (guard.number + 1) * guard.window
                guard.start = end
        self.closes = min((guard.closes for guard in self._guards), default=inf)

    def counted(self, *, shadow: bool) -> tuple[Counted, ...]:
        """What the gates go by, of shadow or of the online tier, since the route was set."""
        tallies, before, newest, since, revision = self.tallies, self._since, self.newest, self._set, self.revision
        found = []
        for name in self._shadow if shadow else self._online:
            candidate, stable = _less(tallies.get(name, _NOTHING), before.get(name))
            found.append(_new(Counted, (name, revision, candidate, stable, newest, since)))
        return tuple(found)

    def windows(self) -> tuple[Window, ...]:
        """The closed windows that have not been shown and answered with a wait, and the newest of each guard."""
        if not self._closed:
            return tuple(self._newest.values())
        closed = {window.check for window in self._closed}
        older = [window for check, window in self._newest.items() if check not in closed]
        return (*older, *self._closed)

    def rest(self) -> None:
        """Whoever decides has seen all windows and waits."""
        for window in self._closed:
            self._newest[window.check] = window
        self._closed.clear()

    def _windows(self, guard: _Guard, end: tuple[Tally, ...]) -> Iterator[Window]:
        for name, start, last in zip(guard.names, guard.start, end, strict=True):
            yield Window(name, self.revision, guard.number, guard.since, *_less(last, start))

    def _state(self, guard: _Guard) -> tuple[Tally, ...]:
        return tuple(list(self.tallies.get(name, (0, 0, 0, 0))) for name in guard.names)


def _add(tally: Tally, counts: Tally) -> None:
    tally[0] += counts[0]
    tally[1] += counts[1]
    tally[2] += counts[2]
    tally[3] += counts[3]


def _less(tally: Tally, before: Tally | None) -> tuple[Counts, Counts]:
    good, total, other, others = tally
    if before is not None:
        less_good, less_total, less_other, less_others = before
        good, total, other, others = good - less_good, total - less_total, other - less_other, others - less_others
    return _new(Counts, (good, total)), _new(Counts, (other, others))


def _names(meters: tuple[Meter, ...]) -> tuple[str, ...]:
    return tuple(meter.counted for meter in meters if meter.source != "report")
