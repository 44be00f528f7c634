"""What is committed: the examples' rules and routes, as the tools of Prometheus read them."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GENERATED = ROOT / "generated"
SPECS = sorted((ROOT / "specs").glob("*/lifecycle.yaml"))


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_promtool_finds_nothing_in_the_examples_rules(environment, judge):
    files = sorted(GENERATED.glob(f"{environment}/*/*/rules.yaml"))
    assert len(files) == len(SPECS)
    done = judge("promtool").run("check", "rules", "--lint=all", "--lint-fatal", *map(str, files))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_alertmanager_accepts_the_examples_routes(environment, judge):
    done = judge("amtool").run("check-config", str(GENERATED / environment / "alertmanager.yaml"))
    assert done.returncode == 0, done.stdout + done.stderr
