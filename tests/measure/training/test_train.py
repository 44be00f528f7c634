from __future__ import annotations

import json
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lifespec_runtime.measure.profile import summary
from rowsets import customers
from trainers import WRITES_A_MODEL, trainer

SEARCH = {"method": "grid", "trials": 4, "space": {"depth": {"kind": "choice", "choices": [1, 2, 3, 4]}}}
ANSWERS = """
rows = pq.read_table(config["input"])
score = [0.3 if plan == "pro" else 0.2 for plan in rows["plan"].to_pylist()]
pq.write_table(pa.table({"row": rows["row"], "prediction": [False] * len(rows), "score": score}), output)
"""


def leftovers(project):
    models = project.folder / ".models"
    return sorted(path.name for path in models.iterdir()) if models.exists() else []


def test_the_trainer_of_the_documentation_trains(project):
    done = project.train()
    assert done.exit_code == 0, done.output
    assert "customers: specs/churn/.data/customers.parquet (a copy)" in done.stdout
    assert "trainer: python train.py (beside the spec; --command runs another)" in done.stdout
    assert "best of 1: rocAuc" in done.stdout
    assert "lifespec evaluate" in done.stdout
    kept = sorted(path.name for path in project.trained.iterdir())
    assert kept == ["metadata.json", "model", "profile.json", "snapshot.json", "train.log", "training.json"]
    assert leftovers(project) == ["boosting"]


def test_the_same_training_leaves_the_same_bytes(project, tmp_path):
    def trained(name):
        assert project.train("--out", tmp_path / name).exit_code == 0
        return {
            str(path.relative_to(tmp_path / name)): path.read_bytes()
            for path in sorted((tmp_path / name).rglob("*"))
            if path.is_file()
        }

    assert trained("one") == trained("two")


def test_training_again_replaces_the_folder_as_a_whole(project):
    project.train()
    (project.trained / "model" / "old").write_text("old")
    assert project.train().exit_code == 0
    assert not (project.trained / "model" / "old").exists()


def test_json_is_the_record(project):
    done = project.train("--format", "json")
    found = json.loads(done.stdout)
    assert found["model"].startswith("sha256:")
    assert found["command"] is None
    assert found["select"]["metric"] == "rocAuc"
    assert [trial["error"] for trial in found["trials"]] == [None]


def test_another_command_may_train(project):
    (project.folder / "train.py").rename(project.folder / "learn.py")
    done = project.train()
    assert done.exit_code == 2
    assert "error[trainer-no-command]" in done.stderr
    done = project.train("--command", f"{sys.executable} learn.py", "--format", "json")
    assert json.loads(done.stdout)["command"] == [sys.executable, "learn.py"]


COPIES = """
(output / "model").mkdir()
found = {name: pq.read_table(Path(config["input"]) / name).to_pylist() for name in sorted(os.listdir(config["input"]))}
(output / "model" / "seen.json").write_text(json.dumps({"rows": found, "config": config}, default=str))
(output / "metadata.json").write_text('{"format": "pickle"}')
"""


def test_a_trainer_sees_train_and_validation_and_no_more(project):
    table = customers(400, tenure=list(range(400)))
    pq.write_table(table, project.folder / ".data" / "customers.parquet")
    trainer(project.folder, COPIES, ANSWERS)
    done = project.train()
    assert done.exit_code == 0, done.output
    seen = json.loads((project.trained / "model" / "seen.json").read_text())
    sizes = json.loads((project.trained / "snapshot.json").read_text())["rows"]
    assert sorted(seen["rows"]) == ["train.parquet", "validation.parquet"]
    learnt = {row["tenure"] for row in seen["rows"]["train.parquet"]}
    chosen = {row["tenure"] for row in seen["rows"]["validation.parquet"]}
    assert (len(learnt), len(chosen)) == (sizes["train"], sizes["validation"])
    assert not learnt & chosen
    assert sizes["test"] == 400 - len(learnt | chosen) > 0
    assert set(seen["rows"]["train.parquet"][0]) == {"plan", "tenure", "churned"}
    assert seen["config"]["label"] == {"name": "churned", "type": "boolean", "positive": True}


