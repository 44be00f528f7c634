"""`lifespec explain`: what a rule means, or what a field does."""

from __future__ import annotations

import difflib
import sys

import click

from lifespec_compiler.rules import RULES
from lifespec_runtime.cli.exit_codes import ExitCode

EPILOG = "Examples:\n\n\b\n  lifespec explain leaking-feature\n  lifespec explain spec.rollout.steps.weight\n  lifespec explain rollout.guards"


@click.command("explain", epilog=EPILOG)
@click.argument("what", metavar="RULE|FIELD")
def command(what: str) -> None:
    """Explain a rule by its id, or a field by its path."""
    if what in RULES:
        from lifespec_compiler.rules.pages import page  # noqa: PLC0415

        click.echo(page(RULES[what]))
        return
    from lifespec_schema.export.leaves import explain_field  # noqa: PLC0415 - imports the models

    text = explain_field(what)
    if text is None:
        close = difflib.get_close_matches(what, list(RULES), 1)
        hint = f"; did you mean `{close[0]}`?" if close else ""
        click.echo(f"`{what}` is neither a rule nor a field{hint}", err=True)
        sys.exit(ExitCode.USAGE)
    click.echo(text)
