"""What people see, what machines read, and that nothing hostile gets through."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
from pathlib import Path

import pytest

from lifespec_runtime.cli import report
from lifespec_schema.findings import Finding, Place, Severity, Span

ESCAPE = "\x1b"


@pytest.fixture
def spec(repository):
    """`spec(old, new)` changes the text of a spec."""
    file = repository / "specs/churn/lifecycle.yaml"

    def change(old, new):
        assert file.read_text().count(old) == 1
        file.write_text(file.read_text().replace(old, new))
        return file

    return change


def excerpt(line, column, end):
    files = {"a.yaml": line.encode()}
    finding = Finding("a-rule", Severity.ERROR, "wrong", Place("a.yaml", span=Span(1, column, 1, end)))
    return report.as_text([finding], files, Path("/")).splitlines()


CARETS = {
    "plain text": ("weight: 10", 9, 11, "weight: 10", "        ^^"),
    "a tab before it": ("a:\t10", 4, 6, "a: 10", "   ^^"),
    "wide characters before it": ("日本: 10", 5, 7, "日本: 10", "      ^^"),
    "wide characters under it": ("a: 日本", 4, 6, "a: 日本", "   ^^^^"),
    "an emoji before it": ("a💥: 10", 5, 7, "a💥: 10", "     ^^"),
    "a combining character before it": ("e\u0301: 10", 5, 7, "e\u0301: 10", "   ^^"),
    "full-width letters before it": ("\uff21: 10", 4, 6, "\uff21: 10", "    ^^"),
    "nothing, at the end of the line": ("a:", 3, 3, "a:", "  ^"),
    "an escape character before it": (f"a{ESCAPE}: 10", 5, 7, "a : 10", "    ^^"),
}


@pytest.mark.parametrize("case", CARETS)
def test_carets_stand_under(case):
    line, column, end, shown, carets = CARETS[case]
    printed = [re.sub(r"\x1b\[[0-9;]*m", "", text) for text in excerpt(line, column, end)]
    assert printed[3] == f" 1 | {shown}"
    assert printed[4] == f"   | {carets}"


def test_a_long_line_is_cut_around_the_place():
    printed = [re.sub(r"\x1b\[[0-9;]*m", "", text) for text in excerpt("x" * 5000 + "HERE" + "y" * 5000, 5001, 5005)]
    assert len(printed[3]) < 160
    assert printed[3][printed[4].index("^") :][:4] == "HERE"


def test_an_excerpt_names_file_line_and_column_as_editors_do(spec, run, repository):
    spec('"4h"', '"4 hours"')
    out = run("lint").stdout
    lines = (repository / "specs/churn/lifecycle.yaml").read_text().splitlines()
    line = next(number for number, text in enumerate(lines, 1) if "4 hours" in text)
    assert f"  --> specs/churn/lifecycle.yaml:{line}:" in out
    assert "error[bad-duration]" in out
    assert "help: " in out


def test_places_are_relative_to_where_the_command_was_started(spec, run, repository, monkeypatch):
    spec('"4h"', '"4 hours"')
    monkeypatch.chdir(repository / "specs")
    assert "  --> churn/lifecycle.yaml:" in run("lint").stdout


def test_both_places_of_a_duplicate_key_are_named(spec, run):
    spec('"latencyBudget": "120ms"', '"latencyBudget": "120ms", "latencyBudget": "1s"')
    out = run("lint").stdout
    assert "duplicate-key" in out
    assert re.search(r"note: .* --> specs/churn/lifecycle.yaml:\d+:\d+", out)


def in_terminal(command, **env):
    """What a command writes to a terminal."""
    master, slave = pty.openpty()
    environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"} | {"TERM": "xterm"} | env
    with subprocess.Popen(command, stdout=slave, stderr=slave, env=environment) as running:
        os.close(slave)
        output = b""
        while True:
            try:
                read = os.read(master, 65536)
            except OSError:
                break
            if not read:
                break
            output += read
        running.wait(60)
    os.close(master)
    return output.decode()


def test_colours_are_for_terminals_only(spec, started, process):
    spec('"4h"', '"4 hours"')
    assert f"{ESCAPE}[31m" in in_terminal(started("lint"))
    assert ESCAPE.encode() not in process("lint").stdout
    assert ESCAPE not in in_terminal(started("lint"), NO_COLOR="1")
    assert ESCAPE in in_terminal(started("lint"), NO_COLOR="")


HOSTILE = {
    "an escape sequence": r"\e[31mred\e[0m",
    "a title of the terminal": r"\e]0;owned\a",
    "a C1 sequence": r"\x9b31m",
    "a carriage return": r"\rerror",
    "a direction control": r"\u202egnp",
    "a backspace": r"\b\b\b",
    "a null": r"\0",
    "a line separator": r"\u2028",
}
PLACES = {
    "a value that is refused": ("latencyBudget: 120ms", 'latencyBudget: "{}"'),
    "a key that is not known": ("latencyBudget: 120ms", '"{}": 1'),
    "a value that is shown in a plan": ("team: growth", 'team: growth\n    escalation: [{{after: 1h, to: "{}"}}]'),
    "a category": ("name: plan, logicalType: string", 'name: plan, logicalType: string, enum: ["{}"]'),
    "an environment variable": ("latencyBudget: 120ms", 'env: {{A: "{}"}}'),
    "a metric": ("metric: rocAuc", 'metric: "{}"'),
    "an environment": ("  serving:", '  environments: {{"{}": {{}}}}\n  serving:'),
    "a version of the language": ("lifespec.dev/v1alpha1", '"lifespec.dev/{}"'),
    "a kind": ("kind: ModelLifecycle", 'kind: "{}"'),
    "a choice": ("problem: binaryClassification", 'problem: "{}"'),
}
SPEC = """\
apiVersion: lifespec.dev/v1alpha1
kind: ModelLifecycle
metadata: {{name: churn, namespace: growth}}
spec:
  version: 1.0.0
  owner:
    team: growth
    email: growth@example.com
  objective: {{problem: binaryClassification}}
  data:
    sources:
      - {{name: a, uri: s3://a/, schema: [{{name: plan, logicalType: string}}, {{name: label, logicalType: boolean}}]}}
    labels: {{column: label}}
  features: [plan]
  experiments: {{candidates: [{{name: a, image: "registry.example.com/a@sha256:{digest}"}}]}}
  evaluation: {{offline: {{gates: [{{metric: rocAuc, min: 0.8}}]}}}}
  serving:
    image: registry.example.com/a@sha256:{digest}
    latencyBudget: 120ms
  rollout: {{steps: [{{weight: 10%, hold: 4h}}]}}
""".format(digest="a" * 64)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("string", HOSTILE)
def test_no_control_character_of_a_spec_reaches_the_terminal(string, place, repository, run):
    old, new = PLACES[place]
    assert SPEC.count(old) == 1
    (repository / "specs/churn/lifecycle.yaml").write_text(SPEC.replace(old, new.format(HOSTILE[string])))
    for command in (("lint",), ("lint", "--format", "json"), ("plan",), ("plan", "--format", "json"), ("compile",)):
        done = run(*command)
        assert done.exit_code in (0, 1)
        shown = done.output.replace("\n", "")
        assert shown.isprintable(), [character for character in shown if not character.isprintable()]


@pytest.mark.parametrize("name", ["\x1b[31m.yaml", "\u202egnp.yaml", "a\nb.yaml"])
def test_no_control_character_of_a_file_name_reaches_the_terminal(name, repository, run):
    (repository / "specs" / name).write_text("a: [")
    done = run("lint")
    assert done.exit_code == 1
    assert done.output.replace("\n", "").isprintable()
    assert run("lint", f"specs/none{name}").output.replace("\n", "").isprintable()


def test_a_terminal_that_cannot_show_a_character_stops_nothing(spec, process):
    spec('"objective": {', '"objective": {"whyNotRules": "日本",')
    done = process("plan", env={"PYTHONIOENCODING": "latin-1:strict"})
    assert done.returncode == 0
    assert rb"\u65e5\u672c" in done.stdout


def test_json_of_findings_has_always_the_same_keys(spec, run):
    spec('"4h"', '"4 hours"')
    told = json.loads(run("lint", "--format", "json").stdout)
    assert set(told) == {"version", "findings"}
    assert told["version"] == 1
    place = {"file", "document", "path", "line", "column", "endLine", "endColumn"}
    for finding in told["findings"]:
        assert set(finding) == {"rule", "severity", "message", "help", "related", "fix"} | place
    finding = next(finding for finding in told["findings"] if finding["rule"] == "bad-duration")
    assert finding["path"] == "spec.rollout.steps[0].hold"
    assert (finding["file"], finding["severity"]) == ("specs/churn/lifecycle.yaml", "error")


def test_json_is_ascii_and_one_document(spec, run):
    spec('"4h"', '"日本"')
    out = run("lint", "--format", "json").stdout
    assert out.isascii()
    json.loads(out)


@pytest.mark.usefixtures("repository")
def test_a_plan_shows_defaults_dimmed_and_says_where_values_come_from(spec, started, run):
    spec('"retraining": {', '"environments": {"staging": {"serving": {"port": 9000}}}, "retraining": {')
    out = run("plan", "specs/churn", "--env", "staging").stdout
    assert re.search(r"port: 9000  # patched", out)
    assert re.search(r'probe: "/v2/health/ready"  # default', out)
    assert re.search(r'version: "1.0.0"$', out, re.MULTILINE)
    assert re.search(r'environment: "staging"  # project', out)
    dimmed = in_terminal(started("plan", "specs/churn", "--env", "staging"))
    assert f'{ESCAPE}[2m      probe: "/v2/health/ready"' in dimmed or re.search(r"\x1b\[2m *probe", dimmed)


@pytest.mark.usefixtures("repository")
def test_a_plan_as_json_has_an_origin_for_each_leaf(run):
    told = json.loads(run("plan", "specs/churn", "--format", "json").stdout)
    assert set(told) == {"version", "plans"}
    assert [plan["environment"] for plan in told["plans"]] == ["staging", "production"]
    for plan in told["plans"]:
        assert set(plan) == {"name", "namespace", "environment", "hashes", "origins", "values"}
        assert set(plan["hashes"]) == {"plan", "policy", "serving", "training"}
        assert set(plan["origins"].values()) <= {"written", "patched", "contract", "project", "default"}
        assert plan["origins"]["spec.version"] == "written"
        assert plan["origins"]["spec.serving.port"] == "default"


def test_progress_is_not_printed_where_nobody_watches(repository, run):
    text = (repository / "specs/churn/lifecycle.yaml").read_text()
    for number in range(25):
        folder = repository / "specs" / f"m{number}"
        folder.mkdir()
        (folder / "lifecycle.yaml").write_text(text.replace('"churn"', f'"m{number}"'))
    assert "linting" not in run("lint").output


def test_progress_is_printed_on_a_terminal_for_many_specs(repository, started):
    text = (repository / "specs/churn/lifecycle.yaml").read_text()
    for number in range(25):
        folder = repository / "specs" / f"m{number}"
        folder.mkdir()
        (folder / "lifecycle.yaml").write_text(text.replace('"churn"', f'"m{number}"'))
    assert "linting 1/27" in in_terminal(started("lint"))
