"""What was measured and what it means, for people and programs: one module for each format, imported when asked for."""

from __future__ import annotations

from .evaluated import Evaluated, Problem, located
from .render import FORMATS, exit_code, render

__all__ = ["FORMATS", "Evaluated", "Problem", "exit_code", "located", "render"]
