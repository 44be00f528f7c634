"""`lifespec check-data`: whether the data keeps its contract, and is ready to be learnt from."""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from lifespec_runtime.cli import engines, options, outputs, reporting
from lifespec_runtime.cli.exit_codes import ExitCode
from lifespec_schema.findings import Severity

if TYPE_CHECKING:
    from lifespec_compiler.plan import Plan
    from lifespec_runtime.cli.one_plan import Chosen
    from lifespec_runtime.measure.contracts.check import DataReport, Location
    from lifespec_runtime.measure.contracts.readiness import Overlap
    from lifespec_schema.records.report import LifecycleReport

EPILOG = """Examples:

\b
  lifespec check-data specs/churn/
  lifespec check-data specs/churn/lifecycle.yaml --source customers --data s3://lake/customers/
  lifespec check-data specs/churn/ --format json > data-report.json
  lifespec check-data specs/churn/ --html data.html --report report.yaml
"""
EXTRA = "check-data needs the extra `measure`: pip install 'lifespec[measure]'"


class Sources(NamedTuple):
    """The data that the command line names."""

    names: tuple[str, ...]
    data: str | None


class Files(NamedTuple):
    """What else is written."""

    profiles: Path | None
    html: Path | None


def _sources(function: Callable[..., object]) -> Callable[..., object]:
    """The options that name data, which the command gets as `sources`."""

    @click.option("--source", "names", multiple=True, metavar="NAME", help="Only this source; may be repeated.")
    @click.option("--data", metavar="URI", help="Read the source's data here: a file, a folder or a pattern.")
    @wraps(function)
    def wrapped(*, names: tuple[str, ...], data: str | None, **more: object) -> object:
        return function(sources=Sources(names, data), **more)

    return wrapped


def _files(function: Callable[..., object]) -> Callable[..., object]:
    """The options that name what to write, which the command gets as `files`."""

    @click.option(
        "--profiles",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="DIR",
        help="Write the profile of each source to DIR/<source>.profile.json.",
    )
    @click.option("--html", callback=outputs.place, metavar="FILE", help="Write a page, too.")
    @wraps(function)
    def wrapped(*, profiles: Path | None, html: Path | None, **more: object) -> object:
        return function(files=Files(profiles, html), **more)

    return wrapped


@click.command("check-data", epilog=EPILOG)
@click.argument("spec", type=click.Path(), metavar="SPEC")
@click.option("--env", "environment", metavar="NAME", help="The environment; default: where models are trained.")
@_sources
@click.option("--now", type=click.DateTime(), help="Judge ages, of copies too, as of this time, UTC.")
@_files
@click.option(
    "--fail-on",
    type=click.Choice([*(severity.value for severity in Severity), options.NEVER]),
    default=Severity.ERROR.value,
    show_default=True,
    help="Exit 1 when a rule of this severity or a higher one fails; never: when the data is broken.",
)
@reporting.options
@engines.engine_options
@options.output_format("text", "json", "junit", "markdown", "github")
def command(
    spec: str,
    environment: str | None,
    sources: Sources,
    now: datetime | None,
    files: Files,
    fail_on: str,
    asked: reporting.Asked,
    engine: str,
    scheduler: str | None,
    fmt: str,
) -> None:
    """Check a spec's data: a file, or a folder with one spec.

    Without --data a copy in `.data/<source>.<format>` beside the spec is read where there is one, else the source
    itself. Exits 1 when the data is broken or a rule fails, 2 when it cannot be reached.
    """
    try:
        from lifespec_runtime.measure.contracts.check import check
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("pyarrow", "numpy", "fsspec"):
            raise
        click.echo(EXTRA, err=True)
        sys.exit(ExitCode.USAGE)
    from lifespec_runtime.cli import data_report
    from lifespec_runtime.cli.one_plan import one_plan

    gc.freeze()  # modules stay, and need not be looked through
    gc.enable()  # data passes through for minutes; what refers to itself must not pile up
    chosen = one_plan(spec, environment)
    at = now.replace(tzinfo=UTC) if now else datetime.now(UTC)
    locations = _locations(chosen, sources.names, sources.data)
    to = asked.destination(chosen.plan)
    with engines.chosen(engine, scheduler) as reader:
        report = check(chosen.plan, locations, at, judge_copies=now is not None, engine=reader, divide=_divide)
    if files.profiles is not None:
        _write_profiles(report, files.profiles)
    if files.html is not None:
        from lifespec_runtime.cli.evaluation_report import located
        from lifespec_runtime.measure.pages import data_page

        places = located(chosen.plan, report.verdicts, chosen.files)
        outputs.write(files.html, data_page(chosen.plan, report, places=places).encode(), "page-not-written")
    least = None if fail_on == options.NEVER else Severity(fail_on)
    click.echo(data_report.render(fmt, chosen, report, least))
    code = data_report.exit_code(report, least)
    if to is not None and code is not ExitCode.USAGE:  # what was not reached was not measured: another try may do it
        to.write(_record(chosen.plan, report, asked.stream))
    sys.exit(code)


def _divide(plan: Plan, locations: Mapping[str, Location]) -> Overlap | None:
    from lifespec_runtime.measure.training.overlap import of_data

    return of_data(plan, locations)


def _record(plan: Plan, report: DataReport, stream: str | None) -> LifecycleReport:
    from lifespec_runtime.measure.contracts.measurements import inputs, measurements
    from lifespec_runtime.measure.record import TooManyError, lifecycle_report

    measured, read = measurements(plan, report), inputs(report)
    try:
        return lifecycle_report(plan, tier="data", measurements=measured, inputs=read, stream=stream)
    except TooManyError as error:
        reporting.too_large(error)


def _locations(chosen: Chosen, names: tuple[str, ...], data: str | None) -> dict[str, Location]:
    """Where each source that was asked for is read."""
    from lifespec_runtime.measure.contracts.check import Location
    from lifespec_runtime.measure.reading.files import format_of

    sources = {source.name: source for source in chosen.plan.spec.data.sources}
    options.check_names(names, list(sources), "--source")
    asked = [name for name in sources if name in names or not names]
    if data is not None:
        if len(asked) != 1:
            raise click.UsageError(f"--data is of one source: name it with --source ({', '.join(asked)})")
        form = format_of(data) or sources[asked[0]].format
        return {asked[0]: Location(data, form, copy=True)}
    found = {}
    for name in asked:
        copy = _copy(chosen.folder, name)
        source = sources[name]
        found[name] = copy or Location(source.uri or "", source.format, copy=False)
    return found


def _copy(folder: Path | None, source: str) -> Location | None:
    """The copy of a source beside its spec, where there is one."""
    from lifespec_runtime.measure.contracts.check import Location
    from lifespec_runtime.measure.reading.files import SUFFIXES

    for form, ends in SUFFIXES.items() if folder else ():
        for end in ends:
            file = Path(folder or "") / ".data" / f"{source}{end}"
            if os.path.isfile(file):  # noqa: PTH113 - pathlib raises where one may not look
                shown = file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file
                return Location(str(shown), form, copy=True)
    return None


def _write_profiles(report: DataReport, folder: Path) -> None:
    from lifespec_runtime.measure.profile.summary import as_json

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        outputs.end(folder, error, "profile-not-written")
    for source in report.sources:
        if source.profile is not None:
            text = json.dumps(as_json(source.profile, source.concealed), separators=(",", ":"), allow_nan=False)
            outputs.write(folder / f"{source.name}.profile.json", f"{text}\n".encode(), "profile-not-written")
