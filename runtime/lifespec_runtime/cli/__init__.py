"""The command line. A command's module is imported only when the command is called."""

from __future__ import annotations

from .app import main

__all__ = ["main"]
