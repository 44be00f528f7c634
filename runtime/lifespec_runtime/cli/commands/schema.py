"""`lifespec schema`: the JSON Schemas for editors and the CRDs for clusters."""

from __future__ import annotations

import json

import click

from lifespec_compiler.emit.yaml import to_yaml
from lifespec_runtime.cli import options
from lifespec_schema.export.crds import crds
from lifespec_schema.export.json_schema import json_schemas

EPILOG = """Examples:

\b
  lifespec schema
  lifespec schema model-lifecycle.json > model-lifecycle.json
"""


@click.command("schema", epilog=EPILOG)
@click.argument("name", required=False, shell_complete=options.completed(lambda: [*json_schemas(), *crds()]))
def command(name: str | None) -> None:
    """List the schemas, or print one: a JSON Schema for editors, or a CRD for a cluster."""
    schemas, definitions = json_schemas(), crds()
    options.check_names([name] if name else [], [*schemas, *definitions], "NAME")
    if name is None:
        click.echo("\n".join([*schemas, *definitions]))
    elif name in schemas:
        click.echo(json.dumps(schemas[name], indent=2, ensure_ascii=False))
    else:
        click.echo(to_yaml(definitions[name]), nl=False)
