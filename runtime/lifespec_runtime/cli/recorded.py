"""Trials that are recorded as they are shown."""

from __future__ import annotations

from collections.abc import Callable

import click

from lifespec_compiler.training import fixed_parameters
from lifespec_runtime.measure.models import Trained
from lifespec_runtime.measure.training.candidate import Tried
from lifespec_runtime.measure.training.score import Scorer
from lifespec_runtime.measure.training.tracking import Tracker, TrackingError
from lifespec_runtime.measure.training.trial import Trainer

from .report import printable


class Recorded:
    """Hears of each trial, shows it, and records it. A server that goes away stops no training: it is told, once."""

    def __init__(self, tracker: Tracker) -> None:
        self._tracker: Tracker | None = tracker
        self._runs: dict[int, str] = {}
        self._trainer: Trainer | None = None
        self._scorer: Scorer | None = None
        self._shown: Callable[[Tried], None] = lambda _: None

    def begin(self, trainer: Trainer, scorer: Scorer | None, shown: Callable[[Tried], None]) -> None:
        """What is about to be trained, and what shows its trials."""
        self._trainer, self._scorer, self._shown = trainer, scorer, shown

    def __call__(self, trial: Tried) -> None:
        """One more trial has ended."""
        self._shown(trial)
        if self._tracker is None or self._trainer is None:
            return
        plan, candidate = self._trainer.plan, self._trainer.candidate
        metrics = {self._scorer.metric.name: trial.value} if self._scorer and trial.value is not None else {}
        tags = {
            "lifespec.lifecycle": f"{plan.namespace}/{plan.name}",
            "lifespec.candidate": candidate.name,
            "lifespec.trainingHash": plan.hashes.training,
            **({"lifespec.error": trial.error.flaw.code} if trial.error else {}),
        }
        try:
            self._runs[trial.number] = self._tracker.record(
                f"{candidate.name}-{trial.number}",
                {**fixed_parameters(candidate), **trial.parameters, "seed": self._trainer.seed},
                metrics,
                tags,
                trial.seconds,
                failed=trial.error is not None,
            )
        except TrackingError as error:
            self._give_up(error)

    def end(self, trained: Trained) -> None:
        """Marks the run that the model comes from."""
        best = next(
            (one for one in trained.record["trials"] if one["value"] == trained.record["select"]["value"]), None
        )
        run = self._runs.get(best["number"]) if best else None
        if self._tracker is None or run is None:
            return
        try:
            self._tracker.tag(run, "lifespec.model", trained.digest)
        except TrackingError as error:
            self._give_up(error)

    def _give_up(self, error: TrackingError) -> None:
        self._tracker = None
        click.echo(f"warning: trials are no longer recorded: {printable(str(error))}", err=True)
