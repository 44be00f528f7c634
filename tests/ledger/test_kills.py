"""A run of the engine on files, killed at any moment and begun again, comes to the same end.

LEDGER_KILLS says how many times.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

DEFAULT = 20
KILLS = int(os.environ.get("LEDGER_KILLS") or DEFAULT)


def test_whenever_it_is_killed_it_comes_to_the_same_end_and_no_entry_is_torn(pytestconfig, tmp_path):
    tests = pytestconfig.rootpath / "tests"
    command = (sys.executable, str(tests / "ledger_killed.py"), "--kills", str(KILLS), "--folder", str(tmp_path))
    environment = {**os.environ, "PYTHONPATH": str(tests)}
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["kills"] == KILLS
    assert told["different"] == 0
    assert told["torn"] == 0
    assert {"nominate", "advance", "rollBack", "train", "finish"} <= set(told["kinds"])
    assert all(told["hit"].values()), told["hit"]
    assert told["recovered"] > 0
    size = f"{told['seconds']} s of CPU, {told['places']} places"
    print(f"{KILLS} kills in {told['runs']} runs of {size} each: {told['hit']}")  # noqa: T201 - with -s
    print(f"{told['recovered']} torn lines cut off, {told['entries']} entries at every end")  # noqa: T201
