from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from markdown_it import MarkdownIt

from goldens import ROOT
from lifespec_compiler.targets import TARGETS, docs

CASES = sorted(folder.name for folder in (ROOT / "model-card").iterdir())
SECTIONS = [
    "Lifecycle",
    "Model details",
    "Intended use",
    "Factors",
    "Metrics",
    "Training data",
    "Evaluation",
    "Ethical considerations",
    "Rollout",
    "Monitoring",
    "Retraining",
    "Caveats",
    "Provenance",
]


@pytest.mark.parametrize("case", CASES)
def test_the_cards_of_a_case_are_the_expected_ones(case, documents, plans, golden):
    for plan in plans(documents(case)):
        [manifest] = docs.compile(plan)
        assert manifest.path == f"{plan.environment}/{plan.namespace}/{plan.name}/README.md"
        golden(Path("model-card") / case / f"{plan.environment}.md").check(manifest.content)


@pytest.mark.parametrize("case", CASES)
def test_a_card_has_every_section_in_order(case, planned, card):
    assert re.findall(r"^## (.*)$", card(planned(case=case)), re.MULTILINE) == SECTIONS


@pytest.mark.parametrize("case", CASES)
def test_a_table_has_as_many_cells_in_each_row_as_in_its_head(case, planned, card):
    tokens = MarkdownIt("commonmark").enable("table").parse(card(planned(case=case)))
    rows = [token.map[0] for token in tokens if token.type == "tr_open" and token.map]
    lines = card(planned(case=case)).splitlines()
    assert len(rows) == sum(line.startswith("| ") and not line.startswith("| ---") for line in lines)


@pytest.mark.parametrize("case", CASES)
def test_the_front_matter_is_yaml_that_the_hub_reads(case, planned, card):
    front = yaml.safe_load(card(planned(case=case)).split("---\n")[1])
    assert set(front) <= {"pipeline_tag", "tags"}
    assert "lifespec" in front["tags"]
    assert all(isinstance(tag, str) for tag in front["tags"])


@pytest.mark.parametrize(
    ("problem", "pipeline"),
    [
        ("binaryClassification", "tabular-classification"),
        ("multiclassClassification", "tabular-classification"),
        ("regression", "tabular-regression"),
        ("forecasting", "time-series-forecasting"),
        ("ranking", None),
    ],
)
def test_a_problem_is_named_as_the_hub_names_its_task(problem, pipeline, planned, card):
    objective = {"problem": problem, **({"query": "price"} if problem == "ranking" else {})}
    made = card(planned(lambda spec: spec.update(objective=objective), "small"))
    assert yaml.safe_load(made.split("---\n")[1]).get("pipeline_tag") == pipeline


def test_the_target_is_registered_and_shares_nothing():
    assert TARGETS["docs"] is docs
    assert docs.compile_shared([]) == []


def test_the_same_plan_gives_the_same_card(planned, card):
    assert card(planned()) == card(planned())


def test_an_absolute_difference_is_never_shown_in_per_cent(planned, card):
    assert "at most 0.01 worse than stable" in card(planned())
    assert "at most 2% worse than undisturbed, relatively" in card(planned())
