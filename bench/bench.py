"""Measures lifespec beside its peers and prints the tables; with --write they also go into README.md.

    python bench/bench.py [--write] [--only PART] [--runs N] [--largest N] [--rows N]

Everything in a table was measured in this one run, in turn. Exits 1 when a bar is missed. Works in
memory (/dev/shm) where there is such a folder, else, or with --folder, on a disk.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import checking
import comparison
import peers
import workloads
from processes import Command, Usage, in_turn, median, ratio, run
from session import Bench

import engine

README = Path(__file__).resolve().parent / "README.md"
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a file system, not a file of a name that can be foreseen


def start(bench: Bench) -> None:
    """One spec in a fresh process."""
    repository = bench.repository(1)
    floor = bench.python("-c", "import click, pydantic")
    fresh, unchanged = bench.ours(repository, fresh=True), bench.ours(repository)
    # The floor stands beside each of ours, so that each pair has met the same machine.
    first, ours = in_turn([floor, fresh], 7 * bench.runs, warmup=2)
    second, again = in_turn([floor, unchanged], 7 * bench.runs, warmup=2)
    bench.say("### One spec of 200 lines, fresh process")
    names = [
        "`python -c 'import click, pydantic'`",
        "`lifespec compile`, nothing there",
        "`lifespec compile`, nothing changed",
    ]
    rows = [
        [name, f"{median(each).cpu * 1000:.0f}", f"{median(each).wall * 1000:.0f}", f"{median(each).peak >> 20}"]
        for name, each in zip(names, (first + second, ours, again), strict=True)
    ]
    bench.table(["process", "CPU ms", "wall ms", "peak MiB"], rows)
    bench.table(
        ["bar", "ratio", "bound", ""],
        [
            bench.bar("nothing there ÷ imports, CPU", ratio(ours, first), 2.5),
            bench.bar("nothing there ÷ imports, wall", ratio(ours, first, "wall"), 2.5),
            bench.bar("nothing changed ÷ imports, CPU", ratio(again, second), 1.5),
            bench.bar("nothing changed ÷ imports, wall", ratio(again, second, "wall"), 1.5),
        ],
    )


def thousand(bench: Bench) -> None:
    """A thousand specs, beside PyYAML and sloth."""
    repository = bench.repository(1000)
    sloth = peers.go_program("sloth")
    objectives = workloads.objectives(bench.folder / "objectives", 1000)
    out = bench.folder / "rules"
    out.mkdir()
    edited = repository / "specs/model-00500/lifecycle.yaml"
    commands = {
        "`yaml.load(…, CSafeLoader)` of the same bytes": bench.python(
            str(Path(__file__).with_name("load.py")), str(repository / "specs")
        ),
        "`lifespec compile --jobs 1`, all files written": bench.ours(repository, "--jobs", "1", fresh=True),
        "`lifespec compile --jobs 2`, all files written": bench.ours(repository, "--jobs", "2", fresh=True),
        "`lifespec compile`, nothing changed": bench.ours(repository),
        "`lifespec compile --no-cache --jobs 1`, nothing changed": bench.ours(repository, "--no-cache", "--jobs", "1"),
        f"`sloth generate -i … -o …` {sloth.version}": Command(
            (str(sloth.path), "generate", "-i", str(objectives), "-o", str(out)), bench.folder
        ),
    }
    usages = dict(zip(commands, in_turn(list(commands.values()), bench.runs), strict=True))
    load, one, two, same, recomputed, theirs = usages.values()
    files = sum(1 for file in (repository / "generated").rglob("*") if file.is_file())
    lines = len(edited.read_text("utf-8").splitlines())
    rules = next(out.glob("*.yaml"))
    bench.say(
        f"### 1,000 specs of {lines} lines, target kubernetes, {files:,} files",
        "",
        f"sloth's 1,000 specs have {len((objectives / rules.name).read_text().splitlines())} lines each, "
        f"and it writes one file of {len(rules.read_text().splitlines()):,} lines for each.",
    )
    rows = [
        [name, f"{median(each).cpu:.2f}", f"{median(each).wall:.2f}", f"{median(each).peak >> 20}"]
        for name, each in usages.items()
    ]
    bench.table(["process", "CPU s", "wall s", "peak MiB of the largest process"], rows)
    bench.table(
        ["bar", "value", "bound", ""],
        [
            bench.bar("all written ÷ sloth, CPU", ratio(one, theirs), 1.0),
            bench.bar("all written ÷ `yaml.load`, CPU", ratio(one, load), 5.0),
            bench.bar("nothing changed ÷ `yaml.load`, CPU", ratio(same, load), 5 / 3),
            bench.bar("nothing changed ÷ all written, CPU", ratio(same, one), 1 / 3),
            bench.bar("one process ÷ two, wall", ratio(one, two, "wall"), 1.6, at_least=True),
            bench.bar("peak memory, MiB", max(usage.peak for usage in (*one, *two, *same, *recomputed)) / 2**20, 150),
        ],
    )


def growth(bench: Bench) -> None:
    """How cost grows with the number of specs."""
    sizes = [size for size in (10, 100, 1000, 10000) if size <= bench.largest]
    measured: list[tuple[int, Usage, Usage]] = []
    for size in sizes:
        repository = bench.repository(size)
        runs = 3 if size <= 100 else 1
        written = median([run(bench.ours(repository, "--jobs", "1", fresh=True)) for _ in range(runs)])
        same = median([run(bench.ours(repository)) for _ in range(runs)])
        measured.append((size, written, same))
        if size > 1000:
            shutil.rmtree(repository)
    bench.say("### Growth, one process")
    rows = [
        [
            f"{size:,}",
            *(f"{usage.cpu:.2f}" for usage in pair),
            *(f"{usage.peak >> 20}" for usage in pair),
            f"{pair[0].cpu / size * 1000:.1f}",
        ]
        for size, *pair in measured
    ]
    heads = [
        "specs",
        "CPU s, all written",
        "CPU s, nothing changed",
        "peak MiB, all written",
        "peak MiB, nothing changed",
        "CPU ms for each spec written",
    ]
    bench.table(heads, rows)
    if len(measured) > 1:
        exponent = slope([(math.log(size), math.log(written.cpu)) for size, written, _ in measured[1:]])
        bench.say(f"The exponent from {sizes[1]:,} specs on, CPU of all written: {exponent:.2f} (1 is linear).", "")


def slope(points: Sequence[tuple[float, float]]) -> float:
    """The slope of the line that fits best; of one point, none."""
    if len(points) < 2:
        return math.nan
    middle = [sum(values) / len(points) for values in zip(*points, strict=True)]
    rise = sum((x - middle[0]) * (y - middle[1]) for x, y in points)
    return rise / sum((x - middle[0]) ** 2 for x, _ in points)


PARTS: dict[str, Callable[[Bench], None]] = {
    "start": start,
    "thousand": thousand,
    "growth": growth,
    "peers": comparison.side_by_side,
    "contracts": checking.contracts,
    "evaluation": checking.evaluation,
    "volume": checking.volume,
    "engine": engine.engine,
}


def write(part: str, lines: Sequence[str]) -> None:
    """The tables of a part in their place in the README."""
    begin, end = f"<!-- {part}: begin -->", f"<!-- {part}: end -->"
    before, _, rest = README.read_text("utf-8").partition(begin)
    text = "\n".join(lines).strip()
    README.write_text(f"{before}{begin}\n\n{text}\n\n{end}{rest.partition(end)[2]}", "utf-8")


def main() -> int:
    """Prints the tables; 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--only", choices=PARTS, action="append")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--largest", type=int, default=10000)
    parser.add_argument("--rows", type=int, default=100_000_000)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    place = options.folder or (IN_MEMORY if IN_MEMORY.is_dir() else None)
    with tempfile.TemporaryDirectory(prefix="lifespec-bench-", dir=place) as name:
        bench = Bench(Path(name).resolve(), options.runs, options.largest, options.rows)
        for part in options.only or PARTS:
            bench.lines = []
            PARTS[part](bench)
            where = "in memory" if place == IN_MEMORY else "on a disk"
            bench.say(
                f"Python {platform.python_version()}, {platform.system()} on {platform.machine()}, {os.cpu_count()} "
                f"processors, files {where}; medians of {options.runs} runs or more."
            )
            if options.write:
                write(part, bench.lines)
    for what in bench.missed:
        print(f"missed: {what}", file=sys.stderr)
    return 1 if bench.missed else 0


if __name__ == "__main__":
    sys.exit(main())
