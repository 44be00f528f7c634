"""`lifespec why` answers for every decision, with what the checkout knows of it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import click
import pytest
from markdown_it import MarkdownIt

from ledger_story import DONE, story
from lifespec_runtime.cli.commands.why import command
from lifespec_runtime.cli.ledger_report import words
from lifespec_runtime.ledger.errors import CODES

HARM = "double-errors"


def test_a_rollback_is_explained_down_to_the_line_of_the_spec(written, simulated, run, checkout):
    written(simulated(HARM))
    told = run("why").stdout
    spec = (checkout / "specs/minimal/lifecycle.yaml").read_text().splitlines()
    lines = dict(re.findall(r"--> (\S+):\d+  (spec\.rollout\.guards\[0\]\.max)", told))
    [(place, _)] = lines.items()
    file, line = place.split(":")
    assert file == "specs/minimal/lifecycle.yaml"
    assert "max: 1%" in spec[int(line) - 1]
    failed = r"Fail  guard-errorRate: ([\d.]+) % \(([\d,]+) of ([\d,]+)\); wanted: at most 1 %; window (\d)\n"
    windows = [[float(part.replace(",", "")) for part in found] for found in re.findall(failed, told)]
    assert [found[3] for found in windows] == [2, 1]
    assert all(share == pytest.approx(100 * bad / all_, rel=0.03) and share > 1 for share, bad, all_, _ in windows)
    assert "It began here: Git nominated it." in told
    assert "the checkout's; commit unknown:" in told


def test_each_decision_is_explained_in_each_format(written, run):
    entries = story()
    written([*entries])
    for entry in entries:
        text = run("why", str(entry.sequence))
        assert text.exit_code == 0, text.output
        assert text.stdout.startswith(f"growth/churn: decision {entry.sequence}, ")
        document = json.loads(run("why", str(entry.sequence), "--format", "json").stdout)
        assert document["decision"] == entry.sequence
        assert document["chain"][0]["kind"] == entry.kind
        first = document["chain"][-1]
        assert first["kind"] in ("nominate", "train", "suppress") or "request" in first
        for each in document["chain"]:
            assert re.search(rf"^{each['sequence']}  ", text.stdout, re.MULTILINE)
            for cause in each["causes"]:
                assert {"check", "verdict", "value", "samples", "words", "specPath", "place"} <= cause.keys()
                assert cause["specPath"] in text.stdout
        markdown = run("why", str(entry.sequence), "--format", "markdown").stdout
        tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
        assert sum(token.type == "tr_open" for token in tokens) >= 2
        assert not [token for token in tokens if token.type in ("html_block", "html_inline")]


def test_the_commit_that_brought_the_plan_is_named(written, simulated, run, commit):
    written(simulated(HARM))
    assert run("compile", "specs").exit_code == 0
    brought = commit("Errors at most 1 %")
    told = run("why")
    assert f"commit {brought[:10]} of " in told.stdout
    assert ": Errors at most 1 %" in told.stdout
    [plan] = json.loads(run("why", "--format", "json").stdout)["plans"]
    assert plan["commit"]["id"] == brought
    assert plan["isCheckout"] is True


def test_a_later_commit_does_not_take_its_place(written, simulated, run, commit, checkout):
    written(simulated(HARM))
    assert run("compile", "specs").exit_code == 0
    brought = commit("The first")
    spec = checkout / "specs/minimal/lifecycle.yaml"
    spec.write_text(spec.read_text().replace("max: 1%", "max: 2%"))
    assert run("compile", "specs").exit_code == 0
    commit("The second")
    told = run("why").stdout
    assert f"commit {brought[:10]}" in told
    assert "another than the checkout's: lines are today's" in told
    [plan] = json.loads(run("why", "--format", "json").stdout)["plans"]
    assert plan["isCheckout"] is False


def test_without_git_or_its_history_the_commit_is_said_to_be_unknown(
    written, simulated, run, commit, checkout, monkeypatch
):
    written(simulated(HARM))
    commit("Without generated manifests")
    assert "commit unknown: no commit of this branch brought it into generated/" in run("why").stdout
    clone = ("git", "clone", "--quiet", "--depth", "1", checkout.as_uri(), str(checkout / "shallow"))
    subprocess.run(clone, check=True)
    ledger = str(checkout / ".lifespec/ledger/churn.jsonl")
    monkeypatch.chdir(checkout / "shallow")
    assert "commit unknown: the clone is shallow" in run("why", "--ledger", ledger).stdout
    monkeypatch.setenv("PATH", "")
    assert "commit unknown: Git is not installed" in run("why", "--ledger", ledger).stdout


def test_without_the_spec_bounds_are_named_by_their_paths(written, simulated, run, checkout):
    written(simulated(HARM))
    shutil.rmtree(checkout / "specs")
    told = run("why").stdout
    assert re.search(r"guard-errorRate: 0\.0\d{5,} \(\d+ of [\d,]+\); wanted: at most 0\.01; window 2\n", told)
    assert "--> spec.rollout.guards[0].max" in told
    assert "there is no spec of it here" in told
    assert "not compared" in told


def test_a_bound_that_is_no_longer_in_the_spec_has_no_line(written, run):
    written(story())
    told = run("why", "13").stdout
    assert "--> spec.evaluation.online.gates[0].max" in told
    assert "--> specs/minimal/lifecycle.yaml:" in run("why", "14").stdout


def test_a_broken_spec_does_not_keep_it_from_answering(written, simulated, run, checkout):
    written(simulated(HARM))
    (checkout / "specs/minimal/lifecycle.yaml").write_text("apiVersion: lifespec.dev/v1alpha1\nkind: [\n")
    done = run("why")
    assert done.exit_code == 0
    assert "spec.rollout.guards[0].max" in done.stdout


def test_bounds_against_stable_and_intervals_are_told_in_the_units_of_the_metric(run, checkout):
    gate = "        - {metric: errorRate, against: stable, maxRegression: 0.5%, confidence: 95%}\n"
    spec = checkout / "specs/minimal/lifecycle.yaml"
    spec.write_text(spec.read_text().replace("  serving:\n", f"    online:\n      gates:\n{gate}  serving:\n"))
    simulating = ("simulate", "specs/minimal", "--scenario", "healthy", "--ledger", ".lifespec/ledger/churn.jsonl")
    assert run(*simulating).exit_code == 0
    text = run("why").stdout
    gates = re.findall(
        r"online-errorRate-against-stable: ([+-][\d.]+) points \(([\d,]+) of ([\d,]+)\); "
        r"wanted: [^;]+; 90 % interval ([+-][\d.]+) to ([+-][\d.]+) points, always valid; "
        r"stable ([\d,]+) of ([\d,]+)\n",
        text,
    )
    assert len(gates) == 2
    for found in gates:
        value, bad, all_, low, high, other_bad, other_all = (float(part.replace(",", "")) for part in found)
        assert value == pytest.approx(100 * (bad / all_ - other_bad / other_all), abs=(high - low) / 10)
        assert low < value < high < 0.5
    assert "evidence" not in text
    assert '"evidence": ' in run("why", "--format", "json").stdout


@pytest.mark.parametrize(
    ("value", "told"),
    [(3.69664e-05, "0.0000369664"), (-2.1e-08, "-0.000000021"), (1e-300, "1e-300"), (0.5, "0.5"), (0.0, "0")],
)
def test_small_numbers_are_written_as_people_read_them(value, told):
    assert words.number(value) == told


def test_an_answer_is_no_move_and_a_rollout_is_promoted_where_a_run_is_done(written, run):
    written(story())
    assert re.search(r"^9  \S+ \S+Z  a request is answered$", run("why", "9").stdout, re.MULTILINE)
    assert run("why", "3").stdout.startswith("growth/churn: decision 3, is promoted")
    done = story()[27]._replace(to=DONE)
    assert words.headline(done) == "is done"


def test_a_model_goes_by_its_version_its_digest_and_by_a_checkpoint(written, simulated, run):
    entries = simulated(HARM)
    written(entries)
    assert entries[1].version == "candidate"
    for subject in ("candidate", entries[1].revision.model, entries[1].revision.model[:13]):
        assert run("why", subject).stdout.startswith(f"growth/churn: decision {entries[-1].sequence}, "), subject
    serving = entries[0].checkpoint.stable.model
    assert run("why", serving[:20]).stdout.startswith("growth/churn: decision 1, a checkpoint")


@pytest.mark.parametrize(
    ("subject", "advice"),
    [("99", "decisions have the numbers 1 to 32"), ("0", "the numbers 1 to 32"), ("bbb", "at least 6 characters")],
)
def test_a_number_or_a_digest_that_does_not_do_is_told_why(subject, advice, written, run):
    written(story())
    done = run("why", subject)
    assert done.exit_code == 2
    assert advice in done.stderr


@pytest.mark.parametrize("subject", ["churn", "growth/churn", None])
def test_a_lifecycle_means_its_last_decision(subject, written, run):
    entries = story()
    written(entries)
    told = run("why", *([subject] if subject else [])).stdout
    assert told.startswith(f"growth/churn: decision {entries[-1].sequence}, ")


def test_of_several_ledgers_the_one_that_knows_it_answers(written, run):
    entries = story()
    written(entries)
    written(entries[:3], ".lifespec/ledger/earlier.jsonl")
    assert run("why", "churn-2").exit_code == 0
    done = run("why")
    assert done.exit_code == 2
    assert "error[ledger-unknown-subject]: there are several ledgers: " in done.stderr
    assert "--ledger" in done.stderr
    assert "several ledgers know `churn`" in run("why", "churn").stderr
    assert run("why", "--ledger", ".lifespec/ledger/earlier.jsonl").stdout.startswith("growth/churn: decision 3")


def test_what_nobody_decided_is_answered_with_something_near(written, run):
    written(story())
    done = run("why", "chrun-3")
    assert done.exit_code == 2
    assert "did you mean `churn-" in done.stderr
    assert run("why", "weather").exit_code == 2


def test_without_any_ledger_it_says_so(checkout, run):
    for arguments in (("why",), ("status",), ("why", "--ledger", "none.jsonl"), ("status", "--ledger", "none.jsonl")):
        done = run(*arguments)
        assert done.exit_code == 2
        assert "error[ledger-not-read]" in done.stderr
    (checkout / ".lifespec/ledger").rmdir()
    assert "error[ledger-not-read]" in run("why").stderr


def test_a_torn_tail_is_told_and_the_rest_is_explained(written, run):
    file = written(story())
    with file.open("ab") as end:
        end.write(b'{"api')
    for name in ("why", "status"):
        done = run(name)
        assert done.exit_code == 0
        assert "warning[ledger-torn-tail]: .lifespec/ledger/churn.jsonl:33: " in done.stderr
    assert file.read_bytes().endswith(b'{"api')


def test_a_broken_ledger_is_told_with_its_place(written, run):
    file = written(story())
    file.write_bytes(file.read_bytes().replace(b'"finish"', b'"finis"', 1))
    done = run("why")
    assert done.exit_code == 2
    assert "error[ledger-broken]" in done.stderr
    assert re.search(r"--> \.lifespec/ledger/churn\.jsonl:3:\d+", done.stderr)


def test_what_people_wrote_changes_no_terminal_and_no_markdown(written, run):
    entries = story()
    entries[0] = entries[0]._replace(reason="\x1b[31m<b>|`x`\n# No", request="ask")
    written(entries)
    assert "\x1b" not in run("why", "1").stdout
    markdown = run("why", "1", "--format", "markdown").stdout
    assert "\x1b" not in markdown
    assert "<b>" not in markdown
    assert "\n# No" not in markdown


@pytest.mark.parametrize("code", CODES)
def test_every_code_of_a_ledger_can_be_explained(code, run):
    done = run("explain", code)
    assert done.exit_code == 0
    assert CODES[code] in done.stdout


def test_a_shell_completes_what_was_decided(written, monkeypatch):
    written(story())
    argument = next(each for each in command.params if each.name == "subject")
    with click.Context(command) as context:
        offered = [item.value for item in argument.shell_complete(context, "churn")]
    assert {"churn", "churn-5", "churn-1"} <= set(offered)
    monkeypatch.chdir("/")
    with click.Context(command) as context:
        assert argument.shell_complete(context, "churn") == []
