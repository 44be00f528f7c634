"""The whole check of a lifecycle's data: reading, one pass over each source, its rules, the scorecard."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from lifespec_compiler.judging.contract.rules import concealed, rules
from lifespec_compiler.judging.contract.scorecard import CLASSIFICATION
from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.reading.columns import Column
from lifespec_runtime.measure.reading.files import DataFile
from lifespec_runtime.measure.reading.flaws import Flaw, UnreadableError
from lifespec_runtime.measure.reading.log import Log
from lifespec_runtime.measure.reading.patterns import UnknownFormatError, strptime_format
from lifespec_runtime.measure.reading.read import find

from .association import Label
from .found import DataReport, Location, SourceReport
from .freshness import freshness, newest, time_column
from .outliers import outliers
from .readiness import Overlap, raters, scorecard
from .results import measured, unread
from .scan import Engine, Scanned, Wanted, here
from .verdicts import judged

__all__ = ["DataReport", "Location", "SourceReport", "check", "columns_of"]


MOST_DIVIDED: Final = 200_000
"""So many rows of a source are read again, to divide them: splits are made of all rows at once."""
Divide = Callable[[Plan, Mapping[str, Location]], Overlap | None]
"""Makes the splits, and counts what they share; None where they cannot be made of this data."""


def check(
    plan: Plan,
    locations: Mapping[str, Location],
    now: datetime,
    *,
    judge_copies: bool,
    engine: Engine = here,
    divide: Divide | None = None,
) -> DataReport:
    """Checks the sources that `locations` names; the scorecard needs the label's source among them.

    `now` is what ages are measured against; of copies they are judged only with `judge_copies`. `engine` reads.
    """
    sources: list[SourceReport] = []
    scanned: dict[str, Scanned] = {}
    for index, source in enumerate(plan.spec.data.sources):
        if source.name in locations:
            location = locations[source.name]
            judge = judge_copies or not location.copy
            found = _check_source(plan, index, location, now, judge=judge, engine=engine)
            sources.append(found[0])
            if found[1] is not None:
                scanned[source.name] = found[1]
    small = all(found.profile.rows <= MOST_DIVIDED for found in scanned.values())
    divided = plan.spec.data.splits is not None and small and all(source.complete for source in sources)
    overlap = divide(plan, locations) if divide and divided and _whole(plan, locations) else None
    report = DataReport(sources, list(scorecard(plan, scanned, overlap)) if _whole(plan, locations) else [])
    aged = {name for name, location in locations.items() if judge_copies or not location.copy}
    return judged(plan, report, aged)


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
    plan: Plan, index: int, location: Location, now: datetime, *, judge: bool, engine: Engine
) -> tuple[SourceReport, Scanned | None]:
    source = plan.spec.data.sources[index]
    found = rules(source, index)
    log = Log()
    files: Sequence[DataFile] = ()
    hidden = concealed(source)
    try:
        columns = [column._replace(numbered=True) for column in _readable(columns_of(source), location)]
        files = find(location.uri, location.format)
        wanted = Wanted(
            columns, found, hidden, _wants_rows(plan, source), _label(plan, source), _raters(plan, source.name)
        )
        scanned, read_digest = engine(files, location.format, wanted, log)
    except UnreadableError as error:
        log.add(error.flaw)
        why = "the data could not be read to its end"
        age = freshness(source, index, None, now, judge=judge) if judge else None
        results = [*(unread(rule, why) for rule in found), *([age._replace(why=why)] if age else [])]
        report = SourceReport(
            source.name, location, log.flaws, log.untold, results, None, None, len(files), log.bad_rows, None, hidden
        )
        return report, None
    _complain(source, scanned, log, files, location)
    time = newest(scanned.profile, files, time_column(source, plan.spec.data.splits))
    results = [measured(rule, scanned, hidden) for rule in found]
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


def _raters(plan: Plan, source: str) -> tuple[str, ...]:
    return tuple(column.name for column in raters(plan) if column.source == source)


def _label(plan: Plan, source: Any) -> Label | None:
    label = plan.column(plan.spec.data.labels.column)
    if label is None or label.source != source.name:
        return None
    features = [feature.column.name for feature in plan.features if feature.column]
    mine = [name for name in features if any(column.name == name for column in source.schema_) and name != label.name]
    classes = plan.spec.objective.problem in CLASSIFICATION
    if not mine or (not classes and label.logical_type not in ("integer", "number")):
        return None
    return Label(label.name, mine, classes)


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