@pytest.mark.parametrize(
    ("code", "train"),
    [
        ("trainer-failed", "print('\\x1b[31mno luck'); sys.exit(3)"),
        ("trainer-failed", "raise ValueError('no luck')"),
        ("trainer-no-model", "pass"),
        ("trainer-no-model", "(output / 'model').mkdir()"),
        ("trainer-no-model", WRITES_A_MODEL + "(output / 'model' / 'link').symlink_to('/etc/passwd')"),
        ("trainer-no-model", WRITES_A_MODEL + "os.mkfifo(output / 'model' / 'pipe')"),
        ("trainer-no-metadata", WRITES_A_MODEL + "(output / 'metadata.json').unlink()"),
        ("trainer-no-metadata", WRITES_A_MODEL + "(output / 'metadata.json').write_text('[1]')"),
        ("trainer-no-metadata", WRITES_A_MODEL + "(output / 'metadata.json').write_text('{')"),
        ("trainer-no-metadata", WRITES_A_MODEL + "(output / 'metadata.json').write_text('{\"format\": \"zip\"}')"),
        ("model-failed", WRITES_A_MODEL),
    ],
)
def test_a_trainer_that_fails_leaves_nothing(project, code, train):
    trainer(project.folder, train)
    done = project.train()
    assert done.exit_code == 1
    assert f"error[{code}]" in done.stderr
    assert "Traceback" not in done.stdout
    assert "\x1b[31mno" not in done.output
    assert leftovers(project) == []


def test_the_last_lines_of_a_trainer_are_shown_escaped(project):
    trainer(project.folder, "print('\\x1b]0;owned\\x07no luck', flush=True); sys.exit(3)")
    done = project.train()
    assert "no luck" in done.stderr
    assert "\x1b]" not in done.stderr


def test_a_trainer_is_stopped_at_its_timebox(project):
    project.write({"timebox": "2s"})
    trainer(project.folder, "import time; print('began', flush=True); time.sleep(300)")
    done = project.train()
    assert done.exit_code == 1
    assert "error[trainer-timeout]" in done.stderr
    assert "it was stopped at its timebox, after 2 seconds" in done.stderr


def test_a_failure_leaves_an_older_model_as_it_was(project):
    project.train()
    before = (project.trained / "training.json").read_bytes()
    trainer(project.folder, "sys.exit(1)")
    assert project.train().exit_code == 1
    assert (project.trained / "training.json").read_bytes() == before
    assert leftovers(project) == ["boosting"]


