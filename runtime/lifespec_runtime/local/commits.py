"""Which commit brought a text into a folder of the repository."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Final, NamedTuple

LONGEST: Final = 60.0
"""Seconds for one question to Git."""


class Commit(NamedTuple):
    """A commit as people look for it."""

    id: str
    """The whole hash."""
    at: str
    """When it was committed, as ISO 8601."""
    subject: str
    """The first line of its message; it may hold anything."""


class UnknownCommitError(Exception):
    """Git does not say it; the message says why."""


def introduced(text: str, root: Path, folder: str) -> Commit:
    """The commit of this branch that first had the text in the folder. Raises UnknownCommitError."""
    if _git(root, "rev-parse", "--is-shallow-repository").strip() == "true":
        raise UnknownCommitError("the clone is shallow: `git fetch --unshallow` brings the history")
    told = _git(root, "log", "--no-ext-diff", "--no-textconv", "--format=%H%x00%cI%x00%s", f"-S{text}", "--", folder)
    lines = told.removesuffix("\n").split("\n")
    if lines == [""]:
        raise UnknownCommitError(f"no commit of this branch brought it into {folder}")
    commit, at, subject = lines[-1].split("\0", 2)
    return Commit(commit, at, subject)


def _git(root: Path, *arguments: str) -> str:
    command = ("git", "--no-pager", "-C", str(root), *arguments)
    try:
        done = subprocess.run(  # noqa: S603 - no shell; the text is a digest
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=LONGEST, check=False
        )
    except FileNotFoundError as error:
        raise UnknownCommitError("Git is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise UnknownCommitError(f"Git took longer than {LONGEST:.0f} s") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise UnknownCommitError(said[0].removeprefix("fatal: ") if said else "Git failed")
    return done.stdout.decode("utf-8", "replace")
