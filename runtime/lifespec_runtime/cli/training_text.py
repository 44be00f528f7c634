"""What people see of a training."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from lifespec_runtime.measure.models import Trained
from lifespec_runtime.measure.splits import Split
from lifespec_runtime.measure.training.candidate import Tried
from lifespec_runtime.measure.training.score import Scorer
from lifespec_runtime.measure.training.trial import Trainer

from .refusals import tail_lines
from .report import printable

if TYPE_CHECKING:
    from lifespec_schema.spec.experiments import Candidate


def rows_text(divided: Split, shared: int) -> str:
    """How many rows are where, and how many of the test split equal one of the training split."""
    sizes = (len(divided.train), len(divided.validation), len(divided.test))
    told = "rows: train {:,}, validation {:,}, test {:,} (no trainer sees it)".format(*sizes)
    told += f"; {divided.unlabelled:,} without a label" if divided.unlabelled else ""
    told += f"; {divided.unplaced:,} without what the splits go by" if divided.unplaced else ""
    equal = f"{shared:,} of the test split equal a row of train in every feature and the label"
    return told + (f"\n{equal}" if shared else "")


def start_text(trainer: Trainer, copies: list[str], divided: Split, shared: int) -> str:
    """What is about to happen."""
    plan = trainer.plan
    head = f"{plan.namespace}/{plan.name} in {plan.environment}: candidate {trainer.candidate.name}"
    default = " (beside the spec; --command runs another)" if trainer.written is None else ""
    line = " ".join(["python", *trainer.command[1:]] if trainer.written is None else trainer.command)
    return "\n".join(
        [click.style(head, bold=True), *copies, rows_text(divided, shared), f"trainer: {printable(line)}{default}"]
    )


class Trials:
    """Prints each trial as it ends."""

    def __init__(self, candidate: Candidate, scorer: Scorer | None, most: int | None, *, quiet: bool) -> None:
        search = candidate.search
        self._total = min(search.trials, most or search.trials) if search else 1
        self._best: float | None = None
        self._scorer, self._quiet = scorer, quiet

    def __call__(self, trial: Tried) -> None:
        """One more trial has ended."""
        if trial.error is not None:
            what = click.style(f"error[{trial.error.flaw.code}]", fg="red") + f": {printable(trial.error.flaw.message)}"
            click.echo("\n".join([self._line(trial, what), *tail_lines(trial.error.tail)]), err=True)
        elif not self._quiet:
            click.echo(self._line(trial, self._value(trial)))
            sys.stdout.flush()

    def _line(self, trial: Tried, what: str) -> str:
        width = len(str(self._total))
        return f"  trial {trial.number:>{width}}/{self._total}  {what}  {parameters_text(trial.parameters)}".rstrip()

    def _value(self, trial: Tried) -> str:
        if self._scorer is None or trial.value is None:
            return f"done in {trial.seconds:.0f} s"
        wins = self._best is None or self._scorer.better(trial.value, self._best)
        self._best = trial.value if wins else self._best
        told = f"{self._scorer.metric.name} {trial.value:.5g}"
        return f"{click.style(told, fg='green') if wins else told}  {trial.seconds:.0f} s"


def parameters_text(parameters: dict[str, Any]) -> str:
    """Parameters in words."""
    told = (f"{name} {f'{value:.4g}' if isinstance(value, float) else value}" for name, value in parameters.items())
    return printable(", ".join(told))


def end_text(trained: Trained, tried: list[Tried], scorer: Scorer | None, spec: str) -> str:
    """What came of it."""
    record = trained.record
    value = record["select"]["value"]
    lines = []
    if scorer is not None and value is not None:
        folds = record["select"]["folds"]
        on = f"mean of {folds} folds" if folds else "on validation"
        failed = sum(trial.error is not None for trial in tried)
        told = f"best of {len(tried)}: {scorer.metric.name} {value:.5g} {on}"
        lines.append(told + (f"; {failed} failed" if failed else ""))
    lines += [f"model: {printable(str(trained.model))} ({trained.digest})"]
    lines += [f"evaluate it: lifespec evaluate {printable(spec)} --model {printable(str(trained.folder))}"]
    return "\n".join(lines)
