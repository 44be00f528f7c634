"""One pass over the data of a source: the profile, the tally of every rule, and what occurs twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np

from lifespec_compiler.judging.contract.rules import Rule
from lifespec_runtime.measure.profile import hashing, summary
from lifespec_runtime.measure.profile.column import ORDERED
from lifespec_runtime.measure.profile.view import View
from lifespec_runtime.measure.reading.ahead import ahead
from lifespec_runtime.measure.reading.arrow import pc, to_numpy
from lifespec_runtime.measure.reading.columns import Chunk, Column
from lifespec_runtime.measure.reading.files import DataFile, digest
from lifespec_runtime.measure.reading.log import Log
from lifespec_runtime.measure.reading.read import read

from .agreement import Ratings
from .association import Associations, Label
from .criteria import Criterion, UnusableRuleError, criterion
from .occurrences import Occurrences
from .tally import Tally, with_rows

HASHED: Final = ("string", *ORDERED)
"""Types whose values can be equal; objects and lists are not looked into."""
WHOLE_ROWS: Final = ""
"""Stands, among the names of rules, for rows that are equal in all columns."""


class Scanned(NamedTuple):
    """What one pass found."""

    profile: summary.Profile
    tallies: Mapping[str, Tally]
    """By rule: the rows that break it."""
    unusable: Mapping[str, str]
    """By rule: why it cannot be measured on any data."""
    absent: Mapping[str, str]
    """By column: the first file that does not have it."""
    associations: Associations | None
    repeated_rows: int | None
    """Rows that are equal to an earlier one; None where nobody asked."""
    ratings: Ratings | None = None
    """What raters said of the rows; None where nobody asked."""


class Wanted(NamedTuple):
    """What a pass is to find."""

    columns: list[Column]
    rules: list[Rule]
    concealed: frozenset[str]
    whole_rows: bool = False
    """Whether to count rows that are equal to another in all columns."""
    label: Label | None = None
    """What the columns are held against, where some are."""
    raters: tuple[str, ...] = ()
    """The columns whose agreement is measured."""


class Portion(NamedTuple):
    """What a pass over some of the rows found; what of them occurs twice is told by hashes beside it."""

    profile: summary.Profile
    tallies: Mapping[str, Tally]
    absent: Mapping[str, str]
    associations: Associations | None
    ratings: Ratings | None = None

    def merge(self, other: Portion) -> Portion:
        """What a pass over the rows of both would have found, if those of `other` come later."""
        if self.associations is not None and other.associations is not None:
            self.associations.merge(other.associations)
        if self.ratings is not None and other.ratings is not None:
            self.ratings.merge(other.ratings)
        return self._replace(
            profile=self.profile.merge(other.profile),
            tallies={name: mine.merge(other.tallies[name]) for name, mine in self.tallies.items()},
            absent={**other.absent, **self.absent},
        )


Engine = Callable[[Sequence[DataFile], str, Wanted, Log], tuple[Scanned, str]]
"""Reads files of a format, in one pass: what it found, and the digest of what was read.

