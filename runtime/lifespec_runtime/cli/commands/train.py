"""`lifespec train`: trains a candidate on this machine, exactly as the training Job does."""

from __future__ import annotations

import gc
import json
import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lifespec_runtime.cli import data_places, options
from lifespec_runtime.cli.exit_codes import ExitCode
from lifespec_runtime.cli.refusals import refusals, refuse
from lifespec_runtime.measure.reading.flaws import Flaw

if TYPE_CHECKING:
    from lifespec_runtime.cli.one_plan import Chosen
    from lifespec_runtime.cli.recorded import Recorded
    from lifespec_runtime.measure.training.candidate import Work

EPILOG = """Examples:

\b
  lifespec train specs/churn/
  lifespec train specs/churn/ --candidate boosting --trials 5
  lifespec train specs/churn/ --command "python train.py" --out /tmp/churn-model
"""


@click.command("train", epilog=EPILOG)
@click.argument("spec", type=click.Path(), metavar="SPEC")
@click.option("--candidate", "name", metavar="NAME", help="Which candidate; default: the first.")
@click.option("--command", "command_line", metavar="COMMAND", help="The trainer; default: train.py beside the spec.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Where the model goes.")
@click.option("--trials", type=click.IntRange(1), metavar="N", help="Try no more parameters than this.")
@click.option("--tracking/--no-tracking", default=True, help="Record trials where `experiments.tracking` says.")
@click.option("--env", "environment", metavar="NAME", help="The environment; default: where models are trained.")
@data_places.data
@options.output_format("text", "json")
def command(
    spec: str,
    name: str | None,
    command_line: str | None,
    out: Path | None,
    trials: int | None,
    tracking: bool,
    environment: str | None,
    written: tuple[str, ...],
    fmt: str,
) -> None:
    """Train a candidate of a spec, and keep the best of its trials.

    The trainer is a command that keeps the trainer contract, run in the spec's folder: without --command `train.py`
    there, with this Python. It sees train and validation, never test. The model goes to `.models/<candidate>/` beside
    the spec, unless --out says otherwise. Exits 1 when the data or the trainer is broken.
    """
    with refusals():
        from lifespec_runtime.cli import training_text
        from lifespec_runtime.cli.one_plan import one_plan
        from lifespec_runtime.measure.training.candidate import train_candidate

        gc.enable()
        chosen = one_plan(spec, environment)
        quiet = fmt == "json"
        places = data_places.places(chosen, written)
        recorded = _recorded(chosen) if tracking else None
        work = _work(chosen, name, command_line, trials, places, recorded, quiet=quiet)
        target = out or _default_target(chosen, work.trainer.candidate.name)
        try:
            trained, tried = train_candidate(work, target)
        except FileExistsError:
            message = "there is something here that `lifespec train` has not made"
            refuse([Flaw("trainer-exists", message, str(target), help="name another folder with --out")])
        if recorded is not None:
            recorded.end(trained)
        if quiet:
            click.echo(json.dumps({**trained.record, "folder": str(target)}, indent=2, allow_nan=False))
        else:
            click.echo(training_text.end_text(trained, tried, work.scorer, spec))
    sys.exit(ExitCode.CLEAN)


def _work(
    chosen: Chosen,
    name: str | None,
    command_line: str | None,
    trials: int | None,
    places: Any,
    recorded: Recorded | None,
    *,
    quiet: bool,
) -> Work:
    from lifespec_runtime.cli import training_text
    from lifespec_runtime.measure.rows import read_rows
    from lifespec_runtime.measure.splits import split
    from lifespec_runtime.measure.training.candidate import Work
    from lifespec_runtime.measure.training.overlap import overlap
    from lifespec_runtime.measure.training.score import scorer
    from lifespec_runtime.measure.training.search import EmptySpaceError, MissingEngineError, search_of, seed_of
    from lifespec_runtime.measure.training.trial import Trainer

    plan = chosen.plan
    candidates = {one.name: one for one in plan.spec.experiments.candidates}
    options.check_names([] if name is None else [name], list(candidates), "--candidate")
    candidate = candidates[name] if name else plan.spec.experiments.candidates[0]
    arguments = _command(chosen, command_line)
    folder = chosen.folder or Path.cwd()
    parallel = candidate.search.parallel if candidate.search else 1
    trainer = Trainer(
        plan, candidate, arguments, folder, seed_of(plan, candidate), parallel, recorded is not None, command_line
    )
    rows = read_rows(plan, places)
    divided = split(plan, rows)
    judge = scorer(plan, rows, divided)
    try:
        search = search_of(plan, candidate, judge.direction if judge else "increase", trials)
    except MissingEngineError:
        message = "a bayesian search needs optuna"
        refuse([Flaw("trainer-no-engine", message, candidate.name, help="pip install 'lifespec[search]'")])
    except EmptySpaceError as error:
        refuse([Flaw("trainer-no-engine", str(error), candidate.name, help="write another range in `search.space`")])
    if not quiet:
        shared = overlap(plan, rows, divided)
        click.echo(training_text.start_text(trainer, data_places.told(places), divided, shared))
    shown = training_text.Trials(candidate, judge, trials, quiet=quiet)
    if recorded is not None:
        recorded.begin(trainer, judge, shown)
    return Work(trainer, rows, divided, judge, search, recorded or shown)


def _recorded(chosen: Chosen) -> Recorded | None:
    """What records trials, where the spec says so."""
    tracking = chosen.plan.spec.experiments.tracking
    if tracking is None:
        return None
    from lifespec_runtime.cli.recorded import Recorded
    from lifespec_runtime.measure.training.tracking import Tracker, TrackingError

    try:
        return Recorded(Tracker(tracking.uri, tracking.experiment, os.environ))
    except TrackingError as error:
        help_text = "train without recording: --no-tracking"
        refuse([Flaw("tracking-refused", str(error), tracking.uri, help=help_text)])


def _command(chosen: Chosen, written: str | None) -> list[str]:
    from lifespec_runtime.measure.models.trained import DEFAULT_SCRIPT, default_command

    if written is not None:
        try:
            found = shlex.split(written)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--command") from error
        if not found:
            raise click.BadParameter("it is empty", param_hint="--command")
        return found
    default = default_command(chosen.folder)
    if default is None:
        where = str(chosen.folder or ".")
        message = f"there is no `{DEFAULT_SCRIPT}` beside the spec, and no --command"
        refuse([Flaw("trainer-no-command", message, where, help="a candidate's image is run in the cluster only")])
    return default


def _default_target(chosen: Chosen, candidate: str) -> Path:
    if chosen.folder is None:
        raise click.UsageError("name a folder for the model with --out")
    folder = chosen.folder / ".models" / candidate
    return folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
