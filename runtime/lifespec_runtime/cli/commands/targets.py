"""`lifespec targets`: what specs can be compiled to, and which fields each target honours."""

from __future__ import annotations

import json

import click

from lifespec_compiler.targets import TARGETS
from lifespec_runtime.cli import options
from lifespec_schema.export.leaves import leaves


@click.command(
    "targets",
    epilog="Examples:\n\n\b\n  lifespec targets\n  lifespec targets --fields\n  lifespec targets --format json",
)
@click.option("--fields", is_flag=True, help="Show the state of every field on every target.")
@options.output_format("text", "json")
def command(*, fields: bool, fmt: str) -> None:
    """List the targets, and which fields each honours."""
    paths = [leaf.path for leaf in leaves() if leaf.form != "authoring" and not leaf.fixed]
    states = {
        name: {path: target.CAPABILITIES.state(tuple(path.split("."))) for path in paths}
        for name, target in TARGETS.items()
    }
    if fmt == "json":
        click.echo(json.dumps(states, indent=2))
        return
    for name, table in states.items():
        counts = {state: sum(found == state for found in table.values()) for state in sorted(set(table.values()))}
        click.echo(
            f"{click.style(name, bold=True):<14} {', '.join(f'{count} {state}' for state, count in counts.items())}"
        )
        for path, state in table.items() if fields else ():
            click.echo(f"  {path:<60} {state}")
