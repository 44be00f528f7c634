"""`lifespec evaluate`, whole: with a model that is a command, with a server, with files of predictions good and bad."""

from __future__ import annotations

import json
import math
import random
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from sklearn import metrics

from evaluating import customers, pd
from lifecycles import small
from lifespec_runtime.cli.app import lifespec
from lifespec_schema.records.report import LifecycleReport

sklearn: Any = metrics

PREDICT = """
import json, os, sys
import numpy as np, pandas as pd

config = json.load(open(os.environ["LIFESPEC_CONFIG"]))
if config["task"] != "predict":
    sys.exit(3)
rows = pd.read_parquet(config["input"])
odds = 1.0 - 0.055 * rows["tenure"].fillna(36) + 0.7 * (rows["plan"] == "basic")
score = 1 / (1 + np.exp(-odds))
answer = pd.DataFrame({"row": rows["row"], "prediction": score >= 0.5, "score": score})
answer.sample(frac=1, random_state=1).to_parquet(config["output"], index=False)
"""
OFFLINE = {
    "gates": [
        {"metric": "rocAuc", "min": 0.7},
        {"metric": "rocAuc", "against": "stable", "maxRegression": 0.05},
        {"metric": "accuracy", "min": 0.5, "slices": ["plan"], "minSliceRows": 20},
    ],
    "robustness": [
        {"perturb": "missingValues", "share": 0.2, "features": "all", "metric": "rocAuc", "maxRegression": 0.3}
    ],
}
SCHEMA = [
    {"name": "id", "logicalType": "string", "primaryKey": True},
    {"name": "tenure", "logicalType": "integer"},
    {"name": "plan", "logicalType": "string"},
    {"name": "charges", "logicalType": "number"},
    {"name": "age", "logicalType": "string"},
    {"name": "churned", "logicalType": "boolean"},
]


