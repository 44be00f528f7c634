"""Ledgers in files: one `LifecycleDecision` a line, and what they tell people."""
