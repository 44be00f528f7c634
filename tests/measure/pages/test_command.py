from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from lifecycles import small
from lifespec_runtime.cli.app import lifespec

ROWS = "\n".join(f"c{number},{number % 40},basic,{number % 4 == 0}" for number in range(200))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    found = tmp_path / "specs" / "churn"
    (found / ".data").mkdir(parents=True)
    (found / "lifecycle.yaml").write_text(yaml.safe_dump(small()))
    (tmp_path / "lifespec.yaml").write_text("apiVersion: lifespec.dev/v1alpha1\nkind: LifespecProject\nspec: {}\n")
    monkeypatch.chdir(tmp_path)
    return found


def test_check_data_writes_a_page_with_lines(folder):
    (folder / ".data" / "customers.csv").write_text(f"customer_id,tenure,plan,churned\n{ROWS}\n")
    done = CliRunner().invoke(lifespec, ["check-data", "specs/churn", "--html", "data.html"])
    assert done.exit_code == 0, done.output
    html = Path("data.html").read_bytes()
    assert b"The data keeps its contract" in html
    assert b"lifecycle.yaml:" in html
    assert b"\r" not in html


def test_a_page_is_written_of_data_that_fails(folder):
    (folder / ".data" / "customers.csv").write_text(f"customer_id,tenure,plan,churned\n{ROWS}\nc1,2,basic,true\n")
    done = CliRunner().invoke(lifespec, ["check-data", "specs/churn", "--html", "data.html"])
    assert done.exit_code == 1, done.output
    assert "The data does not keep its contract: 1 of" in Path("data.html").read_text("utf-8")
