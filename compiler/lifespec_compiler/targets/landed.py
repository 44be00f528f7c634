"""Which commands exist already. What would call another one is not emitted, and counts as pending."""

from __future__ import annotations

AGENT = "lifespec-agent"
"""The agent's own script; all other names are subcommands of `lifespec`."""

LANDED_COMMANDS: frozenset[str] = frozenset({"check-data", "evaluate", "split", "store"})
"""The commands that generated manifests may call."""
