from __future__ import annotations

import json
import re
import shutil
from importlib.resources import files
from xml.etree import ElementTree as ET

import click
import pytest

import lifespec_compiler.simulate as simulate_package
from lifespec_compiler.simulate.reading import built_in, names
from lifespec_compiler.simulate.simulation import simulate
from lifespec_runtime.cli.commands.simulate import command
from lifespec_runtime.cli.one_plan import all_plans
from lifespec_runtime.cli.simulating import running
from lifespec_runtime.simulation.mermaid import gantt
from lifespec_runtime.simulation.story import story
from lifespec_runtime.simulation.svg import svg
from lifespec_runtime.simulation.terminal import ASCII, UNICODE, timeline
from virtual.lifecycle import STABLE_MODEL, planned

SPECS = (
    "film-ranking",
    "hotel-rates",
    "late-flights",
    "minimal",
    "mortgage-decisions",
    "rain-tomorrow",
    "train-ridership",
)
BATCH = {
    "serving": {"mode": "batch", "schedule": "0 4 * * *", "output": "s3://scores/churn/", "shadowRuns": 2},
    "evaluation": {
        "online": None,
        "shadow": {"mirror": "20%", "duration": "6h", "gates": [{"metric": "disagreementRate", "max": "5%"}]},
    },
    "rollout": {"guards": [], "steps": [{"weight": "100%", "hold": "1h"}]},
}
SCENARIO = """\
apiVersion: lifespec.dev/v1alpha1
kind: Scenario
metadata: {name: launch}
spec:
  about: The candidate fails three times as often as allowed from the third hour on.
  changes: [{at: 3h, candidate: {errors: {timesBound: 3}}}]
"""


pytestmark = pytest.mark.usefixtures("project")


@pytest.fixture
def project(pytestconfig, tmp_path, monkeypatch):
    """A copy of the examples, in which the command is started."""
    shutil.copy(pytestconfig.rootpath / "lifespec.yaml", tmp_path)
    ignored = shutil.ignore_patterns(".data", ".models")
    shutil.copytree(pytestconfig.rootpath / "specs", tmp_path / "specs", ignore=ignored)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def clean(done):
    assert done.exit_code == 0, done.output
    return done.stdout


def simulations(run, *arguments):
    return json.loads(clean(run("simulate", *arguments, "--format", "json")))["simulations"]


def test_a_healthy_candidate_is_promoted_and_a_bad_one_rolled_back(run):
    shown = clean(run("simulate", "specs/minimal", "--scenario", "healthy", "--scenario", "double-errors"))
    assert re.search(r"✓ +healthy +\S+ +good, promoted after 16h 2m", shown)
    assert re.search(r"✓ +double-errors +\S+ +bad, rolled back after 32m", shown)


@pytest.mark.parametrize("spec", SPECS)
def test_every_spec_goes_through_every_scenario(spec, run, project):
    """All but their length is theirs: half a day shows every one of them at work."""
    written = files(simulate_package) / "scenarios"
    for name in names():
        text = re.sub(r"^  duration: .*\n", "", (written / f"{name}.yaml").read_text("utf-8"), flags=re.MULTILINE)
        (project / f"{name}.yaml").write_text(text.replace("\nspec:\n", "\nspec:\n  duration: 12h\n"))
    wanted = [argument for name in names() for argument in ("--scenario", f"{name}.yaml")]
    found = simulations(run, f"specs/{spec}", *wanted, "--svg", "drawn")
    assert [each["scenario"] for each in found] == list(names())
    [chosen] = all_plans(f"specs/{spec}", None)
    for each in found:
        first = each["first"]
        assert first["entries"], each["scenario"]
        assert first["exposure"] >= first["badExposure"] >= 0
        weights = {look["weight"] for look in first["looks"]}
        assert weights <= {0, 100, *(stage.weight for stage in chosen.plan.stages)}
        assert each["answers"]["runs"] == 1
    assert len(list((project / "drawn").iterdir())) == len(names())


