"""The page on evaluating says what the command takes, and names all that a spec may ask for."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import get_args

import pytest

from lifespec_runtime.cli.commands.evaluate import command
from lifespec_runtime.measure.evaluation import latency, slices
from lifespec_schema.spec.evaluation import CategoryNoise, GaussianNoise, MissingValues
from lifespec_schema.spec.experiments import ComputedBaseline

PAGE = (Path(__file__).parents[3] / "docs" / "measuring" / "evaluation.md").read_text()
LINES = [line for line in PAGE.splitlines() if line.startswith("lifespec evaluate ")]


@pytest.mark.parametrize("line", LINES)
def test_every_command_line_is_one(line: str) -> None:
    name, subcommand, *arguments = shlex.split(line, comments=True)
    assert (name, subcommand) == ("lifespec", "evaluate")
    assert command.make_context("evaluate", arguments).params["spec"] == "specs/churn/"


def test_every_baseline_and_disturbance_is_told() -> None:
    kinds = get_args(ComputedBaseline.model_fields["kind"].annotation)
    models = (GaussianNoise, MissingValues, CategoryNoise)
    disturbances = [get_args(model.model_fields["perturb"].annotation)[0] for model in models]
    assert [kind for kind in (*kinds, *disturbances, "human") if f"`{kind}`" not in PAGE] == []


def test_the_numbers_are_those_of_the_code() -> None:
    assert f"After {latency.WARM_UP} requests that do not count, up to {latency.REQUESTS} are made" in PAGE
    assert f"than {latency.PATIENCE:.0f} seconds" in PAGE
    assert f"more than {slices.MOST_VALUES} values" in PAGE
