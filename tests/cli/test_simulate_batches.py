"""`lifespec simulate` of a model that scores tables: everything that is told of it, in every format."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree as ET

import pytest
import yaml

from cases import read_case

SERVING = {"mode": "batch", "schedule": "0 4 * * *", "output": "s3://scores/churn/", "shadowRuns": 2}
SHADOW = {"mirror": "20%", "duration": "6h", "gates": [{"metric": "disagreementRate", "max": "5%"}]}

pytestmark = pytest.mark.usefixtures("project")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A spec with batch serving, in a folder in which the command is started."""
    written = read_case("minimal").lifecycle
    spec = written["spec"]
    spec.pop("traffic", None)
    spec["evaluation"] = {"offline": {"gates": [{"metric": "rocAuc", "min": 0.8}]}, "shadow": SHADOW}
    spec["rollout"] = {"strategy": "direct", "hold": "1h"}
    spec["serving"] = {**SERVING, "image": spec["serving"]["image"]}
    (tmp_path / "specs" / "churn").mkdir(parents=True)
    (tmp_path / "specs" / "churn" / "lifecycle.yaml").write_text(yaml.safe_dump(written))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def clean(done):
    assert done.exit_code == 0, done.output
    return done.stdout


def test_what_does_not_apply_is_left_out_and_named(run):
    done = run("simulate", "specs/churn")
    shown = clean(done)
    assert done.stderr == "note: these do not apply to churn and are left out: latency, quiet-nights\n"
    assert re.search(r"^ +scenario +output +the first run +compared +failed$", shown, re.MULTILINE)
    assert re.search(r"✓ +healthy +░+█ +good, promoted after 1d 22h +2 +0$", shown, re.MULTILINE)
    assert re.search(r"✓ +failing-runs +░+ +bad, rolled back after 4d +0 +4$", shown, re.MULTILINE)
    assert re.search(r"✓ +late-runs +░+ +bad, rolled back after 4d +1 +0$", shown, re.MULTILINE)
    assert "latency" not in shown


def test_what_does_not_apply_and_is_asked_for_is_said_to_change_nothing(run):
    shown = clean(run("simulate", "specs/churn", "--scenario", "latency", "--scenario", "healthy"))
    assert re.search(r"• +latency +░+█ +does not apply to batch runs +2 +0$", shown, re.MULTILINE)
    alone = clean(run("simulate", "specs/churn", "--scenario", "quiet-nights"))
    assert "Nothing in this scenario applies" in alone
    assert "`traffic.shape` has no effect" in alone


def test_batch_runs_do_not_apply_to_a_model_that_answers_requests(run, project):
    file = project / "specs" / "churn" / "lifecycle.yaml"
    written = yaml.safe_load(file.read_text())
    written["spec"] |= {"traffic": {"rps": 5}, "serving": {"image": written["spec"]["serving"]["image"]}}
    written["spec"]["evaluation"].pop("shadow")
    file.write_text(yaml.safe_dump(written))
    shown = clean(run("simulate", "specs/churn", "--scenario", "late-runs"))
    assert "`runs` has no effect" in shown
    assert "share of" not in shown


def test_a_timeline_shows_the_runs_beside_each_other(run):
    shown = clean(run("simulate", "specs/churn", "--scenario", "failing-runs", "--runs", "3"))
    assert "None of its runs was compared with stable's. 4 runs failed." in " ".join(shown.split())
    assert re.search(r"^    output  │stable's +│$", shown, re.MULTILINE)
    assert len(re.findall("✗", next(line for line in shown.splitlines() if line.startswith(" candidate │")))) == 4
    assert len(re.findall("✓", next(line for line in shown.splitlines() if line.startswith("    stable │")))) == 4
    assert re.search(r"its batch runs that failed +4 +3$", shown, re.MULTILINE)
    assert "a run scores 10,000 rows" in shown


def test_every_format_tells_the_runs(run, project):
    chart = clean(run("simulate", "specs/churn", "--scenario", "late-runs", "--format", "mermaid"))
    assert re.search(r"section runs of candidate\n  late, 10,000 rows \(2d 12h\) :2026-11-03T04:00:00, ", chart)
    comment = clean(run("simulate", "specs/churn", "--scenario", "late-runs", "--format", "markdown"))
    assert "1 run came late" in comment
    [found] = json.loads(clean(run("simulate", "specs/churn", "--scenario", "latency", "--format", "json")))[
        "simulations"
    ]
    first = found["first"]
    assert (first["applies"], first["batches"]["compared"], len(first["batches"]["runs"])) == (False, 2, 4)
    assert first["foreign"] == ["nobody waits for a row of a batch run: `latency` has no effect"]
    assert first["asItShouldBe"] is None
    assert found["answers"]["comparedRuns"]["worst"] == 2
    clean(run("simulate", "specs/churn", "--scenario", "late-runs", "--svg", "late.svg"))
    words = [each.text for each in ET.parse(project / "late.svg").iter() if each.text]  # noqa: S314 - it is our own
    assert "late, 10,000 rows" in words
    assert any(word.startswith("whose output is used") for word in words)
    assert not any(word.startswith("share of live traffic") for word in words)


def test_the_ledger_says_why(run):
    clean(run("simulate", "specs/churn", "--scenario", "healthy", "--ledger", "churn.jsonl"))
    shown = clean(run("why", "4", "--ledger", "churn.jsonl", "--spec", "specs/churn"))
    assert "disagreementRate" in shown


def test_recorded_metrics_are_refused_with_the_place_of_the_reason(run, project):
    (project / "june.csv").write_text("time,revision,check,good,total\n")
    done = run("simulate", "specs/churn", "--trace", "june.csv")
    assert done.exit_code == 1
    assert "error[no-requests]: recorded metrics are of requests" in done.stderr
    assert "mode: batch" in done.stderr