def test_a_scenario_alone_shows_its_timeline_and_its_answers(run):
    shown = clean(run("simulate", "specs/minimal", "--scenario", "double-errors", "--runs", "12"))
    assert shown.startswith("churn in production: double-errors (seed 1)\n")
    assert "a window fails" in shown
    assert re.search(r"P\(missed\): a bad candidate is promoted +0 %  0 % to 26\.5 % +0 of 12", shown)
    assert re.search(r"  time from harm to decision\n    median +30m  30m to 30m +12\n    in 95 of 100 runs +", shown)


def test_what_never_has_traffic_has_no_answers_to_show(run):
    shown = clean(run("simulate", "specs/mortgage-decisions", "--scenario", "first-model"))
    assert "the good candidate is held" in shown.lower()
    assert "One run" not in shown


def test_the_same_seed_gives_the_same_bytes_however_many_processes_work(run):
    arguments = ("specs/minimal", "--scenario", "flapping", "--runs", "24", "--format", "json")
    one, two = (clean(run("simulate", *arguments, "--jobs", jobs)) for jobs in ("1", "2"))
    assert one == two
    assert clean(run("simulate", *arguments, "--seed", "7")) != one


def test_another_seed_is_another_run(run):
    [first] = simulations(run, "specs/minimal", "--scenario", "healthy")
    [other] = simulations(run, "specs/minimal", "--scenario", "healthy", "--seed", "2")
    assert first["first"]["badExposure"] != other["first"]["badExposure"]


def test_a_scenario_of_ones_own_is_read_from_its_file(run, project):
    (project / "launch.yaml").write_text(SCENARIO)
    [found] = simulations(run, "specs/minimal", "--scenario", "launch.yaml")
    assert (found["scenario"], found["first"]["ending"]) == ("launch", "rolledBack")


def test_a_broken_scenario_is_told_with_its_place(run, project):
    (project / "launch.yaml").write_text(SCENARIO.replace("candidate: {errors", "candidat: {errors"))
    done = run("simulate", "specs/minimal", "--scenario", "launch.yaml")
    assert done.exit_code == 1
    assert re.search(r"error\[[a-z-]+\]: .*candidat", done.stderr)
    assert re.search(r"--> launch\.yaml:6:\d+", done.stderr)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["specs/minimal", "--scenario", "healty"], "`healty` is not one of"),
        (["specs/minimal", "--scenario", "nowhere.yaml"], "cannot be read"),
        (["specs/minimal", "--fail-above", "many"], "is no share"),
        *((["specs/minimal", "--fail-above", share], "is no share") for share in ("1e9999999999%", "sNaN", "nan", "2")),
        (["specs/minimal", "--scenario", "healthy", "--ledger", f"{'long' * 80}.jsonl"], "ledger-not-written"),
        (["specs/minimal", "--runs", "0"], "0 is not in the range"),
        (["specs/minimal", "--env", "moon"], "is not one of staging, production"),
        (["specs", "--scenario", "healthy", "--ledger", "l.jsonl"], "one spec and one scenario"),
        (["specs/minimal", "--ledger", "lifespec.yaml", "--scenario", "healthy"], "name another file, or delete it"),
        (["specs/minimal", "--scenario", "healthy", "--ledger", "lifespec.yaml/l.jsonl"], "ledger-not-written"),
        (["specs/minimal", "--svg", "lifespec.yaml"], "several pictures need a folder, and `lifespec.yaml` is a file"),
        (["specs/minimal", "--candidate", "new"], "--candidate needs --trace of Prometheus"),
        (["specs/minimal", "--trace", "june.csv", "--candidate", "new"], "in a table, `revision` says it"),
        (["specs/minimal", "--scenario", "healthy", "--svg", "no/such/folder.svg"], "picture-not-written"),
        ([], "name a spec"),
    ],
)
def test_wrong_usage_is_answered(arguments, told, run):
    done = run("simulate", *arguments)
    assert done.exit_code == 2
    assert told in done.stderr


