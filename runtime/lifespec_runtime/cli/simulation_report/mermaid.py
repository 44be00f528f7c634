"""Simulations as Mermaid charts, one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from lifespec_runtime.simulation.mermaid import gantt

from .simulated import Simulated


def render(simulated: Sequence[Simulated]) -> str:
    """The charts; several are in fences, as a page of Markdown has them."""
    charts = [gantt(each.story) for each in simulated]
    return charts[0] if len(charts) == 1 else "\n\n".join(f"```mermaid\n{chart}\n```" for chart in charts)
