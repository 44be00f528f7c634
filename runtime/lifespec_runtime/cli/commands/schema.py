"""`lifespec schema`: the JSON Schemas for editors and the CRDs for clusters."""

from __future__ import annotations

import json
import sys

import click

from lifespec_compiler.emit.write import check, write
from lifespec_compiler.emit.yaml import to_yaml
from lifespec_compiler.manifest import Manifest
from lifespec_runtime.cli.exit_codes import ExitCode
from lifespec_schema.export import crds, json_schemas

EPILOG = """Examples:

\b
  lifespec schema
  lifespec schema model-lifecycle.json > model-lifecycle.json
  lifespec schema --out schema/
"""


@click.command("schema", epilog=EPILOG)
@click.argument("name", required=False)
@click.option("--out", metavar="DIR", help="Write all of them: DIR/json-schema/ and DIR/crds/.")
@click.option("--check", "check_only", is_flag=True, help="With --out: write nothing; exit 1 unless they are fresh.")
def command(name: str | None, out: str | None, check_only: bool) -> None:
    """Print a JSON Schema or a CRD, list them, or write them all."""
    schemas, definitions = json_schemas(), crds()
    if out:
        sys.exit(_write(out, schemas, definitions, check_only=check_only))
    if check_only:
        raise click.UsageError("--check needs --out")
    if name is None:
        click.echo("\n".join([*schemas, *definitions]))
    elif name in schemas:
        click.echo(json.dumps(schemas[name], indent=2, ensure_ascii=False))
    elif name in definitions:
        click.echo(to_yaml(definitions[name]), nl=False)
    else:
        raise click.BadParameter(f"`{name}` is not one of {', '.join([*schemas, *definitions])}", param_hint="NAME")


def _write(out: str, schemas: dict[str, object], definitions: dict[str, object], *, check_only: bool) -> ExitCode:
    texts = [Manifest(name, json.dumps(schema, indent=2, ensure_ascii=False) + "\n") for name, schema in schemas.items()]
    objects = [Manifest(name, to_yaml(definition)) for name, definition in definitions.items()]
    code = ExitCode.CLEAN
    for folder, manifests in ((f"{out}/json-schema", texts), (f"{out}/crds", objects)):
        if not check_only:
            write(folder, manifests)
            continue
        for difference in check(folder, manifests):
            click.echo(f"{difference.kind}: {folder}/{difference.path}")
            code = ExitCode.FINDINGS
    return code
