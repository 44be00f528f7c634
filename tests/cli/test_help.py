from __future__ import annotations

import importlib
import re
import shlex
import subprocess
from contextlib import suppress

import click
import pytest

from lifespec_compiler import codes as compiler_codes
from lifespec_compiler.rules import RULES
from lifespec_runtime.cli.app import COMMANDS, lifespec
from lifespec_runtime.local.workspace import TOOL_RULES
from lifespec_schema import codes as schema_codes
from lifespec_schema.catalog import METRICS
from lifespec_schema.export.leaves import fields


def command(name):
    return importlib.import_module(f"lifespec_runtime.cli.commands.{name.replace('-', '_')}").command


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_has_examples_of_that_command(name, run):
    done = run(name, "--help")
    assert done.exit_code == 0
    examples = done.stdout.partition("Examples:")[2]
    assert f"lifespec {name}" in examples


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_says_what_it_does(name):
    for parameter in command(name).params:
        if isinstance(parameter, click.Option):
            assert parameter.help
            assert parameter.help.endswith((".", "UTC.")), parameter.help


@pytest.mark.parametrize("name", COMMANDS)
def test_every_example_is_a_command_line_that_parses(name, run):
    for line in re.findall(r"^ *lifespec (.*)$", run(name, "--help").stdout.partition("Examples:")[2], re.MULTILINE):
        words = shlex.split(line.partition(" >")[0])
        context = lifespec.make_context("lifespec", list(words), resilient_parsing=False)
        _, sub, rest = lifespec.resolve_command(context, words)
        assert sub is not None
        with suppress(click.exceptions.Exit), sub.make_context(words[0], rest, parent=context):  # a list ends it
            pass


def test_the_table_of_commands_says_what_each_command_is_for():
    assert all(command(name).name == name and summary.endswith(".") for name, summary in COMMANDS.items())


def test_without_arguments_the_help_is_shown(run):
    assert run().exit_code == 2
    assert "Commands:" in run().output


@pytest.mark.parametrize(("typed", "meant"), [("lnt", "lint"), ("comple", "compile"), ("explian", "explain")])
def test_a_misspelt_command_is_answered_with_the_right_one(typed, meant, run):
    done = run(typed)
    assert done.exit_code == 2
    assert f"did you mean `{meant}`?" in done.stderr


@pytest.mark.parametrize("code", [*RULES, *schema_codes.CODES, *compiler_codes.CODES, *TOOL_RULES])
def test_every_finding_can_be_explained(code, run):
    done = run("explain", code)
    assert done.exit_code == 0
    assert len(done.stdout) > len(code) + 20


def test_every_id_that_the_code_reports_is_listed(repository_root):
    written = set()
    reporters = r"Problem|Finding|refuse|_match|_error|_report|report\.add|_constraint|text|number"
    pattern = rf'(?:{reporters})\((?:[^"()]|\([^()]*\))*?"([a-z]+(?:-[a-z]+)+)"'
    for package in ("schema/lifespec_schema", "compiler/lifespec_compiler/plan", "runtime/lifespec_runtime/local"):
        for file in (repository_root / package).rglob("*.py"):
            if "spec" not in file.parts:
                written |= set(re.findall(pattern, file.read_text()))
    known = {*RULES, *schema_codes.CODES, *compiler_codes.CODES, *TOOL_RULES}
    assert len(written) > 60
    assert written <= known, written - known


@pytest.fixture
def repository_root(pytestconfig):
    return pytestconfig.rootpath


@pytest.mark.parametrize("field", [field.path for field in fields()][::12])
def test_every_field_can_be_explained(field, run):
    path = field.replace(".*", "")
    for written in (path, path.removeprefix("spec."), field.replace("*", "0")):
        done = run("explain", written)
        assert done.exit_code == 0, written
        assert "effect" in done.stdout


@pytest.mark.parametrize("path", ["spec.environments.gateway", "spec.trainedOn.snapshot", "rollout.steps[0].weight"])
def test_fields_of_all_documents_can_be_explained(path, run):
    assert run("explain", path).exit_code == 0


def test_what_cannot_be_explained_is_answered_with_something_near(run):
    done = run("explain", "rollout.stepz")
    assert done.exit_code == 2
    assert "did you mean `spec.rollout.steps`?" in done.stderr


def test_metrics_lists_all_metrics_and_explains_each(run):
    listed = run("metrics").stdout
    assert all(name in listed for name in METRICS)
    for name in METRICS:
        assert METRICS[name].title in run("metrics", name).stdout
    done = run("metrics", "rocauc")
    assert done.exit_code == 2
    assert "did you mean `rocAuc`?" in done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_is_there_for(shell, process):
    done = process(env={"_LIFESPEC_COMPLETE": f"{shell}_source"})
    assert done.returncode == 0
    assert b"lifespec" in done.stdout


COMPLETIONS = {
    "commands": (["li"], ["lint"]),
    "rules": (["explain", "leaking"], ["leaking-feature"]),
    "codes of findings": (["explain", "bad-du"], ["bad-duration"]),
    "fields": (["explain", "spec.rollout.approval.be"], ["spec.rollout.approval.before"]),
    "environments": (["plan", "--env", "st"], ["staging"]),
    "targets": (["compile", "--target", "kub"], ["kubernetes"]),
    "metrics": (["metrics", "rocA"], ["rocAuc"]),
    "schemas": (["schema", "model-l"], ["model-lifecycle.json"]),
    "severities": (["lint", "--fail-on", "w"], ["warning"]),
    "nothing after a command that does not exist": (["lnt", "x"], []),
}


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("case", COMPLETIONS)
def test_a_shell_completes(case, process):
    words, expected = COMPLETIONS[case]
    line = " ".join(["lifespec", *words])
    done = process(env={"_LIFESPEC_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words))})
    assert done.stderr == b""
    offered = [entry.partition(",")[2] for entry in done.stdout.decode().splitlines()]
    assert [word for word in offered if word] == expected


def test_the_version_is_that_of_the_package(process):
    done = process("--version")
    assert re.fullmatch(rb"lifespec [0-9]+\.[0-9]+\.[0-9]+\S*\n", done.stdout)
    assert isinstance(done, subprocess.CompletedProcess)