def test_without_traffic_there_is_nothing_to_simulate(run, project):
    spec = project / "specs/minimal/lifecycle.yaml"
    spec.write_text(spec.read_text().replace("  traffic: {rps: 12}\n", ""))
    done = run("simulate", "specs/minimal")
    assert done.exit_code == 1
    assert "unknown-traffic" in done.stderr
    assert "add `traffic.rps`" in done.stderr


def test_a_policy_that_decides_wrongly_fails_where_that_is_asked(run):
    arguments = ("specs/minimal", "--scenario", "latency")
    clean(run("simulate", *arguments))
    wrong = run("simulate", *arguments, "--fail-above", "5%")
    assert wrong.exit_code == 1
    assert wrong.stderr == "churn, latency: 100 % of 1 run decided wrongly, more than 5 %\n"
    clean(run("simulate", *arguments, "--fail-above", "100%"))
    clean(run("simulate", "specs/minimal", "--scenario", "double-errors", "--fail-above", "0"))


def test_a_policy_that_does_as_a_person_says_decides_nothing_wrongly(run):
    arguments = ("specs/minimal", "--scenario", "two-requests", "--runs", "3", "--fail-above", "0")
    shown = clean(run("simulate", *arguments))
    assert re.search(r"stopped by a person +100 % .* 3 of 3", shown)
    assert re.search(r"P\(false rollback\): a good candidate is stopped +0 % .* 0 of 3", shown)
    [found] = simulations(run, *arguments)
    answers = found["answers"]
    assert (answers["byPerson"]["hits"], answers["falseRollback"]["hits"], found["first"]["byPerson"]) == (3, 0, True)


def test_a_change_after_the_end_is_told_and_makes_no_candidate_bad(run, project):
    (project / "launch.yaml").write_text(SCENARIO.replace("at: 3h", "at: 400d"))
    shown = clean(run("simulate", "specs/minimal", "--scenario", "launch.yaml", "--fail-above", "0"))
    assert "✓ The good candidate was promoted" in shown
    assert "the change at 400d comes after the end, and has no effect" in " ".join(shown.split())


def test_why_answers_for_every_decision_of_a_simulated_ledger(run):
    clean(run("simulate", "specs/minimal", "--scenario", "double-errors", "--ledger", "ledger.jsonl"))
    [found] = simulations(run, "specs/minimal", "--scenario", "double-errors")
    for entry in found["first"]["entries"]:
        shown = clean(run("why", str(entry["sequence"]), "--ledger", "ledger.jsonl"))
        assert shown.startswith(f"growth/churn: decision {entry['sequence']}")
    shown = clean(run("why", "churn", "--ledger", "ledger.jsonl"))
    assert "specs/minimal/lifecycle.yaml:31:" in shown


@pytest.mark.parametrize("option", [("--ledger", "taken"), ("--svg", "taken")])
def test_what_is_in_the_way_is_told_before_anything_is_run(option, run, project, monkeypatch):
    def run_nothing(*_, **__):
        raise AssertionError("it runs")

    monkeypatch.setattr(running, "run_scenarios", run_nothing)
    (project / "taken").write_text("mine")
    scenarios = ("--scenario", "healthy", *(("--scenario", "latency") if option[0] == "--svg" else ()))
    assert run("simulate", "specs/minimal", *scenarios, *option).exit_code == 2
    assert (project / "taken").read_text() == "mine"


def test_a_ledger_may_be_written_to_where_why_looks_for_it(run):
    clean(run("simulate", "specs/minimal", "--scenario", "double-errors", "--ledger", ".lifespec/ledger/churn.jsonl"))
    assert "rolled back" in clean(run("why", "churn"))


