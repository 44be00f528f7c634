"""Predictions that a user brings in a file: CSV, JSON lines or Parquet, one row for each row of the data.

Nothing in it is believed: the columns have the types that they must have, each row is told by its key, none is missing,
none is there twice, and every answer is one that a model may give.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from lifespec_runtime.measure.contracts.check import Location
from lifespec_runtime.measure.metrics.sample import Codes
from lifespec_runtime.measure.models import Coding, ModelError, predictions
from lifespec_runtime.measure.reading.arrow import Array, count, integers, pa, positions
from lifespec_runtime.measure.reading.columns import Column
from lifespec_runtime.measure.reading.files import digest, format_of
from lifespec_runtime.measure.reading.flaws import Flaw, UnreadableError
from lifespec_runtime.measure.reading.log import Log
from lifespec_runtime.measure.reading.read import find, read
from lifespec_runtime.measure.rows import FlawedDataError, Rows
from lifespec_runtime.measure.splits import Split

from .answers import Answers
from .contenders import Contender, answers

ROW: Final = "row"


class Read(NamedTuple):
    """A file of predictions, as it was read."""

    table: Any
    absent: frozenset[str]
    digest: str


def contender(name: str, location: Location, rows: Rows, divided: Split, coding: Coding) -> Contender:
    """The model whose predictions lie in a file. Raises `FlawedDataError` with all that is wrong with it."""
    found = _read(location, rows, coding)
    wanted = _places(found, rows, location.uri)
    test, validation = _chosen(wanted, divided, rows.table.num_rows, location.uri)
    told = _answers(found, coding, location.uri)
    known = None if validation is None else told.take(validation)
    return Contender(name, location.uri, found.digest, told.take(test), lambda: known)


def _read(location: Location, rows: Rows, coding: Coding) -> Read:
    columns = [*_columns(coding), *_keys(rows)]
    log = Log()
    parts: dict[str, list[Array]] = {column.name: [] for column in columns}
    absent: set[str] = set()
    total, told = 0, ""
    try:
        files = find(location.uri, location.format)
        for chunk in read(files, location.format, columns, log):
            total += chunk.rows
            absent |= chunk.absent
            for column in columns:
                values = chunk.values.get(column.name)
                nothing = pa.nulls(chunk.rows, column.arrow or pa.string())
                parts[column.name].append(nothing if values is None else values)
            for wrong, mask in chunk.wrong.items():
                kind = next(column.type for column in columns if column.name == wrong)
                first = chunk.row(positions(mask, 1)[0])
                message = f"{count(mask):,} values are no {kind}"
                log.add(Flaw("data-wrong-type", message, chunk.file, first, wrong))
        if not total and not log.flaws:
            log.add(Flaw("data-empty", "there are no predictions", location.uri))
        told = digest(list(files))
    except UnreadableError as error:
        log.add(error.flaw)
    if log.flaws:
        raise FlawedDataError(log.flaws, log.untold)
    present = [column for column in columns if column.name not in absent]
    arrays = [pa.chunked_array(parts[column.name], column.arrow or pa.string()) for column in present]
    return Read(pa.table(arrays, names=[column.name for column in present]), frozenset(absent), told)


def _columns(coding: Coding) -> list[Column]:
    """The columns of answers."""
    outcome = coding.outcome
    if not outcome.is_classification:
        return [Column("prediction", "number")]
    found = [Column("prediction", outcome.kind)]
    if outcome.problem == "binaryClassification":
        return [*found, Column("score", "number")]
    return [*found, *(Column(f"score.{name}", "number") for name in coding.names)]


def _keys(rows: Rows) -> list[Column]:
    """The columns that tell which row an answer is for: the key of the label's source, and `row`."""
    taken = {"prediction", "score", ROW}
    own = [
        Column(column.name, column.logical_type, column.options.get("format"))
        for column in rows.used.key
        if column.name not in taken
    ]
    return [*own, Column(ROW, "integer")]


def _places(found: Read, rows: Rows, uri: str) -> Codes:
    """For each prediction the place of its row in the data."""
    key = [column for column in rows.used.key if column.name not in (ROW, "prediction", "score")]
    if key and not any(column.name in found.absent for column in key):
        return _by_key(found.table, rows, [column.name for column in key], uri)
    if ROW not in found.absent:
        return _by_number(found.table, rows.table.num_rows, uri)
    names = " and ".join(f"`{column.name}`" for column in key)
    help_text = f"give the file the key, {names}" if key else "give the file a column `row`, which counts from 0"
    raise FlawedDataError(
        [Flaw("predictions-no-key", "it has neither the key's columns nor `row`", uri, help=help_text)]
    )


def _by_number(table: Any, rows: int, uri: str) -> Codes:
    column = table.column(ROW).combine_chunks()
    _refuse_missing(column, ROW, uri)
    numbers = np.asarray(column.to_numpy(zero_copy_only=False), np.int64)
    _refuse_strange(np.flatnonzero((numbers < 0) | (numbers >= rows)), len(numbers), uri)
    return _once(numbers, uri)


