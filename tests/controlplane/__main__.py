"""Brings the programs of the control plane, building what is missing, so that no test waits for that; lists them."""

from __future__ import annotations

import sys

from controlplane.binaries import SOURCES, find
from judges.judge import AbsentError

for name in SOURCES:
    try:
        print(f"{name}: {find(name).version}")  # noqa: T201 - the answer
    except AbsentError as reason:
        sys.exit(f"control plane absent: {reason}")