def test_a_shell_offers_files_environments_and_scenarios():
    options = {option.name: option for option in command.params}

    def offered(name, typed=""):
        context = click.Context(command, resilient_parsing=True)
        return [(item.type, item.value) for item in options[name].shell_complete(context, typed)]

    for name in ("spec", "trace", "svg", "ledger"):
        assert offered(name, "j") == [("file", "j")]
    assert offered("environment") == [("plain", "staging"), ("plain", "production")]
    assert offered("scenarios", "slow") == [("file", "slow"), ("plain", "slow-leak")]


RECORDED = "time,revision,check,good,total\n" + "".join(
    f"{1_780_000_000 + minute * 60},{revision},errorRate,{minute * requests * bad // 100},{minute * requests}\n"
    for minute in range(120)
    for revision, requests, bad in (("candidate", 72, 3), ("stable", 650, 1))
)
"""Two hours in which 3 % of the candidate's answers were errors."""


def test_recorded_metrics_are_decided_on_as_live_ones(run, project):
    (project / "june.csv").write_text(RECORDED)
    shown = clean(run("simulate", "specs/minimal", "--trace", "june.csv", "--ledger", "june.jsonl"))
    assert shown.startswith(
        "churn in production: june.csv (recorded)\n• The recorded candidate was rolled back after 30m."
    )
    assert "guard-errorRate 3 %, at most 1 %: Fail" in shown
    assert "P(" not in shown
    done = run("simulate", "specs/minimal", "--trace", "june.csv", "--runs", "2")
    assert (done.exit_code, "one run" in done.stderr) == (2, True)


def test_what_was_not_recorded_is_unknown_and_not_0(run, project):
    (project / "june.csv").write_text(RECORDED.replace("errorRate", "guard-errorRate"))
    arguments = ("simulate", "specs/minimal", "--trace", "june.csv")
    assert "so how many of its answers were bad is not known" in clean(run(*arguments))
    [found] = json.loads(clean(run(*arguments, "--format", "json")))["simulations"]
    first, answers = found["first"], found["answers"]
    assert (first["ending"], first["exposure"], first["badExposure"]) == ("rolledBack", 30 * 72, None)
    assert "badly" not in first["headline"]
    assert {look["candidateBad"] for look in first["looks"]} == {None}
    assert first["candidateIsBad"] is None
    assert {answers[key] for key in ("candidateIsBad", "falseRollback", "missed", "badExposure")} == {None}
    done = run(*arguments, "--fail-above", "5%")
    assert (done.exit_code, "whether a recorded candidate was bad, nobody knows" in done.stderr) == (2, True)


