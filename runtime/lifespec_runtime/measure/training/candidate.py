"""Training one candidate: its trials, the best of them, and the folder that keeps it."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from lifespec_compiler.training import fixed_parameters
from lifespec_runtime.measure.models import ModelError
from lifespec_runtime.measure.models.trained import (
    LOG,
    METADATA,
    MODEL,
    PROFILE,
    RECORD,
    SNAPSHOT,
    Trained,
    open_trained,
)
from lifespec_runtime.measure.rows import Rows
from lifespec_runtime.measure.splits import Fold, Split, folds

from .inputs import write_description, write_inputs
from .score import Scorer
from .search import Parameters, Search
from .trial import Trainer, train

KEPT = (f"output/{MODEL}", f"output/{METADATA}", LOG)
"""What is kept of a trial's folder."""


class Tried(NamedTuple):
    """A trial."""

    number: int
    """From 1."""
    parameters: Parameters
    """Those that the search chose."""
    value: float | None
    """What it reached; None where it failed, or nothing was measured."""
    error: ModelError | None
    seconds: float


class Work(NamedTuple):
    """What is trained, on what, and how it is judged."""

    trainer: Trainer
    rows: Rows
    divided: Split
    scorer: Scorer | None
    search: Search
    told: Callable[[Tried], None]
    """Hears of each trial as it ends."""


def train_candidate(work: Work, target: Path) -> tuple[Trained, list[Tried]]:
    """Trains a candidate into `target`, which is replaced as a whole or not touched.

    Raises `ModelError` where no trial succeeds: that of the last one. A `FileExistsError` says that `target` is there
    and is nothing that lifespec has made.
    """
    if target.exists() and not (target / RECORD).is_file() and any(target.iterdir()):
        raise FileExistsError(f"{target} is there already, and no `lifespec train` has made it")
    with _scratch(target) as scratch:
        inputs = scratch / "input"
        write_inputs(work.trainer.plan, work.rows, work.divided.train, work.divided.validation, inputs)
        tried, best = _search(work, inputs, scratch)
        made = scratch / "made"
        made.mkdir()
        for name in KEPT:
            (best / name).rename(made / name.rpartition("/")[2])
        write_description(work.trainer.plan, work.rows, work.divided, made)
        _write_record(work, tried, made)
        _put(made, target)
    return open_trained(target), tried


def _search(work: Work, inputs: Path, scratch: Path) -> tuple[list[Tried], Path]:
    """All trials, and the folder of the best one."""
    chosen = _folds(work, scratch)
    tried: list[Tried] = []
    best: tuple[Tried, Path] | None = None
    for proposed in work.search.rounds():
        numbered = list(enumerate(proposed, start=len(tried) + 1))
        with ThreadPoolExecutor(len(numbered)) as pool:
            ended = list(pool.map(lambda one: _trial(work, inputs, chosen, scratch, *one), numbered))
        for trial, output in ended:
            tried.append(trial)
            wins = trial.error is None and (best is None or _wins(work, trial, best[0]))
            _forget(output if not wins else best[1] if best else None)
            best = (trial, output) if wins else best
            work.told(trial)
        work.search.tell([trial.value for trial, _ in ended])
    if best is None:
        raise next(trial.error for trial in reversed(tried) if trial.error is not None)
    final = scratch / f"trial-{best[0].number}-all"
    if chosen:  # the folds have chosen the parameters; the model itself learns from all of train
        train(work.trainer, inputs, best[0].parameters, final)
        return tried, final
    return tried, best[1]


def _trial(
    work: Work, inputs: Path, chosen: Sequence[tuple[Fold, Path]], scratch: Path, number: int, parameters: Parameters
) -> tuple[Tried, Path]:
    start, folder = time.monotonic(), scratch / f"trial-{number}"
    value: float | None = None
    error: ModelError | None = None
    try:
        if chosen and work.scorer is not None:
            values = [
                _fit(work, source, parameters, folder / str(place), fold.validation)
                for place, (fold, source) in enumerate(chosen)
            ]
            value = work.scorer.mean([one for one in values if one is not None])
        else:
            value = _fit(work, inputs, parameters, folder, work.divided.validation)
    except ModelError as found:
        error = found
    return Tried(number, parameters, value, error, time.monotonic() - start), folder


def _fit(work: Work, source: Path, parameters: Parameters, folder: Path, places: Any) -> float | None:
    """Trains, and measures the model on some rows."""
    output = train(work.trainer, source, parameters, folder)
    if work.scorer is None:
        return None
    return work.scorer.score(output / MODEL, work.trainer.command, work.trainer.folder, places)


def _folds(work: Work, scratch: Path) -> list[tuple[Fold, Path]]:
    """The folds of a cross-validation, each with the folder of its rows."""
    plan = work.trainer.plan
    select = plan.spec.experiments.select
    if select is None or select.cross_validation is None or work.scorer is None:
        return []
    found = []
    for place, fold in enumerate(folds(plan, work.rows, work.divided, select.cross_validation.folds)):
        folder = scratch / f"fold-{place}"
        write_inputs(plan, work.rows, fold.train, fold.validation, folder)
        found.append((fold, folder))
    return found


def _wins(work: Work, trial: Tried, best: Tried) -> bool:
    if work.scorer is None or trial.value is None or best.value is None:
        return False
    return work.scorer.better(trial.value, best.value)


def _write_record(work: Work, tried: Sequence[Tried], made: Path) -> None:
    """How the model was trained. It holds no time and no path, so that the same training leaves the same bytes."""
    trainer, scorer = work.trainer, work.scorer
    plan, trained = trainer.plan, open_trained(made)
    ended = [trial for trial in tried if trial.error is None]
    best = ended[0]
    for trial in ended[1:]:
        best = trial if _wins(work, trial, best) else best
    select = plan.spec.experiments.select
    record = {
        "version": 1,
        "lifecycle": plan.name,
        "namespace": plan.namespace,
        "candidate": trainer.candidate.name,
        "command": None if trainer.written is None else list(trainer.command),
        "parameters": {**fixed_parameters(trainer.candidate), **best.parameters},
        "seed": trainer.seed,
        "trainingHash": plan.hashes.training,
        "select": {
            "metric": scorer.metric.name if scorer else None,
            "value": best.value,
            "folds": select.cross_validation.folds if select and select.cross_validation else None,
        },
        "trials": [
            {
                "number": trial.number,
                "parameters": trial.parameters,
                "value": trial.value,
                "error": trial.error.flaw.code if trial.error else None,
            }
            for trial in tried
        ],
        "model": trained.digest,
        "profile": trained.file_digest(PROFILE),
        "snapshot": trained.file_digest(SNAPSHOT),
    }
    (made / RECORD).write_text(json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n", "utf-8")


@contextmanager
def _scratch(target: Path) -> Iterator[Path]:
    """A folder beside the target, gone at the end, however it comes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = target.parent / f".{target.name}.{os.getpid()}-{secrets.token_hex(4)}"
    folder.mkdir()
    try:
        yield folder
    finally:
        _forget(folder)


def _put(made: Path, target: Path) -> None:
    """Puts a folder in the place of another one."""
    old = made.with_name("old")
    if target.exists():
        target.rename(old)
    try:
        made.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise


def _forget(folder: Path | None) -> None:
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