def _by_key(table: Any, rows: Rows, names: Sequence[str], uri: str) -> Codes:
    ours, theirs = np.zeros(rows.table.num_rows, np.int64), np.zeros(table.num_rows, np.int64)
    source = rows.used.label.source
    for name in names:
        mine, given = rows.column(f"{source}.{name}"), table.column(name).combine_chunks()
        _refuse_missing(given, name, uri)
        both = pa.chunked_array([mine.cast(given.type), given]).combine_chunks().dictionary_encode()
        indices = np.asarray(both.indices.fill_null(-1).to_numpy(zero_copy_only=False), np.int64) + 1
        together = np.concatenate([ours, theirs]) * (len(both.dictionary) + 1) + indices
        _, together = np.unique(together, return_inverse=True)
        ours, theirs = together[: len(ours)].astype(np.int64), together[len(ours) :].astype(np.int64)
    order = np.argsort(ours, kind="stable")
    if len(order) > 1 and (np.diff(ours[order]) == 0).any():
        message = "rows of the data have the same key, so that a key does not tell which one is meant"
        help_text = "give the file a column `row`, which counts the rows of the data from 0"
        raise FlawedDataError([Flaw("predictions-no-key", message, uri, help=help_text)])
    place = np.minimum(np.searchsorted(ours[order], theirs), len(order) - 1)
    _refuse_strange(np.flatnonzero(ours[order][place] != theirs), len(theirs), uri)
    return _once(order[place].astype(np.int64), uri)


def _refuse_missing(column: Any, name: str, uri: str) -> None:
    if column.null_count:
        message = f"{column.null_count:,} of {len(column):,} keys are missing"
        raise FlawedDataError([Flaw("predictions-no-key", message, uri, _first_null(column), name)])


def _first_null(column: Any) -> int:
    return int(positions(column.is_null(), 1)[0]) + 1


def _refuse_strange(places: Codes, total: int, uri: str) -> None:
    if len(places):
        message = f"{len(places):,} of {total:,} predictions are for no row of the data"
        raise FlawedDataError([Flaw("predictions-extra-rows", message, uri, int(places[0]) + 1)])


def _once(places: Codes, uri: str) -> Codes:
    times = np.bincount(places)
    twice = np.flatnonzero(times[places] > 1)
    if len(twice):
        message = f"{int((times > 1).sum()):,} rows have more than one prediction"
        raise FlawedDataError([Flaw("predictions-repeated-rows", message, uri, int(twice[0]) + 1)])
    return places


def _chosen(places: Codes, divided: Split, rows: int, uri: str) -> tuple[Codes, Codes | None]:
    """Where in the file the predictions of the test split stand, and those of validation, if all rows have one."""
    where = np.full(rows, -1, np.int64)
    where[places] = np.arange(len(places))
    test, validation, train = (where[part] for part in (divided.test, divided.validation, divided.train))
    missing = int((test < 0).sum())
    others = int((validation >= 0).sum() + (train >= 0).sum())
    if missing or (others and ((validation < 0).any() or (train < 0).any())):
        there = [f"{int((part >= 0).sum()):,} of {len(part):,}" for part in (train, validation, test)]
        message = "it has predictions for {} rows of train, {} of validation and {} of test".format(*there)
        help_text = "predictions are for all rows of the test split and no others, or for all rows"
        raise FlawedDataError([Flaw("predictions-missing-rows", message, uri, help=help_text)])
    return test, validation if others else None


def _answers(found: Read, coding: Coding, uri: str) -> Answers:
    """The answers of all rows of the file, held to what any model's answers are held to."""
    table, rows = found.table, found.table.num_rows
    numbered = table.drop_columns([ROW]) if ROW in table.column_names else table
    numbered = numbered.add_column(0, ROW, integers(np.arange(rows)))
    scores = [column.name for column in _columns(coding) if column.name.startswith("score")]
    no_scores = bool(scores) and all(name in found.absent for name in scores)
    no_classes = bool(scores) and "prediction" in found.absent
    if no_scores and not no_classes:
        for name in scores:
            numbered = numbered.append_column(name, _constant(1 / max(len(scores), 2), rows, pa.float64()))
    elif no_classes and not no_scores:
        kind = Column("prediction", coding.outcome.kind).arrow
        numbered = numbered.append_column("prediction", _constant(coding.classes[-1], rows, kind))
    try:
        told = answers(predictions(coding, numbered, rows, uri))
    except ModelError as error:
        flaw = error.flaw
        row = None if flaw.row is None else flaw.row + 1
        raise FlawedDataError([flaw._replace(row=row, file=uri)]) from error
    # What was only put in to be checked with the rest is no answer of the model's.
    return told._replace(
        classes=None if no_classes else told.classes, probabilities=None if no_scores else told.probabilities
    )


def _constant(value: object, rows: int, kind: Any) -> Any:
    return pa.repeat(pa.scalar(value, kind), rows)


def located(uri: str) -> Location:
    """Where a file of predictions lies, and of which format it is: as its name says, else Parquet."""
    return Location(uri, format_of(uri) or "parquet", copy=True)
