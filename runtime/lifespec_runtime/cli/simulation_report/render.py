"""The way to the format that tells simulations."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Final

from .simulated import Simulated

FORMATS: Final = ("text", "json", "markdown", "mermaid")
"""The formats. Each is a module of this package with `render(simulated) -> str`."""

_MODULES: Final = {"text": "text", "json": "as_json", "markdown": "markdown", "mermaid": "mermaid"}


def render(name: str, simulated: Sequence[Simulated]) -> str:
    """Simulations in one of `FORMATS`, without a line end after the last line."""
    rendered: str = import_module(f"{__package__}.{_MODULES[name]}").render(simulated)
    return rendered
