"""What `lifespec init` has to know, and what it takes for granted where nobody says."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from .table import Column, Table, TableError

PROBLEMS: Final = ("binaryClassification", "multiclassClassification", "regression", "ranking", "forecasting")

_NUMBERS = ("integer", "number")
_TIMES = ("date", "timestamp")
_YES = ("true", "yes", "y", "1", "t")


class Answers(NamedTuple):
    """What a person, or the options, answered."""

    name: str
    namespace: str
    problem: str
    team: str
    email: str
    registry: str
    """Where the images lie, without a slash at its end."""
    data: str = ""
    """The CSV file that the data contract is drafted from; empty without one."""


class Roles(NamedTuple):
    """What the columns of a table are to the model."""

    label: str
    row_id: str
    """What tells rows apart; empty without one."""
    time: str
    """What the rows are ordered by; empty without one."""
    group: str
    """For ranking: what tells the lists apart, else empty."""
    features: tuple[Column, ...]

    @classmethod
    def of(cls, table: Table, problem: str, label: str = "", time: str = "", group: str = "") -> Roles:
        """The roles, guessed by name and type where they are not given; raises TableError where nothing fits."""
        for given in (label, time, group):
            if given and given not in table.names():
                raise TableError(f"there is no column `{given}`; there are {', '.join(table.names())}")
        label = label or table.names()[-1]
        _check(table, problem, label, time)
        rest = [column for column in table.columns if column.name != label]
        if problem == "ranking" and not group:
            group = next((column.name for column in rest if _is_group(column)), "")
            if not group:
                raise TableError("ranking needs a column that tells which rows are one list; name it with --group")
        if problem == "forecasting" and not time:
            time = next((column.name for column in rest if column.type in _TIMES), "")
            if not time:
                raise TableError("forecasting needs a column with dates; name it with --time")
        ids = (column.name for column in rest if column.unique and _is_id(column))
        row_id = next((name for name in ids if name not in (time, group)), "")
        taken = (label, row_id, time, group)
        features = tuple(column for column in rest if column.name not in taken and _is_feature(column))
        if not features:
            raise TableError("there is no column left that a model could learn from")
        return cls(label, row_id, time, group, features)


def positive(label: Column) -> str:
    """The value of a label with two values that means yes."""
    if label.type == "boolean":
        return "true"
    values = label.values or ("0", "1")
    return next((value for value in values if value.lower() in _YES), values[-1])


def _check(table: Table, problem: str, label: str, time: str) -> None:
    types = {column.name: column.type for column in table.columns}
    if problem in ("regression", "ranking", "forecasting") and types[label] not in _NUMBERS:
        raise TableError(
            f"{problem} needs a label of numbers, and `{label}` looks like {types[label]}; name it with --label"
        )
    if time and types[time] not in _TIMES:
        raise TableError(f"`{time}` looks like {types[time]}, not like dates")


def _is_group(column: Column) -> bool:
    names = r"query|session|search|group|list|request|user|viewer"
    return not column.unique and bool(re.search(names, column.name, re.IGNORECASE))


def _is_id(column: Column) -> bool:
    return bool(re.search(r"(^|[_ -])(id|key|uuid|guid)$", column.name, re.IGNORECASE))


def _is_feature(column: Column) -> bool:
    return column.type not in _TIMES and not _is_id(column)
