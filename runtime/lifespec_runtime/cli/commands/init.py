"""`lifespec init`: a commented spec and project file to start from."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from lifespec_compiler.emit.write import WriteError, write
from lifespec_compiler.manifest import Manifest
from lifespec_runtime.cli.exit_codes import ExitCode
from lifespec_runtime.local.places import PROJECT_FILE, find_root
from lifespec_schema.values.identifiers import LABEL_PATTERN

TEMPLATES = Path(__file__).parents[1] / "templates"


@click.command("init", epilog="Examples:\n\n\b\n  lifespec init churn\n  lifespec init churn --namespace growth")
@click.argument("name")
@click.option("--namespace", default="default", show_default=True, help="The Kubernetes namespace of the model.")
@click.option("--dir", "folder", default=".", show_default=True, help="The repository's root.")
def command(name: str, namespace: str, folder: str) -> None:
    """Write specs/NAME/lifecycle.yaml and, where there is none, lifespec.yaml. Existing files are never touched."""
    for value, hint in ((name, "NAME"), (namespace, "--namespace")):
        if not re.fullmatch(LABEL_PATTERN, value, re.ASCII):
            raise click.BadParameter("use lower-case letters, digits and `-`, at most 52 characters", param_hint=hint)
    root = Path(folder)
    files = {f"specs/{name}/lifecycle.yaml": _text("lifecycle.yaml", name, namespace)}
    if not Path(find_root(str(root.absolute())), PROJECT_FILE).exists():
        files[PROJECT_FILE] = _text("lifespec.yaml", name, namespace)
    taken = [path for path in files if (root / path).exists()]
    if taken:
        click.echo(f"{taken[0]} exists already; choose another name", err=True)
        sys.exit(ExitCode.USAGE)
    for path, text in files.items():
        target = root / path
        try:
            write(target.parent, [Manifest(target.name, text)], record=False)
        except WriteError as error:
            click.echo(f"cannot write {path}: {error}", err=True)
            sys.exit(ExitCode.USAGE)
        click.echo(f"wrote {path}")
    click.echo(f"next: lifespec lint specs/{name}")


def _text(template: str, name: str, namespace: str) -> str:
    text = (TEMPLATES / template).read_text(encoding="utf-8")
    return text.replace("__NAME__", name).replace("__NAMESPACE__", namespace)