def test_of_recorded_errors_the_truth_alone_is_unknown(run, project):
    (project / "june.csv").write_text(RECORDED)
    arguments = ("simulate", "specs/minimal", "--trace", "june.csv", "--format", "json")
    [found] = json.loads(clean(run(*arguments)))["simulations"]
    assert (found["first"]["badExposure"], found["first"]["candidateIsBad"]) == (30 * 72 * 3 // 100, None)
    assert not any("not known" in told for told in found["first"]["assumptions"])


def test_a_recording_says_which_of_its_names_nothing_asks_for(run, project):
    (project / "june.csv").write_text(RECORDED.replace("errorRate", "error_rate"))
    shown = " ".join(clean(run("simulate", "specs/minimal", "--trace", "june.csv")).split())
    assert "no `errorRate` of the candidate was recorded, so `guard-errorRate` has no data" in shown
    assert "`error_rate` was recorded, and no check of the spec counts it" in shown
    assert "the offline report is that of scenario `healthy`: none was recorded" in shown


def test_a_broken_recording_is_told_with_its_place(run, project):
    (project / "june.csv").write_text(RECORDED.replace("total", "of"))
    done = run("simulate", "specs/minimal", "--trace", "june.csv")
    assert done.exit_code == 1
    assert re.search(r"error\[trace-[a-z-]+\]", done.stderr)
    assert "--> june.csv:1:1\n   |\n 1 | time,revision,check,good,of\n" in done.stderr


def test_of_a_recording_that_is_no_text_no_line_is_shown(run, project):
    (project / "june.csv").write_bytes(b"\xff\xfe\n")
    done = run("simulate", "specs/minimal", "--trace", "june.csv")
    assert done.exit_code == 1
    assert "--> june.csv:1:1\n  help" in done.stderr


def test_which_revision_of_prometheus_is_the_candidate_may_be_said(run, project):
    def series(revision, failed):
        labels = {"__name__": "lifespec_requests_total", "lifecycle": "churn", "revision": revision}
        for code, share in (("500", failed), ("200", 1 - failed)):
            values = [[1_780_000_000 + 60 * minute, str(round(72 * minute * share))] for minute in range(120)]
            yield {"metric": {**labels, "code": code}, "values": values}

    result = [*series("ill", 0.25), *series("well", 0)]
    answer = {"status": "success", "data": {"resultType": "matrix", "result": result}}
    (project / "june.json").write_text(json.dumps(answer))
    arguments = ("simulate", "specs/minimal", "--trace", "june.json")
    done = run(*arguments)
    assert (done.exit_code, "or name it: `--candidate`" in done.stderr) == (1, True)
    assert "was rolled back" in clean(run(*arguments, "--candidate", "ill"))
    assert "was rolled back" not in clean(run(*arguments, "--candidate", "well"))
    assert "`--candidate` names one of them" in run(*arguments, "--candidate", "other").stderr


def test_pictures_are_written_where_they_are_wanted(run, project):
    clean(run("simulate", "specs/minimal", "--scenario", "healthy", "--svg", "one.svg"))
    assert ET.parse(project / "one.svg").getroot().tag.endswith("svg")  # noqa: S314 - it is our own
    clean(run("simulate", "specs/minimal", "--scenario", "healthy", "--scenario", "latency", "--svg", "drawn"))
    assert sorted(file.name for file in (project / "drawn").iterdir()) == ["churn-healthy.svg", "churn-latency.svg"]


def test_markdown_is_short_and_has_a_picture(run):
    arguments = ("specs/minimal", "--scenario", "healthy", "--scenario", "latency", "--format", "markdown")
    shown = clean(run("simulate", *arguments))
    assert shown.count("```mermaid\ngantt\n") == 2
    assert shown.startswith("### ❌ growth/churn in production: simulated\n")
    assert "| ✅ | `healthy` |" in shown
    assert len(shown) < 6000
    one = clean(run("simulate", *arguments[:3], "--format", "markdown"))
    assert "<details>" not in one


def test_mermaid_alone_is_a_chart(run):
    shown = clean(run("simulate", "specs/minimal", "--scenario", "healthy", "--format", "mermaid"))
    assert shown.startswith("gantt\n  title churn in production, healthy\n")


def test_scenarios_are_listed_with_what_they_are(run):
    shown = clean(run("simulate", "--list-scenarios"))
    assert [line.split()[0] for line in shown.splitlines()] == list(names())
    assert all(built_in(name).spec.about in shown for name in names())


def test_nothing_is_coloured_but_on_a_terminal(process, project):
    done = process("simulate", "specs/minimal", "--scenario", "healthy", cwd=project)
    assert done.returncode == 0
    assert b"\x1b" not in done.stdout
    assert done.stderr == b""


def test_an_output_without_unicode_gets_ascii(process, project):
    done = process("simulate", "specs/minimal", "--scenario", "healthy", cwd=project, env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert "\\u" not in done.stdout.decode("ascii")


def test_a_batch_rollout_is_drawn():
    plan = planned(STABLE_MODEL, **BATCH)
    for name in ("healthy", "no-data", "first-model"):
        told = story(plan, simulate(plan, built_in(name), 1))
        assert told.decisions
        assert ET.fromstring(svg(told)) is not None  # noqa: S314 - it is our own
        assert gantt(told).startswith("gantt")
        assert timeline(told, 80, ASCII)
        assert timeline(told, 80, UNICODE)
