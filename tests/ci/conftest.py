from __future__ import annotations

from collections.abc import Callable

import pytest

from lifespec_compiler.targets.ci import commands


@pytest.fixture
def landed(monkeypatch) -> Callable[..., None]:
    """`landed(*commands)`: from now on these commands have landed, and no others."""
    return lambda *names: monkeypatch.setattr(commands, "LANDED_COMMANDS", frozenset(names))
