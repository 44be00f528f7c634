"""`lifespec init`: a spec, its data contract and a project file to start from."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import click

from lifespec_compiler.emit.problems import WriteError
from lifespec_compiler.emit.write import write
from lifespec_compiler.manifest import Manifest
from lifespec_compiler.plan import assemble, parse
from lifespec_runtime.cli.exit_codes import ExitCode
from lifespec_runtime.cli.starter import (
    PROBLEMS,
    SCHEMAS,
    Answers,
    Roles,
    Table,
    TableError,
    files,
    read_table,
    sample_table,
)
from lifespec_runtime.local.places import PROJECT_FILE, find_root
from lifespec_schema.values.identifiers import EMAIL_PATTERN, LABEL_PATTERN, NAME_PATTERN

EPILOG = """Examples:

\b
  lifespec init
  lifespec init churn --namespace growth
  lifespec init prices --problem regression --data homes.csv --label price
  lifespec init --yes

On a terminal and without a name it asks for everything; Ctrl-C leaves nothing behind.
"""
Check = Callable[[Any, Any, Any], Any]
"""What click calls with a context, a parameter and a value; it refuses the value, or gives it."""
Answer = Callable[..., str]
_REGISTRY = r"[a-z0-9]([a-z0-9._:/-]{0,98}[a-z0-9])?"


def _matching(pattern: str, form: str) -> Check:
    """Refuses an answer that a spec could not hold."""

    def check(_ctx: object, _param: object, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(pattern, value, re.ASCII):
            raise click.BadParameter(f"use {form}")
        return value

    return check


_label = _matching(LABEL_PATTERN, "lower-case letters, digits and `-`, at most 52 characters")
_team = _matching(NAME_PATTERN, "letters, digits, `-`, `_` and `.`, at most 63 characters")
_email = _matching(EMAIL_PATTERN, "an e-mail address such as growth-ml@example.com")
_registry = _matching(_REGISTRY, "a registry's address such as registry.example.com/team")


@click.command("init", epilog=EPILOG)
@click.argument("name", required=False, callback=_label)
@click.option("--namespace", callback=_label, help="The Kubernetes namespace of the model; default: default.")
@click.option("--problem", type=click.Choice(PROBLEMS), help="What the model answers; default: binaryClassification.")
@click.option("--data", metavar="CSV", help="A CSV file to draft the data contract from.")
@click.option("--label", metavar="COLUMN", help="The column to predict; default: the last one.")
@click.option("--time", metavar="COLUMN", help="The column with dates that rows are ordered by.")
@click.option("--group", metavar="COLUMN", help="For ranking: the column that tells the lists apart.")
@click.option("--team", callback=_team, help="The team that owns the model; default: my-team.")
@click.option("--email", callback=_email, help="Where the team is reached; default: TEAM@example.com.")
@click.option("--registry", callback=_registry, help="Where the images lie; default: registry.example.com.")
@click.option("--dir", "folder", metavar="DIR", help="The repository's root; default: where lifespec.yaml is, or here.")
@click.option("--yes", is_flag=True, help="Ask nothing; take the defaults for what is not said.")
def command(name: str | None, *, folder: str | None, yes: bool, **given: str | None) -> None:
    """Write a spec to start from: specs/NAME/lifecycle.yaml, a data contract, and lifespec.yaml where there is none.

    Existing files are never touched. Beside them go the JSON Schemas that editors read, into .lifespec/.
    """
    asks = name is None and not yes and sys.stdin.isatty() and sys.stdout.isatty()
    if name is None and not yes and not asks:
        raise click.UsageError("Missing argument 'NAME'. On a terminal it is asked for; --yes takes a default.")
    if asks:
        click.echo("A start for one model. Enter takes the answer in brackets; Ctrl-C leaves nothing behind.\n")
    try:
        answers, table, roles = _answered({**given, "name": name}, _ask if asks else _default)
    except TableError as error:
        _refuse(str(error))
    root = _root(folder)
    made = _new(root, files(answers, table, roles, _specs(root)), answers.name)
    if asks:
        click.echo("\n" + "".join(f"  {path}\n" for path in made))
        click.confirm("Write these files?", default=True, abort=True)
    _write(root, made)
    _tell(made, table)


def _answered(given: Mapping[str, str | None], answer: Answer) -> tuple[Answers, Table, Roles]:
    """What was not given is asked for, or its default taken; raises TableError."""
    name = given["name"] or answer("Name of the model", "my-model", _label)
    namespace = given["namespace"] or answer("Kubernetes namespace", "default", _label)
    problem = given["problem"] or answer("What it answers", PROBLEMS[0], None, click.Choice(PROBLEMS))
    data = given["data"] or answer("CSV file to draft the data contract from, or nothing", "", _readable)
    table, label = sample_table(problem), given["label"] or ""
    if data:
        table = read_table(data)
        names = table.names()
        label = label or answer("Column to predict", names[-1], None, click.Choice(names))
    roles = Roles.of(table, problem, label, given["time"] or "", given["group"] or "")
    team = given["team"] or answer("Team that owns it", "my-team", _team)
    email = given["email"] or answer("Where the team is reached", f"{team}@example.com", _email)
    registry = given["registry"] or answer("Registry of its images", "registry.example.com", _registry)
    return Answers(name, namespace, problem, team, email, registry, data), table, roles


def _ask(
    question: str,
    default: str,
    check: Check | None,
    kind: click.Choice[str] | None = None,
) -> str:
    """Asks until the answer can be used."""

    def accepted(text: str) -> str:
        value = kind.convert(text, None, None) if kind else text
        return (check(None, None, value) or "") if check else value

    shown = bool(default)
    answer: str = click.prompt(question, default=default, value_proc=accepted, type=kind, show_default=shown)
    return answer


def _default(_question: str, default: str, *_: object) -> str:
    return default


def _readable(_ctx: object, _param: object, file: str) -> str:
    try:
        if file:
            read_table(file)
    except TableError as error:
        raise click.BadParameter(str(error)) from error
    return file


def _refuse(why: str) -> NoReturn:
    click.echo(why, err=True)
    sys.exit(ExitCode.USAGE)


def _root(folder: str | None) -> Path:
    """The folder to write to: the one that is named, else the project's, else the current one."""
    if folder is not None:
        return Path(folder)
    project = Path(find_root(str(Path.cwd())))
    return project if (project / PROJECT_FILE).exists() else Path()


