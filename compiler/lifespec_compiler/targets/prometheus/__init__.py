"""Prometheus and Alertmanager: what a lifecycle is watched by, who hears of it, and what they do then.

The same rules come as a plain file and as an object of the Prometheus operator.
"""

from __future__ import annotations

from .capabilities import CAPABILITIES
from .compiling import NAME, compile, compile_shared  # noqa: A004 - a target's function has this name

__all__ = ["CAPABILITIES", "NAME", "SHARED", "compile", "compile_shared"]

SHARED: tuple[str, ...] = ("owner", "platform")
