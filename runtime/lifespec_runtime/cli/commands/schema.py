"""`lifespec schema`: the JSON Schemas for editors and the CRDs for clusters."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from lifespec_compiler.emit.problems import WriteError
from lifespec_compiler.emit.write import write
from lifespec_compiler.emit.yaml import to_yaml
from lifespec_compiler.manifest import Manifest
from lifespec_runtime.cli import options
from lifespec_runtime.cli.evaluation_report import schema as evaluation
from lifespec_runtime.cli.exit_codes import ExitCode
from lifespec_runtime.cli.starter import editor_schemas
from lifespec_runtime.local.places import find_root
from lifespec_schema.export.crds import crds
from lifespec_schema.export.json_schema import json_schemas

EPILOG = """Examples:

\b
  lifespec schema
  lifespec schema model-lifecycle.json > model-lifecycle.json
  lifespec schema --write
"""


@click.command("schema", epilog=EPILOG)
@click.argument(
    "name", required=False, shell_complete=options.completed(lambda: [*json_schemas(), evaluation.FILE, *crds()])
)
@click.option("--write", "to_project", is_flag=True, help="Write those for editors into the project's .lifespec/.")
def command(name: str | None, *, to_project: bool) -> None:
    """List the schemas, or print one: a JSON Schema for editors, or a CRD for a cluster.

    After an update of lifespec, --write brings the schemas that `lifespec init` wrote up to date.
    """
    if to_project:
        _write_to_project(name)
        return
    schemas, definitions = {**json_schemas(), evaluation.FILE: evaluation.evaluation_schema()}, crds()
    options.check_names([] if name is None else [name], [*schemas, *definitions], "NAME")
    if name is None:
        click.echo("\n".join([*schemas, *definitions]))
    elif name in schemas:
        click.echo(json.dumps(schemas[name], indent=2, ensure_ascii=False))
    else:
        click.echo(to_yaml(definitions[name]), nl=False)


def _write_to_project(name: str | None) -> None:
    if name is not None:
        raise click.UsageError("--write writes all that editors read; leave out NAME")
    root = find_root(str(Path.cwd()))
    try:
        result = write(
            root, [Manifest(path, text) for path, text in editor_schemas().items()], record=False, force=True
        )
    except WriteError as error:
        click.echo(f"nothing was written: {error}", err=True)
        sys.exit(ExitCode.USAGE)
    click.echo("".join(f"wrote {path}\n" for path in result.written) or "all are fresh\n", nl=False)
