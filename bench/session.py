"""One run of the benchmark: where it works, and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from installation import install
from processes import Command
from repository import write_repository


class Bench:
    """One run of the benchmark: where it works, what it found, and which bars were missed."""

    def __init__(self, folder: Path, runs: int, largest: int, rows: int) -> None:
        self.folder, self.runs, self.largest, self.rows = folder, runs, largest, rows
        self._measuring: Path | None = None
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
        """`lifespec compile` in a repository; `fresh` takes away what an earlier run wrote."""
        environment = {"XDG_CACHE_HOME": str(self.folder / "cache"), "LIFESPEC_CACHE": "on" if cache else "off"}
        program = str(self.programs / "lifespec")
        prepare = (lambda: self._put_aside(repository / "generated")) if fresh else (lambda: None)
        return Command((program, "compile", *options), repository, prepare, environment)

    def _put_aside(self, folder: Path) -> None:
        """Moved, not removed: for minutes after that, ext4 makes new files slowly, since it spares freed inodes."""
        if folder.exists():
            aside = self.folder / "aside"
            aside.mkdir(exist_ok=True)
            folder.rename(aside / str(len(list(aside.iterdir()))))

    def python(self, *arguments: str) -> Command:
        """A Python program in the environment that lifespec is installed in."""
        return Command((str(self.programs / "python"), *arguments), self.folder)

    def measuring(self, *arguments: str) -> Command:
        """A Python program in an environment that has what measuring needs too; made when first asked for."""
        if self._measuring is None:
            self._measuring = install(self.folder, "examples")
        return Command((str(self._measuring / "python"), *arguments), self.folder)

    def repository(self, count: int) -> Path:
        """A repository with so many specs."""
        folder = self.folder / f"specs-{count}"
        if not folder.exists():
            write_repository(folder, count)
        return folder
