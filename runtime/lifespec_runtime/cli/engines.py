"""Where a command reads data: in its own process, or with the workers of a Dask cluster."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from .exit_codes import ExitCode

if TYPE_CHECKING:
    from lifespec_runtime.measure.contracts.scan import Engine

F = TypeVar("F", bound=Callable[..., Any])
EXTRA = "--engine dask needs the extra `dask`: pip install 'lifespec[measure,dask]'"


def engine_options(command: F) -> F:
    """The options `--engine` and `--scheduler`."""
    told = "Read in this process, or with the workers of a Dask cluster: one on this machine without --scheduler."
    engine = click.option("--engine", type=click.Choice(["local", "dask"]), default="local", help=told)
    address = click.option("--scheduler", metavar="ADDRESS", help="The Dask scheduler, as tcp://dask:8786.")
    return engine(address(command))


@contextmanager
def chosen(engine: str, scheduler: str | None) -> Iterator[Engine]:
    """The engine that was asked for; exits 2 where it cannot be had."""
    from lifespec_runtime.measure.contracts.scan import here

    if engine == "local":
        if scheduler is not None:
            raise click.UsageError("--scheduler is of --engine dask")
        yield here
        return
    from lifespec_runtime.measure.engines.dask_engine import EngineError, dask_engine

    try:
        with dask_engine(scheduler) as found:
            yield found
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("dask", "distributed"):
            raise
        click.echo(EXTRA, err=True)
        sys.exit(ExitCode.USAGE)
    except EngineError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(ExitCode.USAGE)
