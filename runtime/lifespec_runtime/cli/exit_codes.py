"""What an exit code means."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of every command."""

    CLEAN = 0
    """Nothing found, or nothing at or above `--fail-on`."""
    FINDINGS = 1
    """Findings at or above `--fail-on`, or generated files that are not fresh."""
    USAGE = 2
    """A wrong option, or files that cannot be read or written."""
    INTERNAL = 3
    """A bug in lifespec."""
    INTERRUPTED = 130
    """Ctrl-C, as shells have it."""
