"""The engine that reads with the workers of a Dask cluster: one that runs already, or one on this machine.

Workers need lifespec in this version, and must reach the data under the same address. What a worker loses when it dies
is made again by another: every task depends on its arguments alone.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import cache, partial
from importlib import import_module, metadata
from typing import Any, Final

from lifespec_runtime.measure.contracts.scan import Engine, Portion, Scanned, Wanted, held_together, scanned
from lifespec_runtime.measure.reading.files import DataFile, Part, digest
from lifespec_runtime.measure.reading.flaws import Flaw, UnreadableError
from lifespec_runtime.measure.reading.log import Log
from lifespec_runtime.measure.reading.parts import PART_BYTES, PART_ROWS, Size, divided, size_of

from . import tasks

SECONDS_TO_ANSWER: Final = 30
_BUCKETS: Final = 16
"""So many tasks, at most, look for what occurs twice, each in the hashes of a range of their own."""


class EngineError(Exception):
    """The cluster cannot be used, or did not do its work; the message says why."""


@contextmanager
def dask_engine(scheduler: str | None = None, workers: int | None = None) -> Iterator[Engine]:
    """The engine on the cluster of a scheduler's address, or on `workers` processes here, which end with it."""
    distributed = import_module("distributed")
    with ExitStack() as stack:
        try:
            address: Any = scheduler or stack.enter_context(_local(distributed, workers or os.cpu_count() or 1))
            client = stack.enter_context(
                distributed.Client(address, timeout=SECONDS_TO_ANSWER, set_as_default=False, direct_to_workers=False)
            )
            client.wait_for_workers(1, timeout=SECONDS_TO_ANSWER)
        except (OSError, TimeoutError, ValueError) as error:
            raise EngineError(f"no Dask worker of {scheduler or 'this machine'} answers: {_told(error)}") from error
        yield DaskEngine(client).read


def _local(distributed: Any, workers: int) -> Any:
    """Processes on this machine; who lacks the keys that are made for this run, as its other users do, is refused."""
    return closing(
        distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            security=distributed.Security.temporary(),
            dashboard_address=None,
            scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},  # where it tells its health; else a fixed port
            worker_dashboard_address=None,
            silence_logs=logging.CRITICAL,
        )
    )


class DaskEngine:
    """Reads files with a client's cluster; `rows` and `size` are those of a part."""

    def __init__(self, client: Any, rows: int = PART_ROWS, size: int = PART_BYTES) -> None:
        self._client, self._rows, self._size = client, rows, size

    def read(self, files: Sequence[DataFile], form: str, wanted: Wanted, log: Log) -> tuple[Scanned, str]:
        """As `contracts.scan.here`: the same findings, in the same order, and the same numbers."""
        try:
            return self._read(files, form, wanted, log)
        except UnreadableError:
            raise
        except Exception as error:  # whatever a worker raises comes here
            raise EngineError(f"the Dask cluster did not do its work: {_told(error)}") from error
        finally:
            log.arrange()

    def _read(self, files: Sequence[DataFile], form: str, wanted: Wanted, log: Log) -> tuple[Scanned, str]:
        parts = divided(files, form, self._sizes, self._rows, self._size)
        buckets = min(_BUCKETS, len(parts)) if held_together(wanted) else 0
        answers = [self._task(partial(tasks.pass_over, part, form, wanted, buckets)) for part in parts]
        found = [self._task(tasks.only_found, answer) for answer in answers]
        counts = [self._task(tasks.repeats, *self._bucket(answers, bucket)) for bucket in range(buckets)]
        digests = [self._task(partial(tasks.digest_of, file)) for file in files]
        portion = _merged(parts, self._client.gather(found), log)
        repeats = dict.fromkeys(held_together(wanted), 0)
        for count in self._client.gather(counts):
            repeats = {name: known + count.get(name, 0) for name, known in repeats.items()}
        return scanned(portion, wanted, repeats), digest(files, [_digest(one) for one in self._client.gather(digests)])

    def _sizes(self, parts: Sequence[Part], form: str) -> list[Size]:
        sizes: list[Size] = self._client.gather([self._task(partial(size_of, part, form)) for part in parts])
        return sizes

    def _bucket(self, answers: Sequence[Any], bucket: int) -> list[Any]:
        return [self._task(partial(tasks.only_bucket, bucket), answer) for answer in answers]

    def _task(self, function: Callable[..., object], *earlier: Any) -> Any:
        """The future answer of a function, whose arguments are answers of earlier tasks."""
        return self._client.submit(partial(_run, _version(), function), *earlier, pure=False)


@cache
def _version() -> str:
    return metadata.version("lifespec")


def _run(version: str, function: Callable[..., object], *arguments: Any) -> object:
    """A task on a worker of the same version: another one may count something else."""
    mine = _version()
    if mine != version:
        raise EngineError(f"a worker has lifespec {mine}, and here it is {version}")
    return function(*arguments)


def _merged(parts: Sequence[Part], found: Sequence[tasks.Found], log: Log) -> Portion:
    """What all parts came to, in their order; an `UnreadableError` at the first that could not be read."""
    whole: Portion | None = None
    of_file: Portion | None = None
    for place, (part, one) in enumerate(zip(parts, found, strict=True)):
        log.extend(one.log)
        if one.stopped is not None or one.portion is None:
            raise UnreadableError(one.stopped or Flaw("data-corrupt", "the file cannot be read", part.file.name))
        of_file = one.portion if of_file is None else _of_one_file(of_file, one.portion)
        if place + 1 == len(parts) or parts[place + 1].file.name != part.file.name:
            whole = of_file if whole is None else whole.merge(of_file)
            of_file = None
    if whole is None:
        raise ValueError("there is no part to read")
    return whole


def _of_one_file(one: Portion, other: Portion) -> Portion:
    """A column is absent from a file that is absent from all of its parts."""
    absent = {name: file for name, file in one.absent.items() if name in other.absent}
    return one.merge(other)._replace(absent=absent)


def _digest(found: str | Flaw) -> str:
    if isinstance(found, Flaw):
        raise UnreadableError(found)
    return found


def _told(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".partition("\n")[0][:300]
