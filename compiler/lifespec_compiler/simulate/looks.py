"""The looks of a run, thinned while they come in, so that a year takes no more room than a day."""

from __future__ import annotations

from typing import Final

from .outcome import Look

_MOST: Final = 512


class Looks:
    """Those at which something changed, and, evenly, some between."""

    def __init__(self) -> None:
        self._kept: list[tuple[bool, Look]] = []
        self._count = 0
        self._stride = 1

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

    def wanted(self, key: tuple[object, ...]) -> bool:
        """Whether a look with this phase, step, weight and mirror would be kept: so that others need not be made."""
        return not self._kept or self._count % self._stride == 0 or self._kept[-1][1][1:5] != key

    def skip(self) -> None:
        """One more that is not kept."""
        self._count += 1

    def _thin(self) -> None:
        """Every second of those at which nothing changed; where nearly all did change, every second of these too."""
        self._stride *= 2
        odd = False
        kept = []
        for changed, look in self._kept:
            odd = not odd
            if changed or odd:
                kept.append((changed, look))
        if len(kept) > _MOST * 3 // 4:
            kept = [each for index, each in enumerate(kept) if index % 2 == 0]
        self._kept = kept
