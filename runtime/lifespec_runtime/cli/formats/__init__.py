"""What other programs read of the findings: one module for each format, imported when it is asked for."""

from __future__ import annotations

from .report import FORMATS, Report, located, render

__all__ = ["FORMATS", "Report", "located", "render"]
