"""What a command answers is held against what it was asked, and every way of answering otherwise has a code."""

from __future__ import annotations

import os
import time

import numpy as np
import pytest

from lifespec_runtime.measure.models import CommandModel, ModelError, coding, features, labels
from lifespec_runtime.measure.models.process import run
from rowsets import customers, customers_plan, rows_of
from trainers import trainer

GOOD = "pq.write_table(pa.table({'row': rows['row'], 'prediction': [True] * n, 'score': [0.25] * n}), output)"
READ = "rows = pq.read_table(config['input']); n = len(rows)\n"
PLAN = customers_plan()
TABLES = {"customers": customers(40)}


def answered(tmp_path, predict, plan=PLAN, seconds=60.0, **tables):
    rows = rows_of(plan, tmp_path, **(tables or TABLES))
    command = trainer(tmp_path, "pass", predict)
    model = CommandModel(plan, coding(plan, rows), tmp_path, command, tmp_path, seconds)
    return model.predict(features(plan, rows, np.arange(20)))


def test_answers_come_in_the_order_of_the_question(tmp_path):
    predict = READ + (
        "back = list(reversed(range(n)))\n"
        "pq.write_table(pa.table({'row': back, 'prediction': [r % 2 == 0 for r in back],"
        " 'score': [r / 100 for r in back]}), output)"
    )
    found = answered(tmp_path, predict)
    assert found.probabilities is not None
    assert found.probabilities.tolist() == [row / 100 for row in range(20)]
    assert found.classes is not None
    assert found.classes.tolist() == [1, 0] * 10
    assert found.names == ("false", "true")


def test_the_model_sees_features_and_nothing_else(tmp_path):
    predict = READ + "assert rows.column_names == ['row', 'tenure', 'plan'], rows.column_names\n" + GOOD
    assert answered(tmp_path, predict).probabilities is not None


@pytest.mark.parametrize(
    ("code", "predict"),
    [
        ("model-failed", "print('no luck'); sys.exit(3)"),
        ("model-failed", "os.kill(os.getpid(), 9)"),
        ("model-no-answer", "pass"),
        ("model-no-answer", "output.write_bytes(b'PAR1')"),
        ("model-no-answer", "output.symlink_to('/etc/passwd')"),
        ("model-no-answer", GOOD.replace("'score'", "'probability'")),
        ("model-missing-row", GOOD.replace("rows['row']", "rows['row'].slice(1)").replace("* n", "* (n - 1)")),
        ("model-repeated-row", GOOD.replace("rows['row']", "[0] * n")),
        ("model-repeated-row", GOOD.replace("rows['row']", "[*range(n), n]").replace("* n", "* (n + 1)")),
        ("model-repeated-row", GOOD.replace("rows['row']", "[*range(1, n), 10**9]")),
        ("model-wrong-type", GOOD.replace("[True]", "['yes']")),
        ("model-wrong-type", GOOD.replace("[True]", "[None]")),
        ("model-wrong-type", GOOD.replace("[0.25]", "[float('nan')]")),
        ("model-wrong-type", GOOD.replace("rows['row']", "['a'] * n")),
        ("model-wrong-score", GOOD.replace("[0.25]", "[1.5]")),
        ("model-wrong-score", GOOD.replace("[0.25]", "[-0.1]")),
        ("model-wrong-score", GOOD.replace("[0.25]", "[float('inf')]")),
    ],
)
def test_another_answer_has_a_code(tmp_path, code, predict):
    with pytest.raises(ModelError) as error:
        answered(tmp_path, READ + predict)
    assert error.value.flaw.code == code


def test_the_end_of_what_it_wrote_is_kept(tmp_path):
    with pytest.raises(ModelError) as error:
        answered(tmp_path, "print('x' * 100000); print('no luck', file=sys.stderr); sys.exit(3)")
    assert error.value.flaw.message == "it ended with exit code 3"
    assert error.value.tail.rstrip().endswith("no luck")
    assert len(error.value.tail) < 5000


