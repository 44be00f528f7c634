"""One pass over the data of a source: the profile, the tally of every rule, and what occurs twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np

from lifespec_runtime.measure.profile import hashing, summary
from lifespec_runtime.measure.profile.column import ORDERED
from lifespec_runtime.measure.profile.view import View
from lifespec_runtime.measure.reading.arrow import pc, to_numpy
from lifespec_runtime.measure.reading.columns import Chunk, Column

from .association import Associations
from .criteria import Criterion, UnusableRuleError, criterion
from .occurrences import Occurrences
from .rules import Rule
from .tally import Tally, tally

HASHED: Final = ("string", *ORDERED)
"""Types whose values can be equal; objects and lists are not looked into."""


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


class Wanted(NamedTuple):
    """What a pass is to find."""

    columns: list[Column]
    rules: list[Rule]
    concealed: frozenset[str]
    whole_rows: bool = False
    """Whether to count rows that are equal to another in all columns."""
    associations: Associations | None = None


def scan(chunks: Iterable[Chunk], wanted: Wanted) -> Scanned:
    """The pass over the chunks."""
    criteria, unusable = _criteria(wanted)
    tallies = {rule.name: Tally() for rule, _ in criteria}
    keys = {rule.name: Occurrences() for rule in wanted.rules if rule.kind == "repeated" and rule.name not in unusable}
    whole = Occurrences() if wanted.whole_rows or any(rule.kind == "repeatedRows" for rule in wanted.rules) else None
    profile = summary.nothing(wanted.columns)
    absent: dict[str, str] = {}
    try:
        for chunk in chunks:
            for name in chunk.absent:
                absent.setdefault(name, chunk.file)
            seen = summary.views(chunk, wanted.columns)
            profile = summary.with_chunk(profile, chunk, seen)
            for rule, test in criteria:
                view = seen.get(rule.columns[0])
                if view is not None:
                    hidden = rule.columns[0] in wanted.concealed
                    tallies[rule.name] = tallies[rule.name].merge(tally(chunk, view, test(view), hidden=hidden))
            for rule in wanted.rules:
                if rule.name in keys and all(name in seen for name in rule.columns):
                    keys[rule.name].add(_keys([seen[name] for name in rule.columns]))
            if whole is not None:
                whole.add(_rows([view for view in seen.values() if view.kind in HASHED], chunk.rows))
            if wanted.associations is not None:
                wanted.associations.add(chunk, seen)
        tallies.update({name: Tally(found.repeats()) for name, found in keys.items()})
        profile = _with_repeats(profile, wanted.rules, tallies)
        repeated = whole.repeats() if whole is not None else None
    finally:
        for found in (*keys.values(), *([whole] if whole else [])):
            found.close()
    return Scanned(profile, tallies, unusable, absent, wanted.associations, repeated)


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
