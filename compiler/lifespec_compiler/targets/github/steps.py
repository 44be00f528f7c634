"""Jobs and steps that several workflows have."""

from __future__ import annotations

from typing import Any

from lifespec_compiler.manifest import Noted
from lifespec_compiler.targets.ci.commands import INSTALL

from .actions import CHECKOUT, PYTHON, RUNNER, SETUP_PYTHON

Json = dict[str, Any]

READ = {"contents": Noted("read", "to check the sources out")}
SHELL = {"run": {"shell": "bash"}}  # named, so that a failure inside a pipe is one


def job(name: str, minutes: int, permissions: Json, steps: list[Json], **more: Any) -> Json:
    """A job with exactly these permissions that is stopped after so many minutes."""
    head = {"name": name, **more, "runs-on": RUNNER, "timeout-minutes": minutes, "permissions": permissions}
    return {**head, "steps": steps}


def checkout(**options: Any) -> Json:
    """The sources, without leaving the token where later steps could read it."""
    return {"name": "Check out", "uses": CHECKOUT, "with": {"persist-credentials": False, **options}}


def installed() -> list[Json]:
    """Python, and lifespec from the repository's lock."""
    return [
        {"name": "Set up Python", "uses": SETUP_PYTHON, "with": {"python-version": PYTHON}},
        {"name": "Install lifespec", "id": "install", "run": INSTALL},
    ]
