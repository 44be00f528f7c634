"""What is found in the data of a lifecycle, source by source."""

from __future__ import annotations

from typing import NamedTuple

from lifespec_compiler.judging import Verdict
from lifespec_runtime.measure.profile.summary import Profile
from lifespec_runtime.measure.reading.flaws import Flaw

from .freshness import Newest
from .results import Result


class Location(NamedTuple):
    """Where the data of a source is read."""

    uri: str
    format: str
    copy: bool
    """Whether it is a copy, rather than where the spec says that the source lies."""


class SourceReport(NamedTuple):
    """What was found in one source."""

    name: str
    location: Location
    flaws: list[Flaw]
    untold: int
    """Flaws that are counted and not listed."""
    results: list[Result]
    profile: Profile | None
    """None where the data could not be read to its end."""
    digest: str | None
    files: int
    unread_rows: int
    newest: Newest | None
    concealed: frozenset[str]

    @property
    def complete(self) -> bool:
        """Whether all of the data was read, and was as its contract says that data of its kind is."""
        return self.profile is not None and not self.flaws


class DataReport(NamedTuple):
    """What was found in the data of a lifecycle."""

    sources: list[SourceReport]
    readiness: list[Result]
    verdicts: tuple[Verdict, ...] = ()
    """On everything that has a bound and was to be held to it, with what else is known of why."""
