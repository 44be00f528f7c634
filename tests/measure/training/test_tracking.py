"""Trials are recorded where the spec says: in a real MLflow, whose own client reads them back."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pytest

from lifespec_runtime.measure.training.tracking import Tracker, TrackingError
from trainers import WRITES_A_MODEL, trainer

SEARCH = {"method": "grid", "trials": 3, "space": {"depth": {"kind": "choice", "choices": [1, 2, 3]}}}
ANSWERS = """
rows = pq.read_table(config["input"])
depth = json.loads((Path(config["model"]) / "weights").read_text())["depth"]
score = [0.1 * depth if plan == "pro" else 0.25 for plan in rows["plan"].to_pylist()]
pq.write_table(pa.table({"row": rows["row"], "prediction": [False] * len(rows), "score": score}), output)
"""
READ = """
import json, sys
from mlflow.tracking import MlflowClient
client = MlflowClient(sys.argv[1])
experiment = client.get_experiment_by_name("churn models")
runs = client.search_runs([experiment.experiment_id], order_by=["attributes.start_time"])
print(json.dumps([
    {"name": run.info.run_name, "status": run.info.status, "params": run.data.params, "metrics": run.data.metrics,
     "tags": {key: value for key, value in run.data.tags.items() if key.startswith("lifespec.")}}
    for run in runs
]))
"""


def free_port():
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        return chosen.getsockname()[1]


@pytest.fixture(scope="module")
def mlflow(judge, tmp_path_factory):
    """The address of a tracking server, and what reads its runs."""
    python = judge("mlflow").path
    folder = tmp_path_factory.mktemp("mlflow")
    port = free_port()
    uri = f"http://127.0.0.1:{port}"
    store = f"sqlite:///{folder}/mlflow.db"
    arguments = ["server", "--host", "127.0.0.1", "--port", str(port), "--backend-store-uri", store, "--workers", "1"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [python, "-m", "mlflow", *arguments], cwd=folder, stdout=log, stderr=log, start_new_session=True
        )
    try:
        deadline = time.monotonic() + 200
        while not answers(uri):
            assert server.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline, (folder / "log").read_text()
            time.sleep(0.3)

        def runs():
            done = subprocess.run([python, "-c", READ, uri], cwd=folder, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            return json.loads(done.stdout)

        yield uri, runs
    finally:
        stop(server)


def stop(server):
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()


def answers(uri):
    try:
        with urllib.request.urlopen(f"{uri}/health", timeout=5) as answer:  # noqa: S310 - it is http
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def tracked(project, uri):
    project.write(
        {"search": SEARCH, "parameters": {"kind": "trees"}},
        tracking={"kind": "mlflow", "uri": uri, "experiment": "churn models"},
    )


def test_every_trial_is_a_run(project, mlflow):
    uri, runs = mlflow
    tracked(project, uri)
    fails = "if config['parameters']['depth'] == 1: sys.exit('too shallow')"
    trainer(project.folder, fails + WRITES_A_MODEL, ANSWERS)
    done = project.train()
    assert done.exit_code == 0, done.output
    record = json.loads((project.trained / "training.json").read_text())
    found = {run["name"]: run for run in runs()}
    assert sorted(found) == ["boosting-1", "boosting-2", "boosting-3"]
    assert found["boosting-1"]["status"] == "FAILED"
    assert found["boosting-1"]["tags"]["lifespec.error"] == "trainer-failed"
    for number in (2, 3):
        run = found[f"boosting-{number}"]
        assert run["status"] == "FINISHED"
        assert run["params"] == {"kind": "trees", "depth": str(number), "seed": str(record["seed"])}
        assert run["metrics"] == {"rocAuc": record["trials"][number - 1]["value"]}
        assert run["tags"]["lifespec.lifecycle"] == "growth/churn"
    marked = [run["name"] for run in found.values() if run["tags"].get("lifespec.model") == record["model"]]
    assert marked == [f"boosting-{record['parameters']['depth']}"]


def test_without_tracking_nothing_is_asked(project):
    tracked(project, "http://127.0.0.1:9")
    seen = "\n(output / 'model' / 'seen').write_text(str(config.get('tracking')))"
    trainer(project.folder, WRITES_A_MODEL + seen, ANSWERS)
    done = project.train("--no-tracking")
    assert done.exit_code == 0, done.output
    assert (project.trained / "model" / "seen").read_text() == "None"


def test_a_server_that_does_not_answer_is_told_before_anything_is_trained(project):
    tracked(project, "http://127.0.0.1:9")
    done = project.train()
    assert done.exit_code == 2
    assert "error[tracking-refused]" in done.stderr
    assert "--no-tracking" in done.stderr
    assert "trial" not in done.stdout


def test_an_answer_that_is_none_of_mlflows_is_told():
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
    from threading import Thread

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"[]")

        def log_request(self, code="-", size="-"):
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(TrackingError, match="none of MLflow's"):
            Tracker(f"http://127.0.0.1:{server.server_port}", "churn", {})
        server.shutdown()
