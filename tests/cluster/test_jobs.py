"""The Jobs of a run, container by container, as real processes: splits, trainer, store, and two models evaluated."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
import urllib.request
from dataclasses import replace

import pytest
import yaml

from cases import LIFESPEC_IMAGE, objects_of, plans_of, read_case, trial_of
from controlplane.containers import Container
from lifespec_compiler.judging import Expected, judge
from lifespec_compiler.targets.kubernetes import measuring, nominated, training
from lifespec_schema.records.report import LifecycleReport
from lifespec_schema.records.types import Revision

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("definitions")]

LIFESPEC = (sys.executable, "-c", "from lifespec_runtime.cli import main; main()")
NAMESPACE = "run-of-a-model"
RUN = "drifted-20261101-0300"

TRAINER = """
import json, os, pathlib
import pyarrow.parquet as parquet
config = json.loads(pathlib.Path(os.environ["LIFESPEC_CONFIG"]).read_text())
rows = parquet.read_table(pathlib.Path(config["input"]) / "train.parquet").to_pylist()
left = [row["tenure"] for row in rows if row[config["label"]["name"]]]
out = pathlib.Path(config["output"])
(out / "model").mkdir()
(out / "model" / "model.json").write_text(json.dumps({"centre": sum(left) / len(left)}))
(out / "metadata.json").write_text(json.dumps({"format": "pickle"}))
"""
"""What a team's image would hold: it learns at which tenure customers leave."""

SERVER = """
import json, os
from http.server import BaseHTTPRequestHandler, HTTPServer
worse = os.environ["LIFESPEC_MODEL_URI"].endswith("16")
class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        self.reply({})
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        (tenure,) = [each["data"] for each in asked["inputs"] if each["name"] == "tenure"]
        scores = [0.5 if worse and month % 2 else 1 / (1 + month) for month in tenure]
        outputs = {"prediction": ("BOOL", [score > 0.03 for score in scores]), "score": ("FP64", scores)}
        self.reply({"model_name": "churn", "outputs": [
            {"name": name, "datatype": kind, "shape": [len(data)], "data": data}
            for name, (kind, data) in outputs.items()
        ]})
    def reply(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_request(self, *arguments):
        pass
HTTPServer(("127.0.0.1", int(os.environ["LIFESPEC_PORT"])), Handler).serve_forever()
"""


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """A folder with the data, and room for models."""
    folder = tmp_path_factory.mktemp("lake")
    chance = random.Random(7)
    months = [chance.randrange(72) for _ in range(2000)]
    rows = [f"{month},{'true' if chance.random() < 1 / (1 + month / 6) else 'false'}" for month in months]
    (folder / "customers.csv").write_text("\n".join(["tenure,churned", *rows]) + "\n")
    return folder


@pytest.fixture(scope="module")
def plan(lake, free_ports):
    documents = read_case("full")
    for document in filter(None, (documents.lifecycle, documents.model)):
        document["metadata"]["namespace"] = NAMESPACE
    documents.spec["data"]["sources"][0].update(uri=(lake / "customers.csv").as_uri(), format="csv")
    documents.spec["evaluation"]["offline"]["gates"] = [
        {"metric": "rocAuc", "min": 0.6},
        {"metric": "rocAuc", "against": "stable", "maxRegression": 0.02},
    ]
    documents.spec["serving"]["port"] = free_ports
    assert documents.project
    documents.project["spec"]["defaults"]["artifacts"]["uri"] = (lake / "artifacts").as_uri() + "/"
    return plans_of(documents)[-1]


@pytest.fixture(scope="module")
def free_ports():
    """A port on which nobody listens, nor on the next one."""
    from controlplane.plane import free_ports

    return next(port for port in iter(lambda: free_ports(1)[0], None) if 1024 <= port < 65000)


@pytest.fixture(scope="module")
def applied(plan, admin, restricted):
    """All that is compiled for the lifecycle, in the cluster, with the secrets of its data and its models."""
    restricted(NAMESPACE)
    for name in ("lake-reader", "artifacts", "feature-store"):
        secret = {
            "metadata": {"name": name, "namespace": NAMESPACE},
            "stringData": {name.upper().replace("-", "_"): "x"},
        }
        admin.apply({"apiVersion": "v1", "kind": "Secret", **secret})
    for each in objects_of(plan):
        admin.apply(each, "gitops")


@pytest.fixture
def pod_of(applied, admin, wait):  # noqa: ARG001 - what is compiled goes in first
    """`pod_of(job)`: the pod that the Job controller makes for a Job."""

    def start(job):
        admin.apply(job, "lifespec-agent")
        where, label = admin.path("v1", "Pod", NAMESPACE), f"job-name={job['metadata']['name']}"
        return wait(lambda: admin.request("GET", where, labelSelector=label)["items"])[0]

    return start


