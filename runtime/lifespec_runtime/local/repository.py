"""Where in its Git repository a folder lies."""

from __future__ import annotations

from pathlib import Path


def folder_in_repository(folder: Path) -> str:
    """The way from the repository's root to the folder, with a slash at its end; empty at the root, and outside of any.

    What reads a report looks for files from the repository's root on, wherever the project file is.
    """
    start = folder.absolute()
    for candidate in (start, *start.parents):
        if (candidate / ".git").exists():
            inside = start.relative_to(candidate).as_posix()
            return "" if inside == "." else f"{inside}/"
    return ""
