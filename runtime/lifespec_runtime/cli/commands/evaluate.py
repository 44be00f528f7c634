"""`lifespec evaluate`: whether a model passes the offline checks of its spec."""

from __future__ import annotations

import gc
import shlex
import sys
from contextlib import ExitStack
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from lifespec_runtime.cli import data_places, options, outputs, reporting
from lifespec_runtime.cli.evaluation_report import FORMATS
from lifespec_runtime.cli.exit_codes import ExitCode
from lifespec_runtime.cli.refusals import refusals, refuse
from lifespec_runtime.cli.report import printable
from lifespec_runtime.local.places import is_folder, is_there
from lifespec_runtime.measure.reading.flaws import Flaw
from lifespec_schema.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lifespec_runtime.cli.one_plan import Chosen
    from lifespec_runtime.measure.evaluation.contenders import Contender
    from lifespec_runtime.measure.evaluation.evaluate import Evaluation
    from lifespec_runtime.measure.evaluation.sources import Ground
    from lifespec_schema.records.report import LifecycleReport

STABLE: Final = "stable"
NEVER: Final = "never"

EPILOG = """Examples:

\b
  lifespec evaluate specs/churn/
  lifespec evaluate specs/churn/ --model http://127.0.0.1:8080 --against s3://models/churn/stable.parquet
  lifespec evaluate specs/churn/ --predictions scores.csv --format markdown
  lifespec evaluate specs/churn/ --html evaluation.html --report report.json
"""


_MODEL_OPTIONS: Final = (
    click.option("--model", metavar="DIR|URL", help="The model: a folder that `lifespec train` wrote, or a server."),
    click.option("--predictions", metavar="URI", help="Or its predictions: CSV, JSON lines or Parquet."),
    click.option(
        "--against",
        multiple=True,
        metavar="[NAME=]DIR|URL|URI",
        help="Another model, or its predictions; without NAME it is `stable`.",
    ),
    click.option("--command", "command_line", metavar="COMMAND", help="What predicts with a model's folder."),
)


class Named(NamedTuple):
    """A model as the command line names it."""

    name: str
    where: str
    is_model: bool
    """Whether it can be asked; else it is a file of predictions."""


class Wanted(NamedTuple):
    """The models that the command line names."""

    model: str | None
    predictions: str | None
    against: tuple[str, ...]
    command: list[str] | None
    """What predicts with a folder."""


