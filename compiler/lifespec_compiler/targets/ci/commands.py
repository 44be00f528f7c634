"""The commands that CI runs. They are fixed: what a spec says reaches them in environment variables, if at all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from lifespec_compiler.targets.landed import LANDED_COMMANDS

LOCK: Final = "requirements-lifespec.txt"
"""A file of the user's repository: the version of lifespec that CI installs, and all that it needs, with hashes.

It is the team's and not made here: a compiler cannot know the hash of its own package, and a newer lifespec comes into
CI by a reviewed change of this file, not by whoever compiled last.
"""

INSTALL: Final = f"python -m pip install --require-hashes --only-binary :all: --requirement {LOCK}"
"""Wheels only, each by its hash: nothing that is not in the lock is run while it is installed."""

LOCKING: Final = (
    f"It installs lifespec from {LOCK}, a lock with hashes at the repository's root, for instance by",
    f"`echo lifespec | uv pip compile - --universal --generate-hashes --output-file {LOCK}`.",
)
"""How a team makes the lock, for the head of what is generated."""

CHECK: Final = "lifespec lint"
FRESH: Final = "lifespec compile --check"

TRAINS_WITH: Final = ("run", "evaluate")
"""The commands without which CI trains nothing: a model that no gate has judged is never nominated."""

TRAINING: Final = (
    ("check-data", "Check the data", 'lifespec check-data "$SPEC" --env "$ENVIRONMENT"'),
    ("run", "Train", 'lifespec run "$SPEC" --env "$ENVIRONMENT"'),
    ("evaluate", "Hold it against the gates", 'lifespec evaluate "$SPEC" --env "$ENVIRONMENT"'),
)
"""What a training runs, in this order: the command that must have landed, what it is for, and how it is called."""

DIFF: Final = "diff"


def have_landed(commands: Iterable[str]) -> bool:
    """Whether all these commands exist, so that what is generated may call them."""
    return LANDED_COMMANDS.issuperset(commands)
