"""What simulations gave, for people and programs: one module for each format, imported when asked for."""

from __future__ import annotations

from .render import FORMATS, render
from .simulated import Simulated

__all__ = ["FORMATS", "Simulated", "render"]
