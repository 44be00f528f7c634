"""Where a measuring command leaves its report: a file, or an object in the cluster that it runs in."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn, Protocol, TypeVar, cast

import click
from pydantic_core import PydanticCustomError

from lifespec_compiler.plan import Plan
from lifespec_runtime.local.plain import write_whole
from lifespec_schema.values import identifiers

from . import outputs
from .exit_codes import ExitCode
from .report import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifespec_runtime.cluster.connection import Connection
    from lifespec_runtime.measure.record import TooManyError
    from lifespec_schema.records.report import LifecycleReport

F = TypeVar("F", bound=Callable[..., Any])

CLUSTER: Final = "cluster"
"""What `--report` says for an object in the cluster; a file of this name is `./cluster`."""

JOB: Final = "LIFESPEC_JOB"
"""The environment variable with the name of the Job that a pod belongs to. Its report has that name, so that a Job
whose pod is replaced reports once."""

CODES: Final = {
    "report-not-written": "the file of a report cannot be written",
    "report-too-large": "more was measured than a report has room for",
}
"""Code -> what is wrong."""

EXTRA: Final = "--report cluster needs the extra `agent`: pip install 'lifespec[agent]'"


class Destination(Protocol):
    """Where a report goes."""

    def write(self, report: LifecycleReport) -> None:
        """Writes the report, or ends the process with what keeps it from being written."""


class Asked(NamedTuple):
    """What the command line says of the report."""

    to: str | None
    """`cluster`, a file, or None: no report."""
    stream: str | None
    """The rollout or the run that it belongs to."""
    revision: tuple[str, str] | None
    """The digests of the model that is measured and of how it is served."""
    stable: tuple[str, str] | None = None
    """The same of the stable model that it is compared with."""

    def destination(self, plan: Plan) -> Destination | None:
        """Where the report goes; None where none is asked for.

        To be called before anything is measured: it ends the process where a report could not be written.
        """
        if self.to is None:
            return None
        return _Cluster(plan) if self.to == CLUSTER else _File(self.to)


def options(function: F) -> F:
    """`--report` and `--stream`, which the command gets as `asked: Asked`."""
    return _options(function, revision=False)


def options_with_revision(function: F) -> F:
    """The same, and `--revision` and `--stable`."""
    return _options(function, revision=True)


def _options(function: F, *, revision: bool) -> F:
    @wraps(function)
    def wrapped(
        *,
        report_to: str | None,
        stream: str | None,
        of: tuple[str, str] | None = None,
        beside: tuple[str, str] | None = None,
        **given: object,
    ) -> object:
        return function(asked=Asked(report_to, stream, of, beside), **given)

    where = (
        "Write the LifecycleReport to FILE (.json: JSON, else YAML), or create it in the cluster as the pod's account."
    )
    found = click.option("--report", "report_to", metavar="FILE|cluster", help=where)(
        click.option(
            "--stream",
            metavar="NAME",
            callback=_read_by(identifiers.stream),
            help="The rollout or the run that the report belongs to; default: neither.",
        )(wrapped)
    )
    if revision:
        found = click.option(
            "--revision",
            "of",
            nargs=2,
            metavar="MODEL SERVING",
            callback=_read_by(identifiers.digest),
            help="The revision that is measured: the digests of its model and of how it is served.",
        )(found)
        found = click.option(
            "--stable",
            "beside",
            nargs=2,
            metavar="MODEL SERVING",
            callback=_read_by(identifiers.digest),
            help="The same digests of the `stable` that --against names.",
        )(found)
    return cast("F", found)


def _read_by(read: Callable[[object, Any], str]) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """Refuses what the record of a report would refuse, before anything is measured."""

    def check(_context: click.Context, _parameter: click.Parameter, value: Any) -> Any:
        for one in () if value is None else value if isinstance(value, tuple) else (value,):
            try:
                read(one, None)
            except PydanticCustomError as error:
                raise click.BadParameter(error.message()) from error
        return value

    return check


class _File:
    def __init__(self, to: str) -> None:
        self._path = outputs.checked(to, "--report")

    def write(self, report: LifecycleReport) -> None:
        """Writes the file whole: a report that breaks off would look like one of fewer checks."""
        try:
            write_whole(self._path, _text(self._path, report).encode())
        except OSError as error:
            outputs.end(self._path, error, "report-not-written")


class _Cluster:
    def __init__(self, plan: Plan) -> None:
        with _told():
            self._connection = _connection()
            from lifespec_runtime.cluster.reports import lifecycle_uid

            self._uid = lifecycle_uid(self._connection, plan.namespace, plan.name)

    def write(self, report: LifecycleReport) -> None:
        """Creates the object, unless an earlier pod of the same Job has."""
        from lifespec_runtime.cluster.reports import write_report
        from lifespec_runtime.measure.record import identified

        whole = identified(report, uid=self._uid, name=os.environ.get(JOB))
        with _told():
            written = write_report(self._connection, whole)
        how = "was there already: it stays as it is" if written.earlier else "is written"
        click.echo(f"LifecycleReport {whole.metadata.namespace}/{written.name} {how}", err=True)


def _connection() -> Connection:
    from lifespec_runtime.cluster.connection import Connection

    try:
        return Connection()
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "kubernetes":
            raise
        click.echo(EXTRA, err=True)
        sys.exit(ExitCode.USAGE)


@contextmanager
def _told() -> Iterator[None]:
    """Errors of the cluster, as a line and an exit code."""
    from lifespec_runtime.cluster.errors import ClusterError

    try:
        yield
    except ClusterError as error:
        _end(error.code, str(error), error.help)


def too_large(error: TooManyError) -> NoReturn:
    """Ends the process: nothing of what was measured is left out silently."""
    _end("report-too-large", str(error), "check one source at a time, with --source")


def _end(code: str, message: str, help_text: str = "") -> NoReturn:
    click.echo(f"error[{code}]: {printable(message)}", err=True)
    if help_text:
        click.echo(f"  help: {help_text}", err=True)
    sys.exit(ExitCode.USAGE)


def _text(path: Path, report: LifecycleReport) -> str:
    document = report.model_dump(mode="json", by_alias=True, exclude_none=True)
    if path.suffix == ".json":
        return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    from lifespec_compiler.emit.yaml import to_yaml

    return to_yaml(document)
