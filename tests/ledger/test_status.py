"""`lifespec status` says how things stand after every decision."""

from __future__ import annotations

import json
import re
import shutil

import pytest

from ledger_story import story
from lifespec_runtime.cli.ledger_report.status import Stands, as_json, as_text
from lifespec_runtime.ledger.file import Recorded
from lifespec_runtime.ledger.lines import Decision
from lifespec_runtime.ledger.record import Subject, record
from lifespec_runtime.ledger.standing import standing
from lifespec_runtime.ledger.times import moment, stamp


def status(run, *arguments):
    return json.loads(run("status", "--format", "json", *arguments).stdout)["lifecycles"][0]


@pytest.mark.parametrize("scenario", ["healthy", "double-errors", "first-model", "no-data", "two-requests"])
def test_it_stands_as_the_last_decision_says(scenario, written, simulated, run):
    entries = simulated(scenario)
    models = {entry.revision.model for entry in entries if entry.revision}
    models |= {entry.checkpoint.stable.model for entry in entries if entry.checkpoint}
    for number, entry in enumerate(entries, 1):
        written(entries[:number])
        text = run("status", "--at", stamp(entry.at)).stdout
        found = status(run, "--at", stamp(entry.at))
        newest = [each.sequence for each in reversed(entries[:number])]
        assert found["sequence"] == newest[0]
        assert [each["sequence"] for each in found["last"]] == newest[:5]
        ended = entry.to is None or entry.to.phase in ("Done", "RolledBack", "Rejected")
        if entry.to is not None:
            assert (found["rollout"] is None) == ended
        if found["rollout"]:
            assert entry.stream == found["rollout"]["id"]
            assert found["rollout"]["id"] in text
        assert found["waitsFor"]["what"] in text
        assert found["stable"] is None or found["stable"]["model"] in models


def test_every_kind_of_decision_leaves_a_state_that_can_be_told():
    entries, subject = story(), Subject("growth", "churn")
    for number in range(len(entries) + 1):
        decisions = tuple(Decision(entry, record(entry, subject), entry.sequence) for entry in entries[:number])
        found = Recorded("churn.jsonl", subject, decisions, None)
        stands = standing(found, None, 0.0)
        told = Stands(found.file, subject, found.entries, stands, 0.0, 5, "there is no spec of it here")
        assert json.loads(as_json([told]))["lifecycles"][0]["sequence"] == number
        assert "growth/churn" in as_text([told])


def test_an_open_step_says_when_it_is_decided(written, simulated, run, plan):
    entries = simulated("healthy")
    step = next(number for number, entry in enumerate(entries, 1) if entry.to and entry.to.phase == "Canary")
    written(entries[:step])
    since = entries[step - 1].at
    found = status(run, "--at", stamp(since + 60))
    assert found["rollout"]["weight"] == plan.stages[0].weight
    assert moment(found["rollout"]["since"]) == since
    assert moment(found["waitsFor"]["earliest"]) == since + plan.stages[0].hold
    assert moment(found["waitsFor"]["latest"]) == since + plan.stages[0].timeout
    assert "decided from " in run("status", "--at", stamp(since + 60)).stdout
    late = status(run, "--at", stamp(since + plan.stages[0].timeout + 60))
    assert "rollBack" in late["waitsFor"]["what"]
    assert late["waitsFor"]["earliest"] is None


def test_runs_that_are_awaited_have_no_time_from_which_on_it_is_decided(run, checkout):
    spec = checkout / "specs/minimal/lifecycle.yaml"
    batch = "    mode: batch\n    schedule: '0 3 * * *'\n    output: s3://scores/churn/\n    shadowRuns: 3\n"
    text = re.sub(r"    latencyBudget: .*\n", batch, spec.read_text())
    spec.write_text(re.sub(r"  rollout:\n(    .*\n)+", "  rollout: {strategy: direct, hold: 2d}\n", text))
    done = run("simulate", "specs/minimal", "--scenario", "failing-runs", "--ledger", "all.jsonl")
    assert done.exit_code == 0, done.output
    entries = (checkout / "all.jsonl").read_bytes().splitlines(keepends=True)
    (checkout / ".lifespec/ledger/churn.jsonl").write_bytes(b"".join(entries[:3]))
    found = status(run, "--at", "2026-11-03T00:00:00Z")
    assert found["rollout"]["phase"] == "Shadow"
    assert found["waitsFor"]["earliest"] is None
    assert found["waitsFor"]["latest"] == "2026-11-08T08:00:00Z"  # twice three nights after it began
    assert "decided by 2026-11-08 08:00:00Z at the latest" in run("status", "--at", "2026-11-03T00:00:00Z").stdout


def test_schedules_that_come_next_are_named(written, simulated, run, checkout):
    spec = checkout / "specs/minimal/lifecycle.yaml"
    spec.write_text(
        spec.read_text().replace(
            "{name: drifted, monitor: inputs}", '{name: weekly, schedule: "0 3 * * 1", timeZone: Europe/Vienna}'
        )
    )
    written(simulated("healthy")[:1])
    found = status(run, "--at", "2026-11-21T12:00:00Z")
    assert found["scheduled"] == [{"trigger": "weekly", "at": "2026-11-23T02:00:00Z"}]
    assert "weekly at 2026-11-23 02:00:00Z" in run("status", "--at", "2026-11-21T12:00:00Z").stdout


def test_what_comes_next_is_not_guessed_by_another_spec_or_none(written, simulated, run, checkout):
    written(simulated("healthy")[:3])
    spec = checkout / "specs/minimal/lifecycle.yaml"
    spec.write_text(spec.read_text().replace("max: 1%", "max: 2%"))
    assert "unknown: the spec here is another than the one that decided last" in run("status").stdout
    assert status(run)["waitsFor"] is None
    shutil.rmtree(checkout / "specs")
    assert "unknown: there is no spec of it here" in run("status").stdout


def test_as_many_decisions_are_shown_as_asked(written, run):
    written(story())
    assert [each["sequence"] for each in status(run, "--last", "2")["last"]] == [32, 31]
    assert status(run, "--last", "0")["last"] == []
    assert len(status(run, "--last", "100")["last"]) == 32


def test_every_ledger_of_a_folder_is_told_and_an_empty_one_as_well(written, run, checkout):
    written(story())
    (checkout / ".lifespec/ledger/empty.jsonl").touch()
    told = run("status")
    assert told.exit_code == 0
    assert "nothing has been decided yet" in told.stdout
    assert "growth/churn" in told.stdout
    found = json.loads(run("status", "--format", "json").stdout)["lifecycles"]
    assert [each["lifecycle"] for each in found] == ["churn", None]


def test_a_move_that_there_is_not_is_told_with_its_place(written, run):
    entries = story()
    written([*entries[:2], entries[2]._replace(to=entries[0].to)])
    done = run("status")
    assert done.exit_code == 2
    assert "error[ledger-impossible]" in done.stderr
    assert "churn.jsonl:3\n" in done.stderr
    assert run("why").exit_code == 0


@pytest.mark.parametrize("written_at", ["now", "2026-11-21", "2026-02-30T00:00:00Z"])
def test_a_time_that_is_none_is_refused(written_at, written, run):
    written(story())
    done = run("status", "--at", written_at)
    assert done.exit_code == 2
    assert f"`{written_at}` is no time: write it as 2026-11-22T08:00:00Z" in done.stderr
