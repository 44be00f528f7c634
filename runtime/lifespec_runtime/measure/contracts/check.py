"""The whole check of a lifecycle's data: reading, one pass over each source, its rules, the scorecard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.profile.summary import Profile
from lifespec_runtime.measure.reading.columns import Column
from lifespec_runtime.measure.reading.files import DataFile, digest
from lifespec_runtime.measure.reading.flaws import Flaw, UnreadableError
from lifespec_runtime.measure.reading.log import Log
from lifespec_runtime.measure.reading.patterns import UnknownFormatError, strptime_format
from lifespec_runtime.measure.reading.read import find, read

from .association import Associations
from .freshness import Newest, freshness, newest, time_column
from .outliers import outliers
from .readiness import CLASSIFICATION, scorecard
from .results import Result, judged, unread
from .rules import concealed, rules
from .scan import Scanned, Wanted, scan


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


def check(plan: Plan, locations: Mapping[str, Location], now: datetime, *, judge_copies: bool) -> DataReport:
    """Checks the sources that `locations` names; the scorecard needs the label's source among them.

    `now` is what ages are measured against; of copies they are judged only with `judge_copies`.
    """
    sources: list[SourceReport] = []
    scanned: dict[str, Scanned] = {}
    for index, source in enumerate(plan.spec.data.sources):
        if source.name in locations:
            location = locations[source.name]
            judge = judge_copies or not location.copy
            found = _check_source(plan, index, location, now, judge=judge)
            sources.append(found[0])
            if found[1] is not None:
                scanned[source.name] = found[1]
    return DataReport(sources, list(scorecard(plan, scanned)) if _whole(plan, locations) else [])


def _whole(plan: Plan, locations: Mapping[str, Location]) -> bool:
    label = plan.column(plan.spec.data.labels.column)
    return label is not None and label.source in locations


def columns_of(source: Any) -> list[Column]:
    """What is read of a source: the columns of its contract."""
    return [
        Column(
            column.name,
            column.logical_type,
            column.logical_type_options.format if column.logical_type_options else None,
        )
        for column in source.schema_
    ]


def _check_source(
    plan: Plan, index: int, location: Location, now: datetime, *, judge: bool
) -> tuple[SourceReport, Scanned | None]:
    source = plan.spec.data.sources[index]
    found = rules(source, index)
    log = Log()
    files: Sequence[DataFile] = ()
    hidden = concealed(source)
    try:
        columns = _readable(columns_of(source), location)
        files = find(location.uri, location.format)
        wanted = Wanted(columns, found, hidden, _wants_rows(plan, source), _associations(plan, source))
        scanned = scan(read(files, location.format, columns, log), wanted)
        read_digest = digest(list(files))
    except UnreadableError as error:
        log.add(error.flaw)
        results = [unread(rule, "the data could not be read to its end") for rule in found]
        report = SourceReport(
            source.name, location, log.flaws, log.untold, results, None, None, len(files), log.bad_rows, None, hidden
        )
        return report, None
    _complain(source, scanned, log, files, location)
    time = newest(scanned.profile, files, time_column(source, plan.spec.data.splits))
    results = [judged(rule, scanned) for rule in found]
    age = freshness(source, index, time, now, judge=judge)
    results += [*([age] if age else []), *outliers(source, index, scanned)]
    report = SourceReport(
        source.name,
        location,
        log.flaws,
        log.untold,
        results,
        scanned.profile,
        read_digest,
        len(files),
        log.bad_rows,
        time,
        hidden,
    )
    return report, scanned


def _readable(columns: list[Column], location: Location) -> list[Column]:
    for column in columns:
        if column.format and column.type != "string":
            try:
                strptime_format(column.format)
            except UnknownFormatError as error:
                message = f"the contract's format `{column.format}` has `{error}`, which lifespec does not read"
                raise UnreadableError(Flaw("data-format", message, location.uri, column=column.name)) from error
    return columns


def _wants_rows(plan: Plan, source: Any) -> bool:
    label = plan.column(plan.spec.data.labels.column)
    readiness = plan.spec.data.readiness
    asked = readiness is not None and readiness.max_duplicate_share is not None
    return asked and label is not None and label.source == source.name


def _associations(plan: Plan, source: Any) -> Associations | None:
    label = plan.column(plan.spec.data.labels.column)
    if label is None or label.source != source.name:
        return None
    features = [feature.column.name for feature in plan.features if feature.column]
    mine = [name for name in features if any(column.name == name for column in source.schema_) and name != label.name]
    classes = plan.spec.objective.problem in CLASSIFICATION
    if not mine or (not classes and label.logical_type not in ("integer", "number")):
        return None
    return Associations(label.name, mine, classes=classes)


def _complain(source: Any, scanned: Scanned, log: Log, files: Sequence[DataFile], location: Location) -> None:
    """Adds the flaws that only a whole pass can tell."""
    for column in source.schema_:
        profile = scanned.profile.columns[column.name]
        if column.name in scanned.absent:
            if any(flaw.code == "data-duplicate-column" and flaw.column == column.name for flaw in log.flaws):
                continue
            file = scanned.absent[column.name]
            message = f"there is no column `{column.name}`"
            log.add(Flaw("data-missing-column", message, file, column=column.name, help="the contract has it"))
        elif profile.wrong:
            tallied = scanned.tallies.get(f"{column.name}-type")
            first = tallied.samples[0] if tallied and tallied.samples else None
            message = f"{profile.wrong:,} of {profile.rows:,} values are no {column.logical_type}"
            file = first.file if first else location.uri
            log.add(Flaw("data-wrong-type", message, file, first.row if first else None, column.name))
    if not scanned.profile.rows:
        log.add(Flaw("data-empty", "there are no rows", files[0].name if len(files) == 1 else location.uri))
