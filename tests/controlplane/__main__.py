"""Brings the programs of the control plane, building what is missing, so that no test waits for that; lists them.

Exits with 1 where one cannot be had and `REQUIRE_JUDGES=1` asks for all.
"""

from __future__ import annotations

import os
import sys

from controlplane.binaries import PROGRAMS, find
from judges.judge import AbsentError

try:
    found = [f"  {name} {find(name).version}" for name in PROGRAMS]
except AbsentError as reason:
    sys.stdout.write(f"control plane: absent: {reason}\n")
    sys.exit(os.environ.get("REQUIRE_JUDGES") == "1")
sys.stdout.write("\n".join(["control plane:", *found]) + "\n")
