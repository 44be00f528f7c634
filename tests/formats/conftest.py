from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from lifespec_runtime.cli.app import lifespec

BAD = """\
apiVersion: lifespec.dev/v1alpha1
kind: ModelLifecycle
metadata: {name: churn, namespace: growth}
spec:
  version: 1.0.0
  owner: {team: growth, email: growth@example.com}
  objective: {problem: binaryClassification, positiveLabel: true}
  data:
    sources:
      - {name: a, uri: s3://a/, schema: [{name: plan, logicalType: string}, {name: label, logicalType: boolean}]}
    labels: {column: label}
  features: [plan]
  experiments: {candidates: [{name: boosting, image: "registry.example.com/a@sha256:DIGEST"}]}
  evaluation: {offline: {gates: [{metric: rocAuc, min: 0.8}]}}
  serving: {image: "registry.example.com/a@sha256:DIGEST", latencyBudget: 120ms}
  rollout: {steps: [{weight: 10%, hold: 4h}]}
  waivers:
    - {finding: toothless-rollback, reason: Launch week, owner: jo, expires: "2020-01-31"}
    - {finding: placeholder-digest, reason: No registry yet, owner: jo, expires: "2099-01-31"}
    - {finding: retrain-storm, reason: Not needed, owner: jo, expires: "2099-01-31"}
""".replace("DIGEST", "a" * 64)


@pytest.fixture
def repository(tmp_path, monkeypatch) -> Path:
    """A folder inside a Git repository, with a spec that has findings, a fix and a waiver."""
    (tmp_path / ".git").mkdir()
    folder = tmp_path / "models"
    (folder / "specs/churn").mkdir(parents=True)
    (folder / "specs/churn/lifecycle.yaml").write_text(BAD)
    (folder / "lifespec.yaml").write_text(
        "apiVersion: lifespec.dev/v1alpha1\nkind: LifespecProject\nspec: {targets: [docs]}\n"
    )
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def lint():
    """`lint("sarif")` is what the command says in a format, as bytes, and its exit code."""

    def run(fmt, *arguments):
        done = CliRunner().invoke(lifespec, ["lint", "--format", fmt, "--today", "2026-01-01", *arguments])
        assert isinstance(done.exception, SystemExit | None), done.exception
        return done.stdout_bytes, done.exit_code

    return run
