"""`python -m judges`: bring what can be brought, list all; with `REQUIRE_JUDGES=1`, exit 1 when one is absent."""

from __future__ import annotations

import os
import sys

from judges.judge import AbsentError
from judges.registry import JUDGES, look, report

sys.stdout.write("\n".join(["judges:", *(f"  {line}" for line in report())]) + "\n")
absent = any(isinstance(look(name), AbsentError) for name in JUDGES)
sys.exit(absent and os.environ.get("REQUIRE_JUDGES") == "1")