def test_a_folder_that_somebody_else_made_is_left_alone(project, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    done = project.train("--out", tmp_path / "mine")
    assert done.exit_code == 2
    assert "error[trainer-exists]" in done.stderr
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"


GUESSES = """
rows = pq.read_table(config["input"])
depth = json.loads((Path(config["model"]) / "weights").read_text())["depth"]
truth = {"basic": 1, "plus": 2, "pro": 3}
score = [0.5 + (0.1 if truth[plan] == depth else 0) for plan in rows["plan"].to_pylist()]
pq.write_table(pa.table({"row": rows["row"], "prediction": [False] * len(rows), "score": score}), output)
"""


def marked(project):
    """Data in which customers of the plan `plus` leave, so that the trial with depth 2 must win."""
    table = customers(600)
    churned = [plan == "plus" for plan in table["plan"].to_pylist()]
    pq.write_table(customers(600, churned=churned), project.folder / ".data" / "customers.parquet")
    trainer(project.folder, WRITES_A_MODEL, GUESSES)


def test_the_best_trial_wins(project):
    project.write({"search": SEARCH, "parameters": {"kind": "trees"}})
    marked(project)
    done = project.train()
    assert done.exit_code == 0, done.output
    record = json.loads((project.trained / "training.json").read_text())
    assert record["parameters"] == {"kind": "trees", "depth": 2}
    assert record["select"] == {"metric": "rocAuc", "value": 1.0, "folds": None}
    assert [trial["number"] for trial in record["trials"]] == [1, 2, 3, 4]
    assert json.loads((project.trained / "model" / "weights").read_text()) == {"kind": "trees", "depth": 2}


def test_no_more_trials_than_asked_for(project):
    project.write({"search": SEARCH})
    marked(project)
    done = project.train("--trials", "2", "--format", "json")
    assert len(json.loads(done.stdout)["trials"]) == 2


def test_a_trial_that_fails_is_left_out(project):
    project.write({"search": {**SEARCH, "parallel": 4}})
    marked(project)
    fails = "if config['parameters']['depth'] == 1: sys.exit('too shallow')"
    trainer(project.folder, fails + WRITES_A_MODEL, GUESSES)
    done = project.train()
    assert done.exit_code == 0, done.output
    assert "error[trainer-failed]" in done.stderr
    assert "too shallow" in done.stderr
    assert "best of 4: rocAuc 1 on validation; 1 failed" in done.stdout


def test_folds_choose_and_the_model_learns_from_all_of_train(project):
    project.write({"search": SEARCH}, select={"metric": "rocAuc", "crossValidation": {"folds": 3}})
    marked(project)
    size = "\n(output / 'model' / 'rows').write_text(str(len(pq.read_table(Path(config['input']) / 'train.parquet'))))"
    trainer(project.folder, WRITES_A_MODEL + size, GUESSES)
    done = project.train()
    assert done.exit_code == 0, done.output
    assert "rocAuc 1 mean of 3 folds" in done.stdout
    sizes = json.loads((project.trained / "snapshot.json").read_text())["rows"]
    assert int((project.trained / "model" / "rows").read_text()) == sizes["train"]


def test_bad_data_trains_nothing(project):
    (project.folder / ".data" / "customers.parquet").write_bytes(b"PAR1")
    done = project.train()
    assert done.exit_code == 1
    assert "error[data-corrupt]" in done.stderr
    assert leftovers(project) == []


def test_data_that_is_not_there_is_a_matter_of_the_call(project, tmp_path):
    done = project.train("--data", tmp_path / "gone.parquet")
    assert done.exit_code == 2
    assert "error[data-no-such-file]" in done.stderr


def test_more_than_two_classes_are_not_two(project):
    schema = [{"name": "customer_id", "logicalType": "string", "primaryKey": True}]
    schema += [{"name": "tenure", "logicalType": "integer"}]
    schema += [{"name": "plan", "logicalType": "string", "availableAfter": "30d"}]
    project.write(
        source={"schema": schema},
        data={"labels": {"column": "plan", "delay": {"p95": "30d"}}},
        features=["tenure"],
        objective={"problem": "binaryClassification", "positiveLabel": "pro"},
    )
    done = project.train()
    assert done.exit_code == 1
    assert "error[data-wrong-labels]" in done.stderr


def test_split_writes_what_a_trainer_may_see(project, tmp_path):
    done = project.run("split", project.folder, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["profile.json", "snapshot.json", "train.parquet", "validation.parquet"]
    sizes = json.loads((tmp_path / "out" / "snapshot.json").read_text())["rows"]
    profile = summary.from_json(json.loads((tmp_path / "out" / "profile.json").read_text()))
    assert profile.rows == sizes["train"] == pq.read_metadata(tmp_path / "out" / "train.parquet").num_rows
    assert set(profile.columns) == {"plan", "tenure", "customers.churned", "customers.customer_id"}


def test_the_order_of_the_rows_does_not_reach_a_trainer(project, tmp_path):
    def written(name, table):
        pq.write_table(table, project.folder / ".data" / "customers.parquet")
        assert project.run("split", project.folder, "--out", tmp_path / name).exit_code == 0
        return [(tmp_path / name / file).read_bytes() for file in ("train.parquet", "validation.parquet")]

    table = customers(500)
    assert written("one", table) == written("two", table.take(pa.array(list(reversed(range(500))))))


@pytest.mark.parametrize("action", ["report", "drop", "clip"])
def test_outliers_are_treated_in_train_only(project, tmp_path, action):
    rule = {"column": "tenure", "method": "iqr", "action": action}
    project.write(source={"outliers": [rule]})
    tenure = [10_000 if place % 10 == 0 else place % 50 for place in range(400)]
    pq.write_table(customers(400, tenure=tenure), project.folder / ".data" / "customers.parquet")
    assert project.run("split", project.folder, "--out", tmp_path / "out").exit_code == 0
    train, validation = (
        pq.read_table(tmp_path / "out" / f"{name}.parquet")["tenure"].to_pylist() for name in ("train", "validation")
    )
    sizes = json.loads((tmp_path / "out" / "snapshot.json").read_text())["rows"]
    assert max(validation) == 10_000
    assert (max(train) == 10_000) == (action == "report")
    assert (len(train) < sizes["train"]) == (action == "drop")
    if action == "clip":
        assert 49 < max(train) < 200
