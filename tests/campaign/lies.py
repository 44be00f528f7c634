"""What a metrics' source may say that is not so. Each has a name; none may ever make a verdict pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from lifespec_compiler.engine.observation import Counted, Window
from lifespec_compiler.engine.values import Revision
from lifespec_compiler.statistics.sequential import Counts

from .plans import MODELS, revision

if TYPE_CHECKING:
    from .reality import Reality

Told = tuple[tuple[Counted, ...], tuple[Window, ...]]
HOUR: Final = 3600.0
MANY: Final = Counts(0, 10_000_000)
"""As good as it can be."""


def told(reality: Reality, honest: list[Counted], windows: list[Window]) -> Told:
    """What is said instead."""
    assert reality.lie is not None
    reality.looks += 1
    reality.fired[f"metrics: {reality.lie}"] += 1
    counted, said = LIES[reality.lie](reality, honest, windows)
    if list(said) == windows:  # that part is true
        reality.shown.update(one.number for one in said)
    return counted, said


def _both(
    honest: list[Counted], windows: list[Window], counts: Callable[[Counts], Counts]
) -> tuple[list[Counted], list[Window]]:
    return (
        [one._replace(candidate=counts(one.candidate)) for one in honest],
        [one._replace(candidate=counts(one.candidate)) for one in windows],
    )


def _down(_reality: Reality, _honest: list[Counted], _windows: list[Window]) -> Told:
    return (), ()


def _empty(_reality: Reality, honest: list[Counted], windows: list[Window]) -> Told:
    first, second = _both(honest, windows, lambda _counts: Counts(0, 0))
    return tuple(first), tuple(second)


def _few(_reality: Reality, honest: list[Counted], windows: list[Window]) -> Told:
    first, second = _both(honest, windows, lambda _counts: Counts(0, 3))
    return tuple(first), tuple(second)


def _more_good_than_all(_reality: Reality, honest: list[Counted], windows: list[Window]) -> Told:
    first, second = _both(honest, windows, lambda counts: Counts(counts.total + 7, counts.total))
    return tuple(first), tuple(second)


def _negative(_reality: Reality, honest: list[Counted], windows: list[Window]) -> Told:
    first, second = _both(honest, windows, lambda counts: Counts(-5, max(1000, counts.total)))
    return tuple(first), tuple(second)


def _negative_totals(_reality: Reality, honest: list[Counted], windows: list[Window]) -> Told:
    first, second = _both(honest, windows, lambda _counts: Counts(-10, -1000))
    return tuple(first), tuple(second)


def _counts_of_another(_reality: Reality, honest: list[Counted], windows: list[Window]) -> Told:
    other = _another(honest, windows)
    return tuple(one._replace(revision=other, candidate=MANY) for one in honest), tuple(windows)


def _windows_of_another(_reality: Reality, honest: list[Counted], windows: list[Window]) -> Told:
    other = _another(honest, windows)
    return tuple(honest), tuple(one._replace(revision=other, candidate=MANY) for one in windows)


def _another(honest: list[Counted], windows: list[Window]) -> Revision:
    candidate = (honest[0] if honest else windows[0]).revision
    return next(revision(model) for model in MODELS if revision(model) != candidate)


def _counts_of_before(reality: Reality, honest: list[Counted], windows: list[Window]) -> Told:
    since = reality.route.since - 2 * HOUR
    return tuple(one._replace(candidate=MANY, since=since) for one in honest), tuple(windows)


def _windows_of_before(reality: Reality, honest: list[Counted], windows: list[Window]) -> Told:
    since = (reality.first_traffic or reality.time) - 24 * HOUR
    return tuple(honest), tuple(one._replace(candidate=MANY, since=since) for one in windows[-1:])


def _stale(reality: Reality, honest: list[Counted], windows: list[Window]) -> Told:
    return tuple(one._replace(candidate=MANY, newest=reality.clock - 3 * HOUR) for one in honest), tuple(windows)


def _counts_of_the_future(reality: Reality, honest: list[Counted], windows: list[Window]) -> Told:
    return tuple(one._replace(candidate=MANY, newest=reality.clock + HOUR) for one in honest), tuple(windows)


def _windows_of_the_future(reality: Reality, honest: list[Counted], windows: list[Window]) -> Told:
    ahead = 1000 * (reality.window or HOUR)
    later = [one._replace(candidate=MANY, number=one.number + 1000, since=one.since + ahead) for one in windows]
    return tuple(honest), tuple(later)


def _same_window(reality: Reality, honest: list[Counted], windows: list[Window]) -> Told:
    began = reality.first_traffic or reality.time
    reality.plausible.update(0 for _ in windows)
    return tuple(honest), tuple(one._replace(candidate=MANY, number=0, since=began) for one in windows[-1:])


def _counts_twice(_reality: Reality, honest: list[Counted], windows: list[Window]) -> Told:
    return (*honest, *(one._replace(candidate=MANY) for one in honest)), tuple(windows)


def _windows_twice(_reality: Reality, honest: list[Counted], windows: list[Window]) -> Told:
    return tuple(honest), (*windows, *(one._replace(candidate=MANY) for one in windows))


def _flapping(reality: Reality, honest: list[Counted], windows: list[Window]) -> Told:
    good = reality.looks % 2 == 0
    first, second = _both(honest, windows, lambda counts: Counts(0 if good else counts.total, counts.total))
    if good:
        reality.plausible.update(one.number for one in windows)
    return tuple(first), tuple(second)


LIES: Final[dict[str, Callable[[Reality, list[Counted], list[Window]], Told]]] = {
    "source down": _down,
    "empty answers": _empty,
    "below the minimum": _few,
    "more good than all": _more_good_than_all,
    "negative counts": _negative,
    "negative totals": _negative_totals,
    "counts of another revision": _counts_of_another,
    "windows of another revision": _windows_of_another,
    "counts of before the step": _counts_of_before,
    "windows of before the rollout": _windows_of_before,
    "stale counts": _stale,
    "counts of the future": _counts_of_the_future,
    "windows of the future": _windows_of_the_future,
    "one window for ever": _same_window,
    "counts in two series": _counts_twice,
    "windows in two series": _windows_twice,
    "flapping": _flapping,
}
