"""The exit codes, and that no way out shows a traceback."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess

import pytest

from lifespec_runtime.cli.exit_codes import ExitCode


def break_spec(repository, name="churn"):
    file = repository / "specs" / name / "lifecycle.yaml"
    file.write_text(file.read_text().replace('"4h"', '"4 hours"'))
    return file


CLEAN = {
    "lint": ("lint", "specs", "--fail-on", "error"),
    "compile": ("compile",),
    "plan": ("plan",),
    "explain": ("explain", "leaking-feature"),
    "metrics": ("metrics",),
    "targets": ("targets", "--fields"),
    "schema": ("schema", "modellifecycle.yaml"),
    "init": ("init", "new"),
}


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("name", CLEAN)
def test_what_works_exits_0(name, run):
    assert run(*CLEAN[name]).exit_code == ExitCode.CLEAN


@pytest.mark.parametrize("arguments", [("lint",), ("compile",), ("compile", "--check"), ("plan",)])
def test_findings_exit_1(arguments, repository, run):
    break_spec(repository)
    assert run(*arguments).exit_code == ExitCode.FINDINGS


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(("level", "code"), [("error", 0), ("warning", 0), ("info", 1)])
def test_fail_on_is_the_least_severity_that_fails(level, code, run):
    assert run("lint", "--fail-on", level).exit_code == code


def test_fail_on_of_the_project_holds_without_the_option(repository, run):
    file = repository / "lifespec.yaml"
    file.write_text(file.read_text() + "  lint: {failOn: info}\n")
    assert run("lint").exit_code == 1
    assert run("lint", "--fail-on", "error").exit_code == 0


USAGE = {
    "an option that does not exist": ("lint", "--strict"),
    "a severity that does not exist": ("lint", "--fail-on", "note"),
    "a format that does not exist": ("lint", "--format", "xml"),
    "a day that does not exist": ("lint", "--today", "2026-02-30"),
    "an environment that does not exist": ("compile", "--env", "prod"),
    "a target that does not exist": ("compile", "--target", "docker"),
    "a schema that does not exist": ("schema", "x"),
    "a metric that does not exist": ("metrics", "x"),
    "a rule that does not exist": ("explain", "x"),
    "a name that is none": ("init", "Churn!"),
    "a file that does not exist": ("lint", "specs/none.yaml"),
    "a folder that does not exist": ("lint", "none/"),
    "a file outside the repository": ("lint", "../other.yaml"),
    "a folder outside the repository": ("lint", "specs", ".."),
    "a link to nowhere": ("lint", "dangling.yaml"),
    "a link that leads out of the repository": ("lint", "outside.yaml"),
    "a pipe": ("lint", "pipe.yaml"),
    "a folder without specs": ("lint", "empty"),
    "a file without a spec": ("lint", "other.yaml"),
    "a file of which the parents are files": ("lint", "lifespec.yaml/x.yaml"),
    "an output folder that is a file": ("compile", "--out", "lifespec.yaml"),
    "an output folder below a file": ("compile", "--out", "lifespec.yaml/x"),
    "an output folder that cannot be made": ("compile", "--out", "/proc/lifespec"),
}


@pytest.mark.parametrize("case", USAGE)
@pytest.mark.parametrize("fmt", ["text", "json"])
def test_what_the_tool_itself_cannot_do_exits_2(case, fmt, repository, run):
    (repository / "empty").mkdir()
    (repository / "other.yaml").write_text("apiVersion: v1\nkind: Secret\n")
    (repository / "dangling.yaml").symlink_to("nowhere")
    (repository / "outside.yaml").symlink_to("/etc/hostname")
    os.mkfifo(repository / "pipe.yaml")
    arguments = USAGE[case]
    if arguments[0] in {"lint", "compile"} and "--format" not in arguments:
        arguments = (*arguments, "--format", fmt)
    done = run(*arguments)
    assert done.exit_code == ExitCode.USAGE
    assert "Traceback" not in done.output
    assert done.output.strip()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no /dev/full")  # noqa: PTH110
@pytest.mark.parametrize("arguments", [("metrics",), ("schema", "scenario.json"), ("simulate", "--list-scenarios")])
def test_output_that_cannot_be_written_is_no_bug(arguments, process):
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        done = process(*arguments, stdout=full)
    assert done.returncode == ExitCode.USAGE
    assert done.stderr.decode() == "error: the output cannot be written: No space left on device\n"


def test_a_folder_with_a_file_that_is_none_still_lints_the_others(repository, run):
    os.mkfifo(repository / "specs" / "pipe.yaml")
    break_spec(repository)
    done = run("lint", "--format", "json")
    assert done.exit_code == ExitCode.USAGE
    assert {finding["rule"] for finding in json.loads(done.stdout)["findings"]} >= {"unreadable-file", "bad-duration"}


def test_generated_files_and_hidden_folders_are_no_specs(repository, run):
    run("compile")
    (repository / ".cache").mkdir()
    (repository / ".cache" / "spec.yaml").write_text("a: [")
    assert run("lint", ".").output.count("2 specs") == 1


def test_without_paths_the_folder_of_the_project_is_meant_wherever_the_command_starts(repository, run, monkeypatch):
    file = repository / "lifespec.yaml"
    file.write_text(file.read_text().replace("  targets", "  specs: models\n  targets"))
    (repository / "specs").rename(repository / "models")
    (repository / "models" / "notes").mkdir()
    monkeypatch.chdir(repository / "models" / "notes")
    assert "in 2 specs" in run("lint").output


def test_a_model_version_that_is_named_alone_finds_its_lifecycle(repository, run):
    (repository / "specs/churn/model.yaml").write_text(
        "apiVersion: lifespec.dev/v1alpha1\nkind: ModelVersion\nmetadata: {name: churn-1, namespace: growth}\n"
        f"spec: {{lifecycle: churn, model: {{uri: s3://m/1, digest: sha256:{'a' * 64}, format: onnx}}}}\n"
    )
    done = run("lint", "specs/churn/model.yaml", "--fail-on", "error")
    assert done.exit_code == 0
    assert "in 1 spec" in done.output


def test_a_broken_project_file_is_reported_and_nothing_is_compiled(repository, run):
    (repository / "lifespec.yaml").write_text("apiVersion: lifespec.dev/v1alpha1\nkind: LifespecProject\nspec: []\n")
    assert run("lint").exit_code == ExitCode.FINDINGS
    assert run("compile").exit_code == ExitCode.FINDINGS
    assert not (repository / "generated").exists()


@pytest.mark.usefixtures("repository")
def test_a_bug_is_one_line_and_exits_3(started):
    bug = (
        "import lifespec_runtime.cli.commands.lint as l; from lifespec_runtime.cli import main\n"
        "l.lint = lambda *a: 1 / 0; main()"
    )
    done = subprocess.run([started()[0], "-c", bug, "lint"], capture_output=True, check=False, timeout=60)
    assert done.returncode == ExitCode.INTERNAL
    assert b"internal error: ZeroDivisionError" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    ("refused", "told"),
    [
        ("open('nowhere')", b"error: nowhere: No such file or directory"),
        ("open(chr(0xDCFF))", b"error: \\udcff: No such file"),
        ("('x' * 999 + chr(0xdcff)).encode()", b"this name is not UTF-8; choose another one"),
    ],
)
def test_what_the_system_says_of_a_path_is_no_bug(refused, told, started):
    code = (
        "import lifespec_runtime.cli.commands.lint as l; from lifespec_runtime.cli import main\n"
        f"l.lint = lambda *a: {refused}; main()"
    )
    done = subprocess.run([started()[0], "-c", code, "lint"], capture_output=True, check=False, timeout=60)
    assert done.returncode == ExitCode.USAGE
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.usefixtures("repository")
def test_control_c_exits_130_without_a_traceback(started):
    wait = (
        "import lifespec_runtime.cli.commands.lint as l; from lifespec_runtime.cli import main\n"
        "def wait(*a): print('ready', flush=True); import time; time.sleep(60)\n"
        "l.lint = wait; main()"
    )
    with subprocess.Popen(
        [started()[0], "-c", wait, "lint"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=60)
    assert running.returncode == ExitCode.INTERRUPTED
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    "arguments", [("schema", "modellifecycle.yaml"), ("plan",), ("targets", "--fields"), ("lint",)]
)
@pytest.mark.usefixtures("repository")
def test_a_reader_that_goes_away_is_no_traceback(arguments, started):
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as pipe:
        done = subprocess.run(started(*arguments), stdout=pipe, stderr=subprocess.PIPE, check=False, timeout=60)
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr


def test_a_full_disk_is_a_finding_and_leaves_what_was_there(process, repository, run):
    assert run("compile").exit_code == 0
    before = {file: file.read_bytes() for file in (repository / "generated").rglob("*") if file.is_file()}
    spec = repository / "specs/churn/lifecycle.yaml"
    spec.write_text(spec.read_text().replace("growth-ml@", "growth@"))
    done = process("compile", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512)))
    assert done.returncode == ExitCode.USAGE
    assert b"write-failed" in done.stderr
    assert b"Traceback" not in done.stderr
    assert {file: file.read_bytes() for file in before} == before
