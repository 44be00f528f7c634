"""The way to the format that tells a judged run."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from lifespec_runtime.cli.exit_codes import ExitCode

from .evaluated import Evaluated

FORMATS: Final = ("text", "json", "junit", "markdown", "github")
"""The formats. Each is a module of this package with `render(evaluated) -> str`, the same for the same values."""

_MODULES: Final = {"text": "text", "json": "as_json", "junit": "junit", "markdown": "markdown", "github": "github"}


def render(name: str, evaluated: Evaluated) -> str:
    """The run in one of `FORMATS`, without a line end after the last line."""
    rendered: str = import_module(f"{__package__}.{_MODULES[name]}").render(evaluated)
    return rendered


def exit_code(evaluated: Evaluated) -> ExitCode:
    """0 only for a run in which everything that counts passed, and nothing was in the way."""
    if evaluated.problems:
        return ExitCode.FINDINGS
    return ExitCode.CLEAN if evaluated.least is None or evaluated.outcome == "Pass" else ExitCode.FINDINGS
