"""Measures lifespec beside its peers and prints the tables; with --write they also go into README.md.

    python bench/bench.py [--write] [--only start|thousand|growth|peers] [--runs N] [--largest N]

Everything in a table was measured in this one run, in turn. Exits 1 when a bar is missed.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import peers
import workloads
from installation import ROOT, install
from peers import AbsentError
from processes import Command, FailedError, Usage, in_turn, median, ratio, run
from repository import write_repository

README = Path(__file__).resolve().parent / "README.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
HUNDRED = 100


class Bench:
    """One run of the benchmark: where it works, what it found, and which bars were missed."""

    def __init__(self, folder: Path, runs: int, largest: int) -> None:
        self.folder, self.runs, self.largest = folder, runs, largest
        self.programs = install(folder)
        self.lines: list[str] = []
        self.missed: list[str] = []

    def say(self, *lines: str) -> None:
        """Prints lines, and keeps them for the README."""
        print(*lines, sep="\n", flush=True)
        self.lines += lines

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table, right-aligned but for its first and last column."""
        self.say("", f"| {' | '.join(heads)} |", f"| --- |{' ---: |' * (len(heads) - 2)} --- |")
        self.say(*(f"| {' | '.join(row)} |" for row in rows), "")

    def bar(self, what: str, value: float, bound: float, *, at_least: bool = False) -> list[str]:
        """A row that holds a figure against its bar."""
        holds = value >= bound if at_least else value <= bound
        if not holds:
            self.missed.append(what)
        return [what, f"{value:.2f}", f"{'≥' if at_least else '≤'} {bound:.2f}", "holds" if holds else "**missed**"]

    def ours(self, repository: Path, *options: str, fresh: bool = False, cache: bool = True) -> Command:
        """`lifespec compile` in a repository; `fresh` removes what an earlier run wrote."""
        environment = {"XDG_CACHE_HOME": str(self.folder / "cache"), "LIFESPEC_CACHE": "on" if cache else "off"}
        program = str(self.programs / "lifespec")
        prepare = (lambda: shutil.rmtree(repository / "generated", ignore_errors=True)) if fresh else (lambda: None)
        return Command((program, "compile", *options), repository, prepare, environment)

    def python(self, *arguments: str) -> Command:
        """A Python program in the environment that lifespec is installed in."""
        return Command((str(self.programs / "python"), *arguments), self.folder)

    def repository(self, count: int) -> Path:
        """A repository with so many specs."""
        folder = self.folder / f"specs-{count}"
        if not folder.exists():
            write_repository(folder, count)
        return folder


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


Entry = tuple[str, str, Callable[[], tuple[str, Command, Command | None]]]