def _models(function: Callable[..., object]) -> Callable[..., object]:
    """The options that name models, which the command gets as `wanted`."""

    @wraps(function)
    def wrapped(
        *,
        model: str | None,
        predictions: str | None,
        against: tuple[str, ...],
        command_line: str | None,
        **more: object,
    ) -> object:
        if model is not None and predictions is not None:
            raise click.UsageError("--model and --predictions are two ways to name the same: give one of them")
        return function(wanted=Wanted(model, predictions, against, _split(command_line)), **more)

    for option in reversed(_MODEL_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


@click.command("evaluate", epilog=EPILOG)
@click.argument("spec", type=click.Path(), metavar="SPEC")
@_models
@click.option("--env", "environment", metavar="NAME", help="The environment; default: where models are trained.")
@data_places.data
@reporting.options_with_revision
@click.option("--html", callback=outputs.place, metavar="FILE", help="Write a page, too.")
@click.option(
    "--fail-on",
    type=click.Choice([Severity.ERROR.value, NEVER]),
    default=Severity.ERROR.value,
    show_default=True,
    help="Exit 1 when a check does not pass, or never for that.",
)
@options.output_format(*FORMATS)
def command(
    spec: str,
    wanted: Wanted,
    environment: str | None,
    written: tuple[str, ...],
    asked: reporting.Asked,
    html: Path | None,
    fail_on: str,
    fmt: str,
) -> None:
    """Measure a model on the test split, and judge it by the offline checks of its spec.

    Without --model or --predictions the model is the one that `lifespec train` left in `.models/<candidate>/` beside
    the spec. Gates against `stable` need --against; without it they are what `evaluation.bootstrap` says of a first
    model. Exits 0 when every check passes, 1 when one fails, is inconclusive or could not be measured, or when data or
    predictions are broken, 2 when something cannot be reached.
    """
    with refusals(), ExitStack() as stack:
        from lifespec_compiler.judging import Expected, judge, skipped
        from lifespec_runtime.cli.evaluation_report import Evaluated, exit_code, located, render
        from lifespec_runtime.cli.one_plan import one_plan
        from lifespec_runtime.measure.evaluation import sources
        from lifespec_runtime.measure.evaluation.evaluate import evaluate

        gc.enable()
        doing = options.Doing()
        stack.callback(doing.end)
        chosen = one_plan(spec, environment)
        destination = asked.destination(chosen.plan)
        mine = _mine(chosen, wanted)
        others = [_other(chosen, each) for each in wanted.against]
        compared = any(other.name == STABLE for other in others)
        if asked.stable is not None and not compared:
            raise click.UsageError("--stable says which one --against names, and --against names no `stable`")
        doing("reading data")
        ground = sources.ground(chosen.plan, data_places.places(chosen, written), chosen.folder, wanted.command)
        doing("asking the model")
        candidate = _contender(mine, ground, stack)
        found = [_contender(other, ground, stack) for other in others]
        evaluation = evaluate(ground.plan, ground.rows, ground.divided, ground.coding, candidate, found, doing)
        doing.end()
        report = _report(ground, candidate, found, evaluation, asked)
        if destination is not None:
            destination.write(report)
        expected = Expected(stable=compared)
        verdicts = judge(chosen.plan, report, expected)
        evaluated = Evaluated(
            chosen.plan,
            report,
            verdicts,
            skipped(chosen.plan, expected),
            evaluation.detail,
            located(chosen.plan, verdicts, chosen.files),
            least=None if fail_on == NEVER else Severity.ERROR,
        )
        click.echo(render(fmt, evaluated))
        if html is not None:
            from lifespec_runtime.measure.pages import page

            skips = len(evaluated.skipped)
            told = page(chosen.plan, report, verdicts, evaluation.detail, skipped=skips, places=evaluated.places)
            outputs.write(html, told.encode(), "page-not-written")
        sys.exit(exit_code(evaluated))


def _split(written: str | None) -> list[str] | None:
    if written is None:
        return None
    try:
        found = shlex.split(written)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--command") from error
    if not found:
        raise click.BadParameter("it is empty", param_hint="--command")
    return found


def _mine(chosen: Chosen, wanted: Wanted) -> Named:
    """The model that is evaluated: what was named, else what was trained here."""
    if wanted.predictions is not None:
        return Named("candidate", wanted.predictions, is_model=False)
    if wanted.model is not None:
        if not _can_be_asked(wanted.model):
            message = "this is neither a folder with a trained model nor the address of a server"
            help_text = "a file of predictions is named with --predictions"
            refuse([Flaw("model-no-model", message, wanted.model, help=help_text)])
        return Named("candidate", wanted.model, is_model=True)
    for candidate in chosen.plan.spec.experiments.candidates if chosen.folder else ():
        folder = Path(chosen.folder or "") / ".models" / candidate.name
        if _can_be_asked(str(folder)):
            shown = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
            click.echo(f"model: {printable(str(shown))}", err=True)
            return Named("candidate", str(shown), is_model=True)
    raise click.UsageError("name the model with --model, or its predictions with --predictions; none was trained here")


def _other(chosen: Chosen, written: str) -> Named:
    """A model to compare with: `stable`, or what a gate compares with under another name."""
    name, equals, where = written.partition("=")
    known = [STABLE, *(baseline.name or baseline.kind for baseline in chosen.plan.spec.experiments.baselines)]
    if not equals or "/" in name or (name not in known and is_there(written)):
        name, where = STABLE, written
    options.check_names([name], known, "--against")
    return Named(name, where, is_model=_can_be_asked(where))


def _can_be_asked(where: str) -> bool:
    from lifespec_runtime.measure.reading.files import format_of

    if where.startswith(("http://", "https://")):
        return format_of(where.partition("?")[0]) is None
    return is_folder(Path(where) / "model")


def _contender(named: Named, ground: Ground, stack: ExitStack) -> Contender:
    from lifespec_runtime.measure.evaluation import given, sources

    if not named.is_model:
        return given.contender(named.name, given.located(named.where), ground.rows, ground.divided, ground.coding)
    if named.where.startswith(("http://", "https://")):
        try:
            return sources.server(named.name, named.where, ground, stack)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--model") from error
    return sources.folder(named.name, Path(named.where), ground, stack)


def _report(
    ground: Ground, candidate: Contender, others: Sequence[Contender], evaluation: Evaluation, asked: reporting.Asked
) -> LifecycleReport:
    from lifespec_runtime.measure.evaluation.report import measurements
    from lifespec_runtime.measure.record import TooManyError, lifecycle_report, read_input
    from lifespec_schema.records.types import Revision

    revision = asked.revision
    if revision is None and candidate.predict is not None and candidate.digest is not None:
        revision = (candidate.digest, ground.plan.hashes.serving)
    read = [(one.uri, one.digest) for one in ground.rows.inputs]
    read += [(one.uri, one.digest) for one in (candidate, *others) if one.digest is not None]
    try:
        return lifecycle_report(
            ground.plan,
            tier="offline",
            measurements=measurements(evaluation.measured),
            inputs=[read_input(*one) for one in dict.fromkeys(read)],
            revision=None if revision is None else Revision(model=revision[0], serving=revision[1]),
            stable=None if asked.stable is None else Revision(model=asked.stable[0], serving=asked.stable[1]),
            stream=asked.stream,
        )
    except TooManyError as error:
        message = f"{error}: slice by fewer columns, or by columns with fewer values"
        click.echo(f"error[evaluation-too-large]: {message}", err=True)
        sys.exit(ExitCode.USAGE)
