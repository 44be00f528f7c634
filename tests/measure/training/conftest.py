from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from click.testing import CliRunner

from lifecycles import small
from lifespec_runtime.cli.app import lifespec
from rowsets import CUSTOMERS, customers
from trainers import COMPLETE, script


class Project:
    """A folder with one spec, its data and its trainer."""

    def __init__(self, root: Path) -> None:
        self.root, self.folder = root, root / "specs" / "churn"
        (self.folder / ".data").mkdir(parents=True)
        pq.write_table(customers(400), self.folder / ".data" / "customers.parquet")
        project = "apiVersion: lifespec.dev/v1alpha1\nkind: LifespecProject\nspec: {}\n"
        (root / "lifespec.yaml").write_text(project)
        script(self.folder, COMPLETE)
        self.write()

    def write(self, candidate=None, select=None, tracking=None, **changes):
        """Writes the spec, with these fields of its candidate, this selection, this tracking and these sections."""
        source = {"name": "customers", "uri": "s3://lake/customers/", "schema": CUSTOMERS}
        source |= changes.pop("source", {})
        data = {"sources": [source], "labels": {"column": "churned", "delay": {"p95": "30d"}}}
        data |= changes.pop("data", {})
        made = small(**{"data": data, "features": ["plan", "tenure"], **changes})
        made["spec"]["experiments"]["candidates"][0] |= candidate or {}
        made["spec"]["experiments"] |= {"select": select} if select else {}
        made["spec"]["experiments"] |= {"tracking": tracking} if tracking else {}
        (self.folder / "lifecycle.yaml").write_text(yaml.safe_dump(made))

    def run(self, *arguments):
        """Runs a command of lifespec; anything but an exit is a failure of the test."""
        done = CliRunner().invoke(lifespec, [*map(str, arguments)], prog_name="lifespec")
        assert isinstance(done.exception, SystemExit | None), done.exception
        return done

    def train(self, *arguments):
        return self.run("train", self.folder, *arguments)

    @property
    def trained(self):
        return self.folder / ".models" / "boosting"


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Project(tmp_path)
