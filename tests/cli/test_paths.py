"""Whatever a path leads to, a command ends, says what is wrong, and leaves it as it was."""

from __future__ import annotations

import os
import re
import shutil
import signal
import stat

import pytest

SPEC = "specs/minimal"
LEDGER = "churn.jsonl"
LONGEST_WAIT = 60
PLACES = {
    "folder": "folder",
    "pipe": "pipe",
    "link to nowhere": "dangling",
    "link to itself": "loop",
    "no name": "",
    "long name": "long" * 80,
    "long way": "w/" * 3000,
    "below a file": "lifespec.yaml/below",
    "not UTF-8": "\udcff",
    "nothing": "nothing",
}


@pytest.fixture(scope="module")
def made(pytestconfig, tmp_path_factory):
    """A project with a spec, and a place of each kind, each with each ending that a command asks for."""
    root = tmp_path_factory.mktemp("project")
    shutil.copy(pytestconfig.rootpath / "lifespec.yaml", root)
    ignored = shutil.ignore_patterns(".data", ".models")
    shutil.copytree(pytestconfig.rootpath / SPEC, root / SPEC, ignore=ignored)
    (root / "rows.csv").write_text("customer_id\n1\n")
    for end in ("", ".yaml", ".json", ".csv", ".jsonl", ".svg", ".html"):
        (root / f"folder{end}").mkdir()
        os.mkfifo(root / f"pipe{end}")
        (root / f"dangling{end}").symlink_to("nowhere")
        (root / f"loop{end}").symlink_to(f"loop{end}")
    return root


@pytest.fixture
def project(made, monkeypatch):
    """That project, in which the command is started; what waits for ever fails."""

    def stop(*_):
        raise AssertionError("it waits for ever")

    monkeypatch.chdir(made)
    monkeypatch.setattr("sys.stdin", None)
    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(LONGEST_WAIT)
    yield made
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def kinds(root):
    """What there is at each place, without following links."""
    return {path.name: stat.S_IFMT(path.lstat().st_mode) for path in root.iterdir()}


READ = {
    "lint": (["lint", "@"], ".yaml"),
    "plan": (["plan", "@"], ".yaml"),
    "compile": (["compile", "@", "--check"], ".yaml"),
    "simulate": (["simulate", "@"], ".json"),
    "check-data": (["check-data", "@"], ".json"),
    "evaluate": (["evaluate", "@"], ""),
    "scenario": (["simulate", SPEC, "--scenario", "@"], ".yaml"),
    "scenario by name": (["simulate", SPEC, "--scenario", "@"], ""),
    "trace": (["simulate", SPEC, "--trace", "@"], ".csv"),
    "why": (["why", "--ledger", "@"], ".jsonl"),
    "status": (["status", "--ledger", "@"], ""),
    "data": (["check-data", SPEC, "--data", "@"], ".csv"),
    "predictions": (["evaluate", SPEC, "--data", "rows.csv", "--predictions", "@"], ".csv"),
    "model": (["evaluate", SPEC, "--data", "rows.csv", "--model", "@"], ""),
    "init": (["init", "prices", "--yes", "--dir", "new", "--data", "@"], ".csv"),
}


@pytest.mark.parametrize(
    ("what", "kind"),
    [(what, kind) for what in READ for kind in PLACES if (what, kind) != ("init", "no name")],
)
def test_what_cannot_be_read_is_told(what, kind, project, run):
    arguments, end = READ[what]
    place = PLACES[kind] + (end if PLACES[kind] else "")
    before = kinds(project)
    done = run(*[place if each == "@" else each for each in arguments])
    assert done.exit_code in (1, 2), done.output
    assert re.search(r"[Ee]rror|cannot be read", done.output)
    assert kinds(project) == before


WRITTEN = {
    "picture": (["simulate", SPEC, "--scenario", "double-errors", "--svg", "@"], ".svg"),
    "ledger": (["simulate", SPEC, "--scenario", "double-errors", "--ledger", "@"], ".jsonl"),
    "page": (["check-data", SPEC, "--data", "rows.csv", "--html", "@"], ".html"),
    "profiles": (["check-data", SPEC, "--data", "rows.csv", "--profiles", "@"], ""),
    "report": (["check-data", SPEC, "--data", "rows.csv", "--report", "@"], ".json"),
    "manifests": (["compile", SPEC, "--out", "@"], ""),
}
TOLD = {
    "picture": "error[picture-not-written]",
    "ledger": "is there already|error[ledger-not-written]",
    "page": "a file cannot be written to|error[page-not-written]",
    "profiles": "Directory '|error[profile-not-written]",
    "report": "a file cannot be written to|error[report-not-written]",
    "manifests": "error[write-failed]",
}
CANNOT = ("pipe", "link to itself", "long name", "long way", "below a file")


@pytest.mark.parametrize("kind", CANNOT)
@pytest.mark.parametrize("what", sorted(WRITTEN))
def test_what_cannot_be_written_is_told_and_stays_what_it_is(what, kind, project, run):
    arguments, end = WRITTEN[what]
    before = kinds(project)
    done = run(*[PLACES[kind] + end if each == "@" else each for each in arguments])
    assert done.exit_code == 2, done.output
    assert any(told in done.output for told in TOLD[what].split("|")), done.output
    assert kinds(project) == before
