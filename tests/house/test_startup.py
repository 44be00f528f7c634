from __future__ import annotations

import importlib.metadata
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# What site-packages loads before the first line (finders of editable installs and the like) is not counted.
PROBE = """
import json, sys
before = set(sys.modules)
try:
    exec(sys.argv[1])
except SystemExit as end:
    assert not end.code, end.code
print(json.dumps(sorted(set(sys.modules) - before)), file=sys.stderr)
"""

# Each costs milliseconds at start-up and has a lighter way: pydantic_core for pydantic, and so on.
HEAVY = {"asyncio", "email", "http", "multiprocessing", "pydantic", "unittest", "urllib.request", "xml"}


def loaded(statement: str) -> set[str]:
    """Return the modules that a statement loads in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, statement], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


def core_packages() -> set[str]:
    """Return the import names of lifespec's required dependencies, transitively, without extras."""
    wanted, closed = ["lifespec"], set()
    while wanted:
        name = wanted.pop()
        if name in closed:
            continue
        closed.add(name)
        requirements = importlib.metadata.requires(name) or []
        wanted += [normal(line) for line in requirements if "extra ==" not in line and "sys_platform" not in line]
    provided = importlib.metadata.packages_distributions()
    return {package for package, owners in provided.items() if closed & {normal(owner) for owner in owners}}


def normal(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found, requirement
    return re.sub(r"[-_.]+", "-", found[0]).lower()


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("import lifespec_schema", id="importing the schema"),
        pytest.param("import lifespec_compiler", id="importing the compiler"),
        pytest.param("import lifespec_runtime.cli", id="importing the command line"),
        pytest.param("from lifespec_runtime.cli import main; sys.argv[1:] = ['--help']; main()", id="help"),
        pytest.param("from lifespec_runtime.cli import main; sys.argv[1:] = ['lint', 'specs/']; main()", id="lint"),
        pytest.param(
            "from lifespec_runtime.cli import main; sys.argv[1:] = ['compile', 'specs/', '--check']; main()",
            id="compile",
        ),
    ],
)
class TestStartUp:
    def test_loads_nothing_but_the_required_dependencies(self, statement):
        names = {name.partition(".")[0] for name in loaded(statement)} - sys.stdlib_module_names
        foreign = {name for name in names if "cython" not in name}  # PyYAML's extension makes such modules up
        assert foreign - core_packages() - {"lifespec_schema", "lifespec_compiler", "lifespec_runtime"} == set()

    def test_loads_nothing_heavy(self, statement):
        assert loaded(statement) & HEAVY == set()
