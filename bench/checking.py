"""Measuring: contract checks and evaluations beside what people write by hand and what peers do, and their growth."""

from __future__ import annotations

import math
from pathlib import Path

import peers
from peers import AbsentError
from processes import Command, FailedError, Usage, in_turn, median, ratio, run
from session import Bench

HERE = Path(__file__).resolve().parent / "rows"
MILLION = 1_000_000
BROKEN = frozenset({1})
"""The exit code of all three: one rule is broken."""


def contracts(bench: Bench) -> None:
    """A million rows held against 21 rules."""
    file = _rows(bench, MILLION)
    commands = {
        "`lifespec check-data`": _checked(bench, "lifecycle.yaml", file, BROKEN),
        "pandas by hand": bench.measuring(str(HERE / "by_hand.py"), str(file))._replace(codes=BROKEN),
    }
    try:
        path, version = peers.python_program("python", "great-expectations", peers.JUDGES)
        theirs = Command((str(path), str(HERE / "expectations.py"), str(file)), bench.folder, codes=BROKEN)
        run(theirs)
        commands[f"Great Expectations {version}"] = theirs
    except (AbsentError, FailedError) as reason:
        bench.say(f"Great Expectations could not be run here: {' '.join(str(reason).split())}", "")
    usages = dict(zip(commands, in_turn(list(commands.values()), 3 * bench.runs), strict=True))
    bench.say(f"### {MILLION:,} rows of 12 columns in Parquet, 21 rules", "")
    bench.say(
        "`check-data` also checks the types of all columns, makes a profile of each, looks for columns that tell the "
        "label, and counts by class. The other two check the 21 rules."
    )
    _usages(bench, usages)
    ours, by_hand, *others = usages.values()
    bars = [
        bench.bar("by hand ÷ ours, CPU", ratio(by_hand, ours), 1.0, at_least=True),
        bench.bar("by hand ÷ ours, wall", ratio(by_hand, ours, "wall"), 1.0, at_least=True),
    ]
    for other in others:
        bars += [
            bench.bar("Great Expectations ÷ ours, CPU", ratio(other, ours), 5.0, at_least=True),
            bench.bar("Great Expectations ÷ ours, wall", ratio(other, ours, "wall"), 5.0, at_least=True),
            bench.bar("Great Expectations ÷ ours, peak memory", ratio(other, ours, "peak"), 4.0, at_least=True),
        ]
    bench.table(["bar", "ratio", "bound", ""], bars)


def evaluation(bench: Bench) -> None:
    """A million predictions measured by eight metrics, over all rows and over twenty slices."""
    rows, scores = bench.folder / "labels.parquet", bench.folder / "scores.parquet"
    run(bench.measuring(str(HERE / "scores.py"), str(rows), str(scores), str(MILLION * 102 // 100)))
    files = ("--data", str(rows), "--predictions", str(scores))
    commands = {
        "`lifespec evaluate`, with intervals": _lifespec(bench, "evaluate", str(HERE / "evaluation.yaml"), *files),
        "scikit-learn, without": bench.measuring(str(HERE / "scikit.py"), str(rows), str(scores)),
    }
    usages = dict(zip(commands, in_turn(list(commands.values()), 3 * bench.runs), strict=True))
    bench.say(f"### {MILLION:,} predictions, 8 metrics, all rows and 20 slices", "")
    bench.say(
        "`evaluate` also makes the split, matches predictions with rows by key, looks for what is wrong with both, and "
        "judges 168 bounds with their intervals."
    )
    _usages(bench, usages)
    ours, theirs = usages.values()
    bars = [
        bench.bar("ours ÷ scikit-learn, CPU", ratio(ours, theirs), 3.0),
        bench.bar("ours ÷ scikit-learn, wall", ratio(ours, theirs, "wall"), 3.0),
    ]
    bench.table(["bar", "ratio", "bound", ""], bars)


def volume(bench: Bench) -> None:
    """How time and memory grow with the number of rows."""
    sizes = [size for size in (MILLION, 10 * MILLION, 100 * MILLION) if size <= bench.rows]
    measured: list[tuple[int, Usage]] = []
    for size in sizes:
        file = _rows(bench, size, narrow=True)
        command = _checked(bench, "narrow.yaml", file, frozenset({0}))
        measured.append((size, median([run(command) for _ in range(1 if size > MILLION else 3)])))
        file.unlink()
    bench.say("### Growth: rows of 5 columns in Parquet, with a key that is looked at for doubles")
    rows = [
        [
            f"{size:,}",
            f"{usage.cpu:.1f}",
            f"{usage.wall:.1f}",
            f"{usage.peak >> 20}",
            f"{(usage.cpu - measured[0][1].cpu) / (size - MILLION) * MILLION:.2f}" if size > MILLION else "",
        ]
        for size, usage in measured
    ]
    bench.table(["rows", "CPU s", "wall s", "peak MiB", "CPU s for each further million"], rows)
    bars = [bench.bar("peak memory, MB", max(usage.peak for _, usage in measured) / 1e6, 500)]
    if len(measured) > 2:
        (small, one), (large, other) = measured[-2:]
        exponent = math.log(other.cpu / one.cpu) / math.log(large / small)
        bars.append(bench.bar(f"exponent from {small:,} rows on, CPU (1 is linear)", exponent, 1.1))
    bench.table(["bar", "value", "bound", ""], bars)


def _usages(bench: Bench, usages: dict[str, list[Usage]]) -> None:
    rows = [
        [name, f"{median(each).cpu:.2f}", f"{median(each).wall:.2f}", f"{median(each).peak >> 20}"]
        for name, each in usages.items()
    ]
    bench.table(["process", "CPU s", "wall s", "peak MiB"], rows)


def _rows(bench: Bench, count: int, *, narrow: bool = False) -> Path:
    file = bench.folder / f"{'narrow' if narrow else 'wide'}-{count}.parquet"
    if not file.exists():
        run(bench.measuring(str(HERE / "make.py"), str(file), str(count), *(["--narrow"] if narrow else [])))
    return file


def _checked(bench: Bench, spec: str, file: Path, codes: frozenset[int]) -> Command:
    return _lifespec(bench, "check-data", str(HERE / spec), "--data", str(file))._replace(codes=codes)


def _lifespec(bench: Bench, *arguments: str) -> Command:
    python = bench.measuring()
    return python._replace(arguments=(str(Path(python.arguments[0]).with_name("lifespec")), *arguments))