def test_the_training_job_divides_learns_and_stores(plan, pod_of, admin, controlplane, tmp_path, lake):
    trial, candidate = trial_of(plan)
    admin.apply(training.configuration(plan, candidate, trial), "lifespec-agent")
    pod = pod_of(training.training_job(plan, LIFESPEC_IMAGE, candidate, trial))
    split = Container(controlplane, pod, "splits", tmp_path).run(LIFESPEC)
    assert split.returncode == 0, split.stdout + split.stderr
    trainer = Container(controlplane, pod, "trainer", tmp_path)
    assert "LAKE_READER" not in trainer.environment()
    trained = trainer.run((sys.executable, "-c", TRAINER))
    assert trained.returncode == 0, trained.stderr
    stored = Container(controlplane, pod, "store", tmp_path).run(LIFESPEC)
    assert stored.returncode == 0, stored.stdout + stored.stderr
    version = yaml.safe_load(stored.stdout)
    assert (version["kind"], version["metadata"]["namespace"]) == ("ModelVersion", NAMESPACE)
    (kept,) = lake.rglob("model.json")
    assert version["spec"]["model"]["uri"].startswith((lake / "artifacts").as_uri())
    assert 5 < json.loads(kept.read_text())["centre"] < 40
    assert {"snapshot", "profile"} <= version["spec"]["trainedOn"].keys()


@pytest.fixture
def served(controlplane, tmp_path):
    """`served(pod, name)`: the model server of a pod, until the test ends."""
    running = []

    def start(pod, name):
        environment = Container(controlplane, pod, name, tmp_path).environment()
        running.append(subprocess.Popen([sys.executable, "-c", SERVER], env=environment))
        address = f"http://127.0.0.1:{environment['LIFESPEC_PORT']}/v2/health/ready"
        for _ in range(200):
            try:
                urllib.request.urlopen(address, timeout=5).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        pytest.fail(f"{name} does not answer")

    yield start
    for each in running:
        each.kill()
        each.wait()


def test_the_evaluation_job_measures_the_candidate_against_stable(plan, pod_of, admin, controlplane, tmp_path, served):
    candidate = nominated(plan)
    assert candidate
    stable = replace(candidate, model_uri="s3://models/churn/16", model_digest=f"sha256:{'7' * 64}")
    job = measuring.evaluation_job(plan, LIFESPEC_IMAGE, candidate, RUN, stable)
    pod = pod_of(job)
    served(pod, "server")
    served(pod, "stable")
    done = Container(controlplane, pod, "lifespec", tmp_path).run(LIFESPEC)
    assert done.returncode == 0, done.stdout + done.stderr
    where = admin.path("lifespec.dev/v1alpha1", "LifecycleReport", NAMESPACE, job["metadata"]["name"])
    found = admin.request("GET", where)
    assert (found["spec"]["tier"], found["spec"]["stream"]) == ("offline", RUN)
    assert found["spec"]["revision"] == {"model": candidate.model_digest, "serving": candidate.serving_hash}
    named = {key: found["metadata"][key] for key in ("name", "namespace")}
    report = LifecycleReport.model_validate({**found, "metadata": named})
    served = Revision(model=stable.model_digest, serving=stable.serving_hash)
    expected = Expected("offline", found["spec"]["uid"], report.spec.revision, stable_revision=served)
    outcomes = {(verdict.check, verdict.quantity): verdict.outcome for verdict in judge(plan, report, expected)}
    assert outcomes == {("rocAuc", None): "Pass", ("rocAuc-against-stable", "difference"): "Pass"}
    (difference,) = [each for each in report.spec.measurements if each.quantity == "difference"]
    assert difference.value is not None
    assert difference.value > 0.05, "the stable model of this test is worse"
    assert not admin.warnings


def test_a_model_that_does_not_answer_leaves_no_report(plan, pod_of, admin, controlplane, tmp_path):
    candidate = nominated(plan)
    assert candidate
    job = measuring.evaluation_job(plan, LIFESPEC_IMAGE, candidate, "another-run")
    done = Container(controlplane, pod_of(job), "lifespec", tmp_path).run(LIFESPEC)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "error[model-unreachable]" in done.stdout + done.stderr
    reports = admin.items("lifespec.dev/v1alpha1", "LifecycleReport", NAMESPACE)
    assert job["metadata"]["name"] not in [each["metadata"]["name"] for each in reports]