def _specs(root: Path) -> str:
    """The project's folder of specs."""
    try:
        content = (root / PROJECT_FILE).read_bytes()
    except OSError:
        return "specs"
    _, project, _ = assemble(parse({PROJECT_FILE: content})[0], PROJECT_FILE)
    return project.value.spec.specs.rstrip("/") if project else "specs"


def _new(root: Path, made: Mapping[str, str], name: str) -> dict[str, str]:
    """The files without those that all models share and that are there; ends where one of the model's own is there."""
    project = Path(find_root(str(root.absolute())), PROJECT_FILE)
    shared = {path for path in made if path.startswith(f"{SCHEMAS}/") and (root / path).exists()}
    shared |= {PROJECT_FILE} if project.exists() else set()
    taken = [path for path in made if path not in shared and (root / path).exists()]
    if taken:
        _refuse(f"{taken[0]} exists already; choose another name than {name}")
    return {path: text for path, text in made.items() if path not in shared}


def _write(root: Path, made: Mapping[str, str]) -> None:
    """Writes all files, or none."""
    try:
        write(root, [Manifest(path, text) for path, text in made.items()], record=False)
    except WriteError as error:
        _refuse(f"nothing was written: {error}")


def _tell(made: Mapping[str, str], table: Table) -> None:
    for path in made:
        click.echo(f"wrote {path}")
    if table.left_out:
        click.echo(f"left out, since a spec cannot name them: {', '.join(table.left_out)}", err=True)
    click.echo(f"next: lifespec lint {next(iter(made)).rpartition('/')[0]}")
