"""What is in an output folder, held against what is to be there: what is missing, changed, stale, or not ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from lifespec_compiler.emit.files import Content
from lifespec_compiler.emit.inventory import digest
from lifespec_compiler.emit.pieces import Whole, look, pieces
from lifespec_compiler.emit.problems import ObstacleError, Problem


class Comparison(NamedTuple):
    """Paths, and what is wrong, by what is to be done with them."""

    missing: list[str]
    differing: list[str]
    equal: list[str]
    stale: list[str]
    kept: list[Problem]
    conflicts: list[Problem]
    obstacles: list[Problem]


def compare(whole: Whole, files: Mapping[str, Content], ours: Mapping[str, str], *, force: bool) -> Comparison:
    """Look at all files, and at those of an earlier run; with `force`, edited and foreign files only differ."""
    result = Comparison([], [], [], [], [], [], [])
    out = whole.out
    for found in (found for part in whole.run(look, pieces(whole, dict.fromkeys(files))) for found in part):
        path = found.path
        if found.obstacles:
            result.obstacles.extend(found.obstacles)
        elif found.digest is None:
            result.missing.append(path)
        elif found.digest == files[path].digest:
            result.equal.append(path)
        elif force or found.digest == ours.get(path):
            result.differing.append(path)
        else:
            result.conflicts.append(_edited(path) if path in ours else _foreign(path))
    for path in sorted(ours.keys() - files.keys()):
        try:
            data = out.read(path)
        except ObstacleError as error:
            result.kept.append(Problem(path, f"is no longer produced, and {error}", "remove it by hand"))
            continue
        if data is None:
            continue
        if force or digest(data) == ours[path]:
            result.stale.append(path)
        else:
            message = "is no longer produced, and was edited since lifespec wrote it"
            result.kept.append(Problem(path, message, "remove it, or write with force"))
    return result


def within(ours: Mapping[str, str], files: Mapping[str, Content]) -> dict[str, str]:
    """What is ours of these files."""
    return {path: recorded for path, recorded in ours.items() if path in files}


def inventory_of(files: Mapping[str, Content], ours: Mapping[str, str], kept: Iterable[Problem]) -> dict[str, str]:
    """What the inventory must say: all that is produced, and what had to stay, with the digest that we once wrote."""
    inventory = {path: content.digest for path, content in files.items()}
    inventory.update((problem.path, ours[problem.path]) for problem in kept)
    return inventory


def _edited(path: str) -> Problem:
    message = "was edited since lifespec wrote it"
    return Problem(path, message, "move the edit into the spec, then remove the file or write with force")


def _foreign(path: str) -> Problem:
    message = "exists, and lifespec did not write it"
    return Problem(path, message, "move it, choose another output folder, or write with force")
