from __future__ import annotations

import numpy as np
import pytest

from lifespec_runtime.measure.models import ModelError, ServedModel, coding, features
from rowsets import customers, customers_plan, rows_of
from trainers import COMPLETE, script

PLAN = customers_plan()

SERVES = """
from http.server import BaseHTTPRequestHandler, HTTPServer
import subprocess
child = subprocess.Popen(["sleep", "300"])
Path(config["model"], "pid").write_text(str(child.pid))
class Handler(BaseHTTPRequestHandler):
    def reply(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        self.reply({})
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        n = asked["inputs"][0]["shape"][0]
        self.reply({"outputs": [{"name": "prediction", "data": [True] * n}, {"name": "score", "data": [0.5] * n}]})
HTTPServer(("127.0.0.1", config["port"]), Handler).serve_forever()
"""


def served(tmp_path, command, seconds=60.0):
    rows = rows_of(PLAN, tmp_path, customers=customers(10))
    model = ServedModel(PLAN, coding(PLAN, rows), tmp_path, command, tmp_path, seconds)
    return model, features(PLAN, rows, np.arange(5))


def test_it_answers_while_it_is_open_and_ends_with_all_that_it_started(tmp_path):
    text = "import json, os\nfrom pathlib import Path\n"
    text += "config = json.loads(Path(os.environ['LIFESPEC_CONFIG']).read_text())\n" + SERVES
    model, asked = served(tmp_path, script(tmp_path, text))
    with model:
        found = [model.predict(asked).probabilities for _ in range(3)]
        assert [list(scores) if scores is not None else None for scores in found] == [[0.5] * 5] * 3
    pid = int((tmp_path / "pid").read_text())
    with pytest.raises(RuntimeError):
        model.predict(asked)
    assert not _runs(pid)


def _runs(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:  # noqa: PTH123 - a pseudo file
            return stat.read().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def test_a_command_that_does_not_serve_is_told(tmp_path):
    model, _ = served(tmp_path, script(tmp_path, COMPLETE))
    with pytest.raises(ModelError) as error, model:
        pass
    assert error.value.flaw.code == "model-not-served"
    assert "unknown task serve" in error.value.tail


def test_a_command_that_never_is_ready_is_stopped(tmp_path):
    model, _ = served(tmp_path, script(tmp_path, "import time; time.sleep(300)"), seconds=2)
    with pytest.raises(ModelError, match="not ready after 2 seconds") as error, model:
        pass
    assert error.value.flaw.code == "model-not-served"
