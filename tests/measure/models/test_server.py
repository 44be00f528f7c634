"""A server is asked as the Open Inference Protocol says, and its answers are held against what was asked."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from lifespec_runtime.measure.models import HttpModel, ModelError, coding, features
from rowsets import customers, customers_plan, rows_of

PLAN = customers_plan()


@pytest.fixture
def server():
    """`server(answer)`: the address of a server that answers so, and the requests that it got."""
    started = []

    def start(answer, status=200):
        requests = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                requests.append((self.path, asked))
                value = answer(asked) if callable(answer) else answer
                body = value if isinstance(value, bytes) else json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_request(self, code="-", size="-"):
                """Quiet."""

        made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        made.daemon_threads = True
        threading.Thread(target=made.serve_forever, daemon=True).start()
        started.append(made)
        return f"http://127.0.0.1:{made.server_port}", requests

    yield start
    for made in started:
        made.shutdown()
        made.server_close()


@pytest.fixture
def ask(tmp_path):
    """`ask(url, count)`: the answers of the model there for so many rows."""
    models = []

    def asked(url, count=5, plan=PLAN):
        rows = rows_of(plan, tmp_path, customers=customers(count, tenure=[None, *range(1, count)]))
        models.append(HttpModel(plan, coding(plan, rows), url, seconds=10))
        return models[-1].predict(features(plan, rows, np.arange(count)))

    yield asked
    for model in models:
        model.close()


def good(asked):
    rows = asked["inputs"][0]["shape"][0]
    return {
        "outputs": [
            {"name": "prediction", "shape": [rows], "datatype": "BOOL", "data": [True] * rows},
            {
                "name": "score",
                "shape": [rows, 1],
                "datatype": "FP64",
                "data": [[place / 10000] for place in range(rows)],
            },
        ]
    }


def test_the_question_is_one_tensor_for_each_feature(server, ask):
    url, requests = server(good)
    found = ask(url)
    ((path, asked),) = requests
    assert path == "/v2/models/churn/infer"
    assert asked["inputs"] == [
        {"name": "tenure", "shape": [5], "datatype": "INT64", "data": [None, 1, 2, 3, 4]},
        {"name": "plan", "shape": [5], "datatype": "BYTES", "data": ["basic", "plus", "pro", "basic", "plus"]},
    ]
    assert found.probabilities is not None
    assert found.probabilities.tolist() == [0.0, 0.0001, 0.0002, 0.0003, 0.0004]


def test_the_address_of_a_model_stands_as_it_is(server, ask):
    url, requests = server(good)
    ask(f"{url}/gateway/v2/models/other")
    assert requests[0][0] == "/gateway/v2/models/other/infer"


def test_many_rows_are_asked_in_several_requests(server, ask):
    url, requests = server(good)
    found = ask(url, 9000)
    assert [asked["inputs"][0]["shape"] for _, asked in requests] == [[4096], [4096], [808]]
    assert found.probabilities is not None
    assert len(found.probabilities) == 9000


def changed(**changes):
    def answer(asked):
        made = good(asked)
        made["outputs"][1] |= changes
        return made

    return answer


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("model-no-answer", b"<html>"),
        ("model-no-answer", b"[" * 100_000),
        ("model-no-answer", {}),
        ("model-no-answer", {"outputs": []}),
        ("model-no-answer", {"outputs": [{"name": "prediction"}]}),
        ("model-no-answer", changed(name="other")),
        ("model-no-answer", changed(data=[0.1, "b", {}, [], 1])),
        ("model-missing-row", changed(data=[0.1])),
        ("model-repeated-row", changed(data=[0.1] * 6)),
        ("model-wrong-type", changed(data=[None] * 5)),
        ("model-wrong-score", changed(data=[2.0] * 5)),
    ],
)
def test_another_answer_has_a_code(server, ask, code, answer):
    url, _ = server(answer)
    with pytest.raises(ModelError) as error:
        ask(url)
    assert error.value.flaw.code == code


def test_an_error_of_the_server_is_told(server, ask):
    url, _ = server({"error": "no such model"}, status=404)
    with pytest.raises(ModelError, match="it answered with status 404") as error:
        ask(url)
    assert "no such model" in error.value.tail


def test_a_server_that_is_not_there_is_told(ask):
    with pytest.raises(ModelError) as error:
        ask("http://user:hush@127.0.0.1:9")
    assert error.value.flaw.code == "model-unreachable"
    assert "hush" not in error.value.flaw.file


def test_other_addresses_are_refused(ask):
    with pytest.raises(ValueError, match="http"):
        ask("file:///etc/passwd")
