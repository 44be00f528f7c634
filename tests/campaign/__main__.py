"""Runs the engine through faults: `python -m campaign [--seeds N] [--from N]`, or one seed again: `--seed N`.

Exits with 1 when a rule is broken, or when some kind of fault never fired.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from multiprocessing import Pool

from .seeds import Failure, lived
from .tally import Tally, of_seeds
from .traces import TRACES, ended, reference, traced

CHUNK = 250


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m campaign", description=__doc__)
    parser.add_argument("--seeds", type=int, default=100_000, help="how many runs")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the first seed")
    parser.add_argument("--seed", type=int, help="this one again, with all that is done")
    parser.add_argument("--trace", choices=TRACES, help="a run by a script again, with --fault at --write")
    parser.add_argument("--fault", default="crash after")
    parser.add_argument("--write", type=int, action="append", default=[])
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    if given.seed is not None:
        return _replayed(given.seed)
    if given.trace:
        writes: list[int] = given.write
        return _traced(given.trace, {number: str(given.fault) for number in writes})
    return _all(given.first, given.seeds, given.jobs)


def _replayed(seed: int) -> int:
    log: list[str] = []
    try:
        run = lived(seed, log=log)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        _say(*log, f"seed {seed}: {type(error).__name__}: {error}")
        return 1
    _say(*log, *(_decision(entry) for entry in run.observer.entries), f"seed {seed}: no rule is broken")
    return 0


def _decision(entry: object) -> str:
    sequence, kind, to = (getattr(entry, name) for name in ("sequence", "kind", "to"))
    return f"  {sequence} {kind} {to.phase if to else ''} {to.weight if to else ''}".rstrip()


def _traced(name: str, faults: dict[int, str]) -> int:
    try:
        same = ended(traced(name, faults)) == reference(name)[0]
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        _say(f"{name}: {type(error).__name__}: {error}")
        return 1
    _say(f"{name}: {'ends as it does without faults' if same else 'ends otherwise than without faults'}")
    return 0 if same else 1


def _all(first: int, seeds: int, jobs: int) -> int:
    began, tally = time.monotonic(), Tally()
    chunks = [range(start, min(start + CHUNK, first + seeds)) for start in range(first, first + seeds, CHUNK)]
    with Pool(jobs) as pool:
        for done, part in enumerate(pool.imap_unordered(of_seeds, chunks), 1):
            tally.merge(part)
            for failure in part.failures:
                _say(_failed(failure))
            if done % max(1, len(chunks) // 20) == 0:
                _say(f"{done * 100 // len(chunks):3} %  {tally.line()}")
    spent = time.monotonic() - began
    _say(
        tally.table(),
        f"ticks from the last fault to rest: half of the runs {tally.quantile(0.5)}, 99 % {tally.quantile(0.99)}, "
        f"the longest {max(tally.resting, default=0)}",
        f"{spent:.0f} s on {jobs} cores, {tally.spent / max(1, tally.runs) * 1000:.1f} ms of a core for each run",
    )
    enough = tally.runs >= 1000
    return 1 if tally.failures or (enough and tally.silent) else 0


def _failed(failure: Failure) -> str:
    return f"seed {failure.seed}: {failure.what}\n  again: {failure.command}"


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