def scores(frame: Any) -> Any:
    odds = 1.0 - 0.055 * frame["tenure"] + 0.7 * (frame["plan"] == "basic")
    return odds.map(lambda value: 1 / (1 + math.exp(-value)))


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a spec with its data and a script that predicts."""
    folder = tmp_path / "specs" / "churn"
    (folder / ".data").mkdir(parents=True)
    (folder / "model").mkdir()
    customers(1500).to_csv(folder / ".data" / "customers.csv", index=False)
    write(folder)
    (folder / "train.py").write_text(PREDICT)
    (tmp_path / "lifespec.yaml").write_text("apiVersion: lifespec.dev/v1alpha1\nkind: LifespecProject\nspec: {}\n")
    monkeypatch.chdir(tmp_path)
    return folder


def write(folder: Path, offline: dict[str, Any] | None = None, **more: Any) -> None:
    source = {"name": "customers", "uri": "s3://lake/customers/", "format": "parquet", "schema": SCHEMA}
    document = small(
        data={"sources": [source], "labels": {"column": "churned"}},
        features=["tenure", "plan"],
        evaluation={"offline": offline or OFFLINE, **more},
        monitoring=None,
        retraining=None,
    )
    (folder / "lifecycle.yaml").write_text(yaml.safe_dump(document))


@pytest.fixture
def model(spec: Path) -> Path:
    """What a trainer leaves."""
    folder = spec / ".models" / "boosting"
    (folder / "model").mkdir(parents=True)
    (folder / "model" / "weights").write_text("0.055")
    (folder / "metadata.json").write_text("{}")
    return folder


def run(*arguments: object) -> Any:
    done = CliRunner().invoke(lifespec, ["evaluate", *map(str, arguments)], prog_name="lifespec")
    assert isinstance(done.exception, SystemExit | None), done.exception
    return done


def answer(*arguments: object) -> tuple[int, dict[str, Any]]:
    done = run(*arguments, "--format", "json")
    return done.exit_code, json.loads(done.stdout, parse_constant=pytest.fail)


def table() -> Any:
    """Right predictions for all rows."""
    frame = customers(1500)
    return pd.DataFrame({"id": frame["id"], "score": scores(frame), "prediction": scores(frame) >= 0.5})


def split_of(folder: Path, name: str) -> list[int]:
    """The rows of a split."""
    from lifespec_runtime.cli.data_places import places
    from lifespec_runtime.cli.one_plan import one_plan
    from lifespec_runtime.measure.rows import read_rows
    from lifespec_runtime.measure.splits import split

    chosen = one_plan(str(folder), None)
    divided = split(chosen.plan, read_rows(chosen.plan, places(chosen, ())))
    return list(getattr(divided, name))


def test_a_trained_model_is_found_asked_and_judged(spec: Path, model: Path, tmp_path: Path) -> None:
    report, page = tmp_path / "report.json", tmp_path / "page.html"
    done = run(spec, "--report", report, "--html", page)
    assert done.exit_code == 0, done.output
    assert "model: specs/churn/.models/boosting" in done.stderr
    assert "there is no stable model to compare with" in done.stdout
    written = LifecycleReport.model_validate(json.loads(report.read_text()))
    test = customers(1500).iloc[split_of(spec, "test")]
    first = written.spec.measurements[0]
    assert (first.check, first.samples) == ("rocAuc", len(test))
    assert first.value == pytest.approx(sklearn.roc_auc_score(test["churned"], scores(test)))
    assert written.spec.revision is not None
    assert {one.check for one in written.spec.measurements} == {
        "rocAuc",
        "rocAuc-against-stable",
        "accuracy-by-plan",
        "rocAuc-under-missingValues",
    }
    assert model.name
    assert page.read_text().startswith("<!DOCTYPE html>")


def test_stable_may_be_a_model_or_predictions(spec: Path, model: Path, tmp_path: Path) -> None:
    other = table()
    other["score"] = other["score"].rank() / 3000
    other.to_parquet(tmp_path / "stable.parquet")
    for against in (tmp_path / "stable.parquet", f"stable={model}"):
        done = run(spec, "--against", against)
        assert done.exit_code == 0, done.output
        assert "rocAuc-against-stable" in done.stdout
        assert "skipped" not in done.stdout


def test_the_report_names_the_stable_revision_that_it_is_told(spec: Path, model: Path, tmp_path: Path) -> None:
    table().to_parquet(tmp_path / "stable.parquet")
    digests = [f"sha256:{letter * 64}" for letter in "cd"]
    report = tmp_path / "report.json"
    compared = ("--against", tmp_path / "stable.parquet", "--report", report)
    for told in ([], ["--stable", *digests]):
        assert run(spec, *compared, *told).exit_code == 0
        named = LifecycleReport.model_validate(json.loads(report.read_text())).spec.stable
        assert ([named.model, named.serving] if named else []) == told[1:]
    alone = run(spec, "--model", model, "--stable", *digests)
    assert alone.exit_code == 2
    assert "--against names no `stable`" in alone.stderr
    assert run(spec, *compared, "--stable", "latest", digests[1]).exit_code == 2


class Server(BaseHTTPRequestHandler):
    """A server that speaks the Open Inference Protocol."""

    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        rows = pd.DataFrame({one["name"]: one["data"] for one in asked["inputs"]})
        given = scores(rows.fillna({"tenure": 36})).tolist()
        shape = [len(given)]
        outputs = [
            {"name": "prediction", "datatype": "BOOL", "shape": shape, "data": [score >= 0.5 for score in given]},
            {"name": "score", "datatype": "FP64", "shape": shape, "data": given},
        ]
        answer = json.dumps({"outputs": outputs}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Says nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_server_is_asked_and_timed(spec: Path, url: str, tmp_path: Path) -> None:
    write(spec, {**OFFLINE, "latency": {"p50": "10s", "p99": "20s", "batch": 2}})
    digests = [f"sha256:{letter * 64}" for letter in "ab"]
    report = tmp_path / "report.json"
    done = run(spec, "--model", url, "--report", report, "--revision", *digests, "--stream", "run-1")
    assert done.exit_code == 0, done.output
    written = LifecycleReport.model_validate(json.loads(report.read_text())).spec
    assert written.revision is not None
    assert [written.revision.model, written.revision.serving] == digests
    assert written.stream == "run-1"
    by_check = {one.check: one for one in written.measurements if one.slice is None}
    assert by_check["latency.p50"].samples >= 400
    assert 0 < (by_check["latency.p50"].value or 0) <= (by_check["latency.p99"].value or 0) < 10
    test = customers(1500).iloc[split_of(spec, "test")]
    assert by_check["rocAuc"].value == pytest.approx(sklearn.roc_auc_score(test["churned"], scores(test)))
    assert by_check["rocAuc-under-missingValues"].value is not None


def test_a_command_that_serves_nothing_is_not_timed(spec: Path, model: Path) -> None:
    write(spec, {**OFFLINE, "latency": {"p99": "20s"}})
    code, told = answer(spec, "--model", model)
    one = next(one for one in told["report"]["spec"]["measurements"] if one["check"] == "latency.p99")
    assert code == 1
    assert "value" not in one
    assert "cannot be timed" in one["reason"]


def test_a_check_that_fails_exits_one_unless_nothing_may(spec: Path, model: Path) -> None:
    write(spec, {"gates": [{"metric": "rocAuc", "min": 0.99}]})
    assert run(spec, "--model", model).exit_code == 1
    assert run(spec, "--model", model, "--fail-on", "never").exit_code == 0


def test_a_first_model_that_must_be_refused(spec: Path, model: Path) -> None:
    write(spec, OFFLINE, bootstrap={"relativeGates": "refuse"})
    done = run(spec, "--model", model)
    assert done.exit_code == 1
    assert "rocAuc-against-stable" in done.stdout


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("rows", ["all", "test"])
def test_predictions_by_key_in_any_order(spec: Path, model: Path, tmp_path: Path, form: str, rows: str) -> None:
    given = table() if rows == "all" else table().iloc[split_of(spec, "test")]
    file = saved(given.sample(frac=1, random_state=5), tmp_path, form)
    _, told = answer(spec, "--predictions", file)
    _, asked = answer(spec, "--model", model)
    mine, theirs = (
        {(one["check"], one.get("slice")): one.get("value") for one in each["report"]["spec"]["measurements"]}
        for each in (told, asked)
    )
    assert mine["rocAuc", None] == pytest.approx(theirs["rocAuc", None])
    assert mine["accuracy-by-plan", "plan=basic"] == pytest.approx(theirs["accuracy-by-plan", "plan=basic"])
    assert mine["rocAuc-under-missingValues", None] is None


def test_predictions_by_number(spec: Path, tmp_path: Path) -> None:
    numbered = table().drop(columns="id").reset_index(names="row").sample(frac=1, random_state=5)
    by_number, by_key = (
        answer(spec, "--predictions", saved(given, tmp_path))[1]["report"]["spec"]["measurements"]
        for given in (numbered, table())
    )
    assert by_number == by_key


def test_scores_alone_and_classes_alone(spec: Path, tmp_path: Path) -> None:
    _, scored = answer(spec, "--predictions", saved(table()[["id", "score"]], tmp_path))
    _, classed = answer(spec, "--predictions", saved(table()[["id", "prediction"]], tmp_path))
    area, right = (
        next(one for one in each["report"]["spec"]["measurements"] if one["check"] == name and "slice" not in one)
        for each, name in ((scored, "accuracy-by-plan"), (classed, "accuracy-by-plan"))
    )
    assert area["value"] == right["value"]
    none = next(one for one in classed["report"]["spec"]["measurements"] if one["check"] == "rocAuc")
    assert "value" not in none
    assert none["reason"] == "there are no scores"


def saved(given: Any, folder: Path, form: str = "csv") -> Path:
    file = folder / f"predictions.{form}"
    if form == "csv":
        given.to_csv(file, index=False)
    elif form == "jsonl":
        given.to_json(file, orient="records", lines=True)
    else:
        given.to_parquet(file, index=False)
    return file


def changed(name: str, value: Any, row: int = 3) -> Callable[[Any], Any]:
    def change(given: Any) -> Any:
        found = given.astype({name: object})
        found.loc[given.index[row], name] = value
        return found

    return change


HOSTILE: dict[str, tuple[Callable[[Any], Any], str]] = {
    "a row missing": (lambda given: given.iloc[1:], "predictions-missing-rows"),
    "half of the rows": (lambda given: given.iloc[::2], "predictions-missing-rows"),
    "a row twice": (lambda given: pd.concat([given, given.iloc[:1]]), "predictions-repeated-rows"),
    "a strange row": (changed("id", "nobody"), "predictions-extra-rows"),
    "a missing key": (changed("id", None), "predictions-no-key"),
    "no key": (lambda given: given.drop(columns="id"), "predictions-no-key"),
    "no answers": (lambda given: given[["id"]], "model-no-answer"),
    "no rows": (lambda given: given.iloc[:0], "data-empty"),
    "a missing score": (changed("score", None), "model-wrong-type"),
    "a score above one": (changed("score", 1.5), "model-wrong-score"),
    "a score that is infinite": (changed("score", math.inf), "model-wrong-score"),
    "a score that is a text": (changed("score", "high"), "data-wrong-type"),
    "a class that is none": (changed("prediction", "maybe"), "data-wrong-type"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_predictions(spec: Path, tmp_path: Path, case: str) -> None:
    change, code = HOSTILE[case]
    done = run(spec, "--predictions", saved(change(table()), tmp_path))
    assert done.exit_code == 1, done.output
    assert f"error[{code}]" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("content", [b"", b"\x00\xff", b"id,score\n", b"PAR1" * 20, b"[" * 100_000])
@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_files_that_are_none(spec: Path, tmp_path: Path, content: bytes, form: str) -> None:
    file = tmp_path / f"predictions.{form}"
    file.write_bytes(content)
    done = run(spec, "--predictions", file)
    assert done.exit_code == 1, done.output
    assert "error[" in done.stderr
    assert done.stdout == ""


def test_random_bytes_never_crash(spec: Path, tmp_path: Path) -> None:
    draws = random.Random(1)
    good = saved(table(), tmp_path, "parquet").read_bytes()
    for number in range(8):
        broken = bytearray(good)
        for _ in range(40):
            broken[draws.randrange(len(broken))] = draws.randrange(256)
        file = tmp_path / f"broken{number}.parquet"
        file.write_bytes(bytes(broken))
        assert run(spec, "--predictions", file).exit_code in (0, 1, 2)


def test_what_is_not_there_cannot_be_reached(spec: Path, tmp_path: Path) -> None:
    assert run(spec, "--predictions", tmp_path / "nothing.csv").exit_code == 2
    assert run(spec, "--model", "http://127.0.0.1:9").exit_code == 2
    none = run(spec, "--model", tmp_path)
    assert none.exit_code == 1
    assert "error[model-no-model]" in none.stderr


def test_more_slices_than_a_report_has_room_for(spec: Path, tmp_path: Path) -> None:
    crossed = [["tenure"], ["tenure", "plan"], ["tenure", "age"]]
    gates = [{"name": name, "metric": name, "min": 0, "slices": crossed} for name in ("accuracy", "recall")]
    write(spec, {"gates": gates})
    done = run(spec, "--predictions", saved(table(), tmp_path))
    assert done.exit_code == 2
    assert "error[evaluation-too-large]" in done.stderr
    assert done.stdout == ""


def test_usage(spec: Path, model: Path) -> None:
    assert run(spec, "--model", model, "--predictions", "x.csv").exit_code == 2
    assert run(spec, "--model", model, "--command", "'").exit_code == 2
    assert run(spec, "--model", model, "--html", spec / "nowhere" / "page.html").exit_code == 2
    strange = run(spec, "--model", model, "--against", "stabel=x.csv")
    assert strange.exit_code == 2
    assert "stable" in strange.stderr


def test_without_any_model(spec: Path) -> None:
    done = run(spec)
    assert done.exit_code == 2
    assert "--predictions" in done.stderr


def test_a_model_that_breaks_its_contract_is_no_verdict(spec: Path, model: Path) -> None:
    (spec / "train.py").write_text("raise SystemExit('\\x1b[31mno\\x07')")
    done = run(spec, "--model", model)
    assert done.exit_code == 1
    assert "error[model-failed]" in done.stderr
    assert "\x07" not in done.stderr
    assert done.stdout == ""


def test_a_command_of_ones_own(spec: Path, model: Path, tmp_path: Path) -> None:
    (spec / "train.py").unlink()
    (tmp_path / "ask.py").write_text(PREDICT)
    assert run(spec, "--model", model).exit_code != 0
    done = run(spec, "--model", model, "--command", f"{sys.executable} {tmp_path / 'ask.py'}")
    assert done.exit_code == 0, done.output
