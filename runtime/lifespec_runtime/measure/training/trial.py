"""One training: the user's command learns from two files, and what it writes is checked."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from lifespec_compiler.plan import Plan
from lifespec_compiler.training import training_configuration
from lifespec_runtime.measure.models.digest import listing
from lifespec_runtime.measure.models.errors import broken
from lifespec_runtime.measure.models.process import THREADS, run
from lifespec_runtime.measure.models.trained import LOG, METADATA, MODEL, format_of, read_object

if TYPE_CHECKING:
    from lifespec_schema.spec.experiments import Candidate


class Trainer(NamedTuple):
    """A candidate, and the command that trains it here."""

    plan: Plan
    candidate: Candidate
    command: Sequence[str]
    folder: Path
    """Where the command runs."""
    seed: int
    parallel: int = 1
    """How many trials run at the same time."""
    tracked: bool = False
    """Whether it is told where to record what it does."""
    written: str | None = None
    """The command as somebody wrote it; None where it is the default."""


def train(trainer: Trainer, source: Path, parameters: Mapping[str, Any], trial: Path) -> Path:
    """Trains in `trial`, a folder that is made and gets the log; returns what the trainer wrote, a folder in it.

    Raises `ModelError` where the trainer fails, takes longer than its timebox, or does not write what it must.
    """
    output, config = trial / "output", trial / "config.json"
    output.mkdir(parents=True)
    told = training_configuration(
        trainer.plan,
        trainer.candidate,
        dict(parameters),
        trainer.seed,
        source=str(source.absolute()),
        output=str(output.absolute()),
    )
    if not trainer.tracked:
        told.pop("tracking", None)
    config.write_text(json.dumps(told, ensure_ascii=False, sort_keys=True), encoding="utf-8")
    where, seconds = " ".join(trainer.command), trainer.candidate.timebox or 3600.0
    variables = {"LIFESPEC_CONFIG": str(config.absolute())}
    if trainer.parallel > 1 and THREADS not in os.environ:  # trials that each take all cores wait for each other
        variables[THREADS] = str(max(1, (os.cpu_count() or 1) // trainer.parallel))
    try:
        ended = run(trainer.command, variables, trainer.folder, seconds, trial / LOG)
    except OSError as error:
        raise broken("trainer-failed", f"it cannot be started: {error.strerror}", where) from error
    if ended.code is None:
        message = f"it was stopped at its timebox, after {seconds:g} seconds"
        raise broken("trainer-timeout", message, where, tail=ended.tail, help_text="raise `timebox`, or learn less")
    if ended.code:
        how = f"exit code {ended.code}" if ended.code > 0 else f"signal {-ended.code}"
        raise broken("trainer-failed", f"it ended with {how}", where, tail=ended.tail)
    listing(output / MODEL)
    format_of(read_object(output / METADATA, "trainer-no-metadata"), where)
    return output
