"""What a target returns: files to be, as values. `emit` alone turns them into bytes and puts them on disk."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, Self

Object = Mapping[str, object]
"""One JSON-like object; its keys are written in the order in which they were inserted."""

Root = Literal["output", ".github/workflows", ".gitlab/ci"]
"""A folder that manifests go into: the project's output, or, from the repository's root, one that CI reads."""

OUTPUT: Final = "output"
CI_FOLDERS: Final[tuple[Root, ...]] = (".github/workflows", ".gitlab/ci")

LONGEST_SEGMENT = 255
"""What common file systems take as one name, in bytes."""

LONGEST_PATH = 1024

_SEGMENT = re.compile(r"[A-Za-z0-9._][A-Za-z0-9._-]*")
_FORBIDDEN = (
    (re.compile(r""), "absolute, empty, or with an empty segment"),
    (re.compile(r"\.\.?"), "'.' and '..' are not names"),
    (re.compile(r".*\."), "a segment may not end in '.', which Windows drops"),
    (re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?"), "a segment is the name of a device on Windows"),
    (re.compile(r"\.git"), "Git's own folder is not an output"),
    (re.compile(r"\.lifespec-.*"), "names that begin with .lifespec- are kept for the record of what was written"),
)


class Noted(str):
    """A text with a remark for readers, which stands behind it as a comment where it is written as YAML."""

    __slots__ = ("note",)
    note: str

    def __new__(cls, text: str, note: str) -> Self:
        """The text with its note."""
        made = super().__new__(cls, text)
        made.note = note
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]  # what copies and pickles are made from
        return str(self), self.note


class ManifestError(ValueError):
    """A target made a file that must not be written; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """One output file.

    `path` is relative to the folder `root`, with `/` between its segments. `content` is one object or several (a YAML
    file of that many documents, in the given order, since the order of documents is the order in which they are
    applied), or a text that is written as it is. `header` is put above the objects as comment lines.

    Raises ManifestError if the path could leave its folder, does not exist on every common file system, or
    names objects a file that is not YAML.
    """

    path: str
    content: Object | Sequence[Object] | str
    header: tuple[str, ...] = ()
    root: Root = OUTPUT

    def __post_init__(self) -> None:
        fault = path_fault(self.path)
        if fault is None and isinstance(self.content, str):
            fault = "a text takes no header" if self.header else None
        elif fault is None and not self.path.endswith((".yaml", ".yml")):
            fault = "objects are written as YAML, so the name must end in .yaml or .yml"
        elif fault is None and not isinstance(self.content, Mapping) and not self.content:
            fault = "a file of no objects"
        if fault is not None:
            raise ManifestError(f"output path {self.path!a}: {fault}")


def path_fault(path: str) -> str | None:
    """Why `path` may not be an output path, or None if it may.

    The rules are the same on every system: what is written on one can be checked out on all others.
    """
    if len(path) > LONGEST_PATH:
        return f"longer than {LONGEST_PATH} characters"
    for segment in path.split("/"):
        fault = _segment_fault(segment)
        if fault is not None:
            return fault
    return None


@lru_cache(maxsize=4096)  # a few folders hold most files
def _segment_fault(segment: str) -> str | None:
    folded = segment.lower()
    for forbidden, reason in _FORBIDDEN:
        if forbidden.fullmatch(folded):
            return reason
    if not _SEGMENT.fullmatch(segment):
        return "a segment is made of ASCII letters, digits, '.', '_' and '-', and does not begin with '-'"
    if len(segment) > LONGEST_SEGMENT:
        return f"a segment is longer than {LONGEST_SEGMENT} characters"
    return None