def test_a_command_that_does_not_exist_is_told(tmp_path):
    rows = rows_of(PLAN, tmp_path, **TABLES)
    model = CommandModel(PLAN, coding(PLAN, rows), tmp_path, ["there-is-no-such-thing"], tmp_path)
    with pytest.raises(ModelError, match="cannot be started"):
        model.predict(features(PLAN, rows, np.arange(3)))


def test_it_is_stopped_with_all_that_it_has_started(tmp_path):
    child = "import subprocess; child = subprocess.Popen(['sleep', '300']); "
    predict = child + f"Path({str(tmp_path / 'pid')!r}).write_text(str(child.pid)); child.wait()"
    with pytest.raises(ModelError) as error:
        answered(tmp_path, predict, seconds=5)
    assert error.value.flaw.code == "model-timeout"
    pid = int((tmp_path / "pid").read_text())
    deadline = time.monotonic() + 30
    while _runs(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(pid)


def _runs(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:  # noqa: PTH123 - a pseudo file
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_it_does_not_see_the_callers_secrets(tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    monkeypatch.setenv("KUBECONFIG", "/etc/kubeconfig")
    ended = run(["env"], {"LIFESPEC_CONFIG": "here"}, tmp_path, 60, tmp_path / "log")
    seen = dict(line.split("=", 1) for line in ended.tail.splitlines() if "=" in line)
    assert ended.code == 0
    assert seen["LIFESPEC_CONFIG"] == "here"
    assert seen["PATH"] == os.environ["PATH"]
    assert not {"AWS_SECRET_ACCESS_KEY", "KUBECONFIG"} & seen.keys()


@pytest.fixture
def many():
    schema = [
        {"name": "customer_id", "logicalType": "string", "primaryKey": True},
        {"name": "tenure", "logicalType": "integer"},
        {"name": "plan", "logicalType": "string", "availableAfter": "30d"},
    ]
    return customers_plan(
        objective={"problem": "multiclassClassification"},
        data={
            "sources": [{"name": "customers", "uri": "s3://lake/customers/", "schema": schema}],
            "labels": {"column": "plan", "delay": {"p95": "30d"}},
        },
        features=["tenure"],
        evaluation={"offline": {"gates": [{"metric": "logLoss", "max": 2}]}},
    )


def classes(**scores):
    given = ", ".join(f"'score.{name}': [{value}] * n" for name, value in scores.items())
    return READ + f"pq.write_table(pa.table({{'row': rows['row'], 'prediction': ['pro'] * n, {given}}}), output)"


def test_of_several_classes_each_has_a_score(tmp_path, many):
    found = answered(tmp_path, classes(pro=0.75, basic=0.25), many)
    assert found.names == ("basic", "plus", "pro")
    assert found.probabilities is not None
    assert found.probabilities[0].tolist() == [0.25, 0.0, 0.75]
    assert found.classes is not None
    assert set(found.classes.tolist()) == {2}


@pytest.mark.parametrize(
    ("code", "predict"),
    [
        ("model-wrong-score", classes(pro=0.75, basic=0.75)),
        ("model-wrong-class", classes(pro=0.75, gold=0.25)),
        ("model-wrong-class", classes(pro=1).replace("'pro'] *", "'gold'] *")),
    ],
)
def test_scores_of_classes_are_shares_of_known_classes(tmp_path, many, code, predict):
    with pytest.raises(ModelError) as error:
        answered(tmp_path, predict, many)
    assert error.value.flaw.code == code


def test_labels_have_the_codes_of_predictions(tmp_path, many):
    rows = rows_of(many, tmp_path, customers=customers(6, plan=["pro", None, "basic", "plus", "pro", "basic"]))
    code = coding(many, rows)
    assert labels(code, rows.column("customers.plan")).tolist() == [2, -1, 0, 1, 2, 0]
