"""Where manifests go: the output folder, and the folders beside it that other systems read.

Each of them has an inventory of its own, so that a file in it is ours or not by the same rules as everywhere.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple

from lifespec_compiler.emit.files import Files
from lifespec_compiler.emit.inventory import INVENTORY
from lifespec_compiler.emit.problems import Problem, WriteError
from lifespec_compiler.manifest import CI_FOLDERS, OUTPUT, Root


class Destination(NamedTuple):
    """A folder, and all files that go into it."""

    name: str
    """What people call it: relative to the repository, or as they named it."""
    folder: str
    files: Files
    base: str = ""
    """The folder from which on the way to this one must have no links; empty where people chose the way."""

    def refuse_links(self) -> None:
        """Raise WriteError if the way from the base leads through a link: what lies behind it may be anybody's."""
        way = self.base
        for segment in self.name.split("/") if self.base else ():
            way = os.path.join(way, segment)  # noqa: PTH118 - pathlib is not on the way to compile
            if os.path.islink(way):  # noqa: PTH114
                raise WriteError(Problem("", f"is reached through the symbolic link {segment}", "put a folder there"))

    def path(self, inside: str) -> str:
        """What people call a file in it."""
        return f"{self.name}/{inside}"


def destinations(files: Mapping[Root, Files], name: str, folder: str, base: str) -> list[Destination]:
    """The output folder, and each CI folder below `base` that gets files or holds some of ours."""
    found = [Destination(name, folder, files[OUTPUT])]
    for root in CI_FOLDERS:
        place = os.path.join(base, *root.split("/"))  # noqa: PTH118 - pathlib is not on the way to compile
        if root in files or os.path.lexists(os.path.join(place, INVENTORY)):  # noqa: PTH118
            found.append(Destination(root, place, files.get(root, Files()), base))
    return found