def side_by_side(bench: Bench) -> None:
    """One document and a hundred, beside what comparable tools do with comparable ones."""
    one, many = bench.repository(1), bench.repository(HUNDRED)
    for repository in (one, many):
        run(bench.ours(repository, fresh=True))
    lifecycles = sorted((many / "generated/production").glob("*/*"))
    charts = workloads.charts(bench.folder / "charts", lifecycles)
    schema = workloads.schema(bench.folder / "schema")
    objectives = workloads.objectives(bench.folder / "hundred-objectives", HUNDRED)
    single = next(objectives.iterdir())
    templates = workloads.templates(bench.folder / "templates", HUNDRED)
    specs = sorted(many.glob("specs/*/lifecycle.yaml"))
    out = bench.folder / "out"
    out.mkdir(exist_ok=True)

    def each(program: Path, *arguments: str, over: Sequence[Path]) -> Command:
        words = shlex.join([str(program), *arguments])
        script = f'for input in "$@"; do {words} "$input" || exit 1; done'
        return Command(("sh", "-c", script, "sh", *map(str, over)), bench.folder)

    def plain(program: Path, *arguments: str | Path, codes: frozenset[int] = frozenset({0})) -> Command:
        return Command((str(program), *map(str, arguments)), bench.folder, codes=codes)

    def kubectl() -> tuple[str, Command, Command | None]:
        peer = peers.kubectl()
        folders = [lifecycle / "apply" for lifecycle in lifecycles]
        return peer.version, plain(peer.path, "kustomize", folders[0]), each(peer.path, "kustomize", over=folders)

    def helm() -> tuple[str, Command, Command | None]:
        peer = peers.go_program("helm")
        return peer.version, plain(peer.path, "template", charts[0]), each(peer.path, "template", over=charts)

    def sloth() -> tuple[str, Command, Command | None]:
        peer = peers.go_program("sloth")
        return (
            peer.version,
            plain(peer.path, "generate", "-i", single, "-o", out / "rules.yaml"),
            plain(peer.path, "generate", "-i", objectives, "-o", out),
        )

    def kubeconform() -> tuple[str, Command, Command | None]:
        peer = peers.go_program("kubeconform")
        location = f"{schema.parent}/{{{{.ResourceKind}}}}.json"
        arguments = ("-strict", "-schema-location", location)
        return peer.version, plain(peer.path, *arguments, specs[0]), plain(peer.path, *arguments, *specs)

    def checked(
        name: str, distribution: str, *arguments: str | Path, inputs: Sequence[Path]
    ) -> tuple[str, Command, Command | None]:
        peer = peers.python_program(name, distribution)
        return peer.version, plain(peer.path, *arguments, inputs[0]), plain(peer.path, *arguments, *inputs)

    def datacontract() -> tuple[str, Command, Command | None]:
        peer = peers.python_program("datacontract", "datacontract-cli")
        return peer.version, plain(peer.path, "lint", ROOT / "specs/minimal/contracts/customers.odcs.yaml"), None

    def hera() -> tuple[str, Command, Command | None]:
        peer = peers.python_program("python", "hera")
        return peer.version, plain(peer.path, Path(__file__).parent / "peers/hera_workflow.py"), None

    def unpinned(name: str) -> tuple[str, Command, Command | None]:
        peer = peers.go_program(name)
        return peer.version, plain(peer.path), None

    entries: list[Entry] = [
        (
            "lifespec compile",
            "compiles a spec of 200 lines to 18 files",
            lambda: (
                "this",
                bench.ours(one, fresh=True, cache=False),
                bench.ours(many, "--jobs", "1", fresh=True, cache=False),
            ),
        ),
        (
            "lifespec compile, nothing changed",
            "finds that all is as it was",
            lambda: ("this", bench.ours(one), bench.ours(many)),
        ),
        (
            "lifespec lint",
            "checks the spec",
            lambda: (
                "this",
                bench.ours(one)._replace(arguments=(str(bench.programs / "lifespec"), "lint", "--quiet")),
                bench.ours(many)._replace(arguments=(str(bench.programs / "lifespec"), "lint", "--quiet")),
            ),
        ),
        ("kubectl kustomize", "joins the objects of the `apply` folder", kubectl),
        ("helm template", "renders the same objects from a chart", helm),
        ("sloth generate", "9 objectives of 195 lines to rules", sloth),
        ("kubeconform", "validates the spec against its JSON Schema", kubeconform),
        (
            "check-jsonschema",
            "the same",
            lambda: checked("check-jsonschema", "check-jsonschema", "--schemafile", schema, inputs=specs),
        ),
        (
            "yamllint",
            "checks the spec's layout",
            lambda: checked("yamllint", "yamllint", "-d", "{rules: {line-length: {max: 130}}}", inputs=specs),
        ),
        (
            "cfn-lint",
            "a CloudFormation template of 199 lines",
            lambda: checked("cfn-lint", "cfn-lint", inputs=templates),
        ),
        ("datacontract lint", "a data contract of 157 lines", datacontract),
        ("Hera", "one Argo workflow", hera),
        *((name, "its own kind of spec", lambda name=name: unpinned(name)) for name in peers.UNPINNED),
    ]
    found: dict[str, tuple[str, str, Command, Command | None]] = {}
    absent: list[list[str]] = []
    for name, work, look in entries:
        try:
            version, alone, together = look()
            run(alone)
            found[name] = (work, version, alone, together)
        except (AbsentError, FailedError) as reason:
            absent.append([name, " ".join(str(reason).split())])
    singles = dict(zip(found, in_turn([alone for _, _, alone, _ in found.values()], 3 * bench.runs), strict=True))
    several = {name: together for name, (_, _, _, together) in found.items() if together}
    hundreds = dict(zip(several, in_turn(list(several.values()), bench.runs, warmup=0), strict=True))
    bench.say("### Side by side: one document in a fresh process, and a hundred")
    rows = []
    for name, (work, version, alone, _) in found.items():
        first, more = median(singles[name]), hundreds.get(name)
        rows.append(
            [
                f"{name} {version}" if version != "this" else f"**{name}**",
                f"{first.cpu * 1000:.0f}",
                f"{first.wall * 1000:.0f}",
                f"{ratio(singles[name], singles['lifespec compile']):.2f}",
                f"{median(more).cpu:.2f}" if more else "",
                f"{ratio(more, hundreds['lifespec compile']):.2f}" if more else "",
                f"{work}: `{shown(alone, bench.folder)}`",
            ]
        )
    heads = [
        "process",
        "CPU ms, one",
        "wall ms, one",
        "CPU ÷ lifespec",
        "CPU s, 100",
        "CPU ÷ lifespec, 100",
        "what it does",
    ]
    bench.table(heads, rows)
    if absent:
        bench.say("These could not be run here:")
        bench.table(["peer", "why"], absent)


def shown(command: Command, folder: Path) -> str:
    """A command as people would type it, without this machine's folders."""
    words = [word.replace(str(folder), "…").replace(str(ROOT), ".") for word in command.arguments]
    return " ".join([Path(words[0]).name, *words[1:]]).replace("|", "\\|")


PARTS: dict[str, Callable[[Bench], None]] = {
    "start": start,
    "thousand": thousand,
    "growth": growth,
    "peers": side_by_side,
}


def main() -> int:
    """Prints the tables; 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--only", choices=PARTS, action="append")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--largest", type=int, default=10000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lifespec-bench-") as name:
        bench = Bench(Path(name).resolve(), options.runs, options.largest)
        bench.say(
            f"Python {platform.python_version()}, {platform.system()} on {platform.machine()}, {os.cpu_count()} processors; "
            f"medians of {options.runs} runs or more, in turn.",
            "",
        )
        for part in options.only or PARTS:
            PARTS[part](bench)
    if options.write:
        before, _, rest = README.read_text("utf-8").partition(BEGIN)
        text = "\n".join(bench.lines).strip()
        README.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.partition(END)[2]}", "utf-8")
    for what in bench.missed:
        print(f"missed: {what}", file=sys.stderr)
    return 1 if bench.missed else 0


if __name__ == "__main__":
    sys.exit(main())
