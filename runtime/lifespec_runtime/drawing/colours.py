"""The colours of all pictures and pages, in light, in dark and on paper."""

from __future__ import annotations

from importlib import resources


def colours() -> str:
    """Style rules that give every colour its name: `var(--pass)`."""
    return resources.files("lifespec_runtime.drawing").joinpath("colours.css").read_text("utf-8")
