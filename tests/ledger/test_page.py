"""What docs/deciding/ledger.md shows is what happens; `pytest --update` rewrites it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

PAGE = "docs/deciding/ledger.md"


def test_every_command_of_the_page_prints_what_it_says(checkout, pytestconfig, golden):
    page = pytestconfig.rootpath / PAGE
    path = os.pathsep.join((sysconfig.get_path("scripts"), str(Path(sys.executable).parent), os.environ["PATH"]))
    environment = {**os.environ, "PATH": path, "NO_COLOR": "1", "GIT_CEILING_DIRECTORIES": "/"}

    def shown(block: re.Match[str]) -> str:
        lines = []
        for command in re.findall(r"^\$ (.*)$", block[1], re.MULTILINE):
            shell = ("sh", "-c", command)
            done = subprocess.run(
                shell, cwd=checkout, env=environment, capture_output=True, encoding="utf-8", check=False
            )
            assert done.returncode == 0, done.stderr
            lines.append(f"$ {command}\n{done.stdout}{done.stderr}")
        return f"```console\n{''.join(lines)}```"

    written = page.read_text("utf-8")
    assert written.count("```console") == 4
    golden(page).check(re.sub(r"^```console\n(.*?)^```$", shown, written, flags=re.DOTALL | re.MULTILINE))
