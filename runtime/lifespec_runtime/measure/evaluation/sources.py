"""Where models come from: a folder that a trainer wrote, or a server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import NamedTuple

from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.contracts.check import Location
from lifespec_runtime.measure.models import (
    Coding,
    CommandModel,
    HttpModel,
    Predictor,
    ServedModel,
    coding,
    open_trained,
)
from lifespec_runtime.measure.reading.flaws import Flaw
from lifespec_runtime.measure.rows import FlawedDataError, Rows, read_rows
from lifespec_runtime.measure.splits import Split, split

from .contenders import Contender, asked


class Ground(NamedTuple):
    """What every model is measured on."""

    plan: Plan
    rows: Rows
    divided: Split
    coding: Coding
    folder: Path | None
    """The spec's, where models are run."""
    command: Sequence[str] | None
    """What predicts, where that is said."""


def ground(plan: Plan, places: Mapping[str, Location], folder: Path | None, command: Sequence[str] | None) -> Ground:
    """Reads the rows and divides them. Raises `FlawedDataError` where the data does not allow it."""
    rows = read_rows(plan, places)
    return Ground(plan, rows, split(plan, rows), coding(plan, rows), folder, command)


def folder(name: str, path: Path, on: Ground, stack: ExitStack) -> Contender:
    """A trained model. Raises `ModelError` where it is none, or does not answer as it must."""
    trained = open_trained(path)
    command = on.command or trained.command(on.folder)
    if command is None:
        message = "nothing says which command predicts with this model"
        raise FlawedDataError([Flaw("model-no-command", message, str(path), help="name it with --command")])
    where = on.folder or Path.cwd()
    predictor = CommandModel(on.plan, on.coding, trained.model, command, where)

    @cache
    def server() -> Predictor:
        return stack.enter_context(ServedModel(on.plan, on.coding, trained.model, command, where))

    return asked(
        name,
        str(path),
        trained.digest,
        predictor,
        server,
        "a request over HTTP to the model's own server, on this machine",
        plan=on.plan,
        rows=on.rows,
        divided=on.divided,
    )


def server(name: str, url: str, on: Ground, stack: ExitStack) -> Contender:
    """A server. Raises `ModelError` where it does not answer as it must, and ValueError for what is no address."""
    predictor = HttpModel(on.plan, on.coding, url)
    stack.callback(predictor.close)
    return asked(
        name,
        url,
        None,
        predictor,
        lambda: predictor,
        "a request over HTTP",
        plan=on.plan,
        rows=on.rows,
        divided=on.divided,
    )