An `UnreadableError` where a file cannot be read to its end; the log holds what was found until then.
"""


def here(files: Sequence[DataFile], form: str, wanted: Wanted, log: Log) -> tuple[Scanned, str]:
    """The engine that is no more than this process."""
    with ThreadPoolExecutor(1, "digest") as aside:
        told = aside.submit(digest, files)
        try:
            found = scan(ahead(read(files, form, wanted.columns, log)), wanted)
        finally:
            log.arrange()
        return found, told.result()


def scan(chunks: Iterable[Chunk], wanted: Wanted) -> Scanned:
    """The pass over the chunks."""
    with ExitStack() as stack:
        occurrences = {name: stack.enter_context(closing(Occurrences())) for name in held_together(wanted)}
        portion = scan_portion(chunks, wanted, lambda name, hashes: occurrences[name].add(hashes))
        return scanned(portion, wanted, {name: found.repeats() for name, found in occurrences.items()})


def held_together(wanted: Wanted) -> list[str]:
    """What is counted by holding rows against each other: the rules, and `WHOLE_ROWS`."""
    _, unusable = _criteria(wanted)
    found = [rule.name for rule in wanted.rules if rule.kind == "repeated" and rule.name not in unusable]
    whole = wanted.whole_rows or any(rule.kind == "repeatedRows" for rule in wanted.rules)
    return [*found, WHOLE_ROWS] if whole else found


def scan_portion(chunks: Iterable[Chunk], wanted: Wanted, occurred: Callable[[str, hashing.Hashes], object]) -> Portion:
    """The pass over some of the chunks; `occurred` is told the hashes of what may occur twice."""
    criteria, _ = _criteria(wanted)
    together = held_together(wanted)
    keys = [rule for rule in wanted.rules if rule.name in together]
    tallies = {rule.name: Tally() for rule, _ in criteria}
    associations = Associations(wanted.label) if wanted.label else None
    ratings = Ratings(wanted.raters) if wanted.raters else None
    profile = summary.nothing(wanted.columns)
    absent: dict[str, str] = {}
    for chunk in chunks:
        for name in chunk.absent:
            absent.setdefault(name, chunk.file)
        seen = summary.views(chunk, wanted.columns)
        profile = summary.with_chunk(profile, chunk, seen)
        for rule, test in criteria:
            view = seen.get(rule.columns[0])
            broken = test(view) if view is not None else None
            if view is not None and broken is not None:
                hidden = rule.columns[0] in wanted.concealed
                tallies[rule.name] = with_rows(tallies[rule.name], chunk, view, broken, hidden=hidden)
        for rule in keys:
            if all(name in seen for name in rule.columns):
                occurred(rule.name, _keys([seen[name] for name in rule.columns]))
        if WHOLE_ROWS in together:
            occurred(WHOLE_ROWS, _rows([view for view in seen.values() if view.kind in HASHED], chunk.rows))
        if associations is not None:
            associations.add(chunk, seen)
        if ratings is not None:
            ratings.add(seen)
    return Portion(profile, tallies, absent, associations, ratings)


def scanned(portion: Portion, wanted: Wanted, repeats: Mapping[str, int]) -> Scanned:
    """What the pass over all rows found; `repeats` are the rows that occurred before, by what was held together."""
    _, unusable = _criteria(wanted)
    tallies = {**portion.tallies, **{name: Tally(count) for name, count in repeats.items() if name != WHOLE_ROWS}}
    profile = _with_repeats(portion.profile, wanted.rules, tallies)
    found = repeats.get(WHOLE_ROWS)
    return Scanned(profile, tallies, unusable, portion.absent, portion.associations, found, portion.ratings)


def _criteria(wanted: Wanted) -> tuple[list[tuple[Rule, Criterion]], dict[str, str]]:
    types = {column.name: column.type for column in wanted.columns}
    found: list[tuple[Rule, Criterion]] = []
    unusable: dict[str, str] = {}
    for rule in wanted.rules:
        if rule.kind == "repeated" and any(types[name] not in HASHED for name in rule.columns):
            unusable[rule.name] = "lifespec does not look into objects and lists"
            continue
        try:
            test = criterion(rule, types[rule.columns[0]]) if rule.columns else None
        except UnusableRuleError as error:
            unusable[rule.name] = str(error)
            continue
        if test is not None:
            found.append((rule, test))
    return found, unusable


def _with_repeats(profile: summary.Profile, rules: list[Rule], tallies: Mapping[str, Tally]) -> summary.Profile:
    """The profile with what was counted exactly of columns whose values were held against each other."""
    columns = dict(profile.columns)
    for rule in rules:
        if rule.kind == "repeated" and len(rule.columns) == 1 and rule.name in tallies:
            name = rule.columns[0]
            columns[name] = replace(columns[name], repeats=tallies[rule.name].broken)
    return profile._replace(columns=columns)


def _keys(views: list[View]) -> hashing.Hashes:
    """The hashes of the keys of a chunk; a key with a missing part is equal to none."""
    if len(views) == 1:
        return views[0].hashes
    there = None
    for view in views:
        valid = pc.is_valid(view.values)
        there = valid if there is None else pc.and_(there, valid)
    return _rows(views, views[0].rows)[to_numpy(there)] if there is not None else _rows(views, 0)


def _rows(views: list[View], rows: int) -> hashing.Hashes:
    """The hashes of whole rows; missing values are equal to each other."""
    found = np.zeros(rows, np.uint64)
    for view in views:
        own = view.hashes
        if view.values.null_count:
            full = np.full(rows, hashing.NOTHING, np.uint64)
            full[to_numpy(pc.is_valid(view.values))] = own
            own = full
        found = hashing.together(found, own)
    return found
