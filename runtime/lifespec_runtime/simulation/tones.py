"""Whether something went well: the colours of all pictures."""

from __future__ import annotations

from typing import Final, Literal

from lifespec_compiler.engine.values import Phase

Tone = Literal["pass", "fail", "wait", "plain"]

PHASES: Final[dict[Phase, Tone]] = {
    "Done": "pass",
    "RollingBack": "fail",
    "RolledBack": "fail",
    "Rejected": "fail",
    "Held": "wait",
    "Suppressed": "wait",
}
"""Those of the phases that are not `plain`."""
