"""`lifespec explain`: what a rule means, or what a field does."""

from __future__ import annotations

import difflib
import json
import re
import sys

import click

from lifespec_compiler.rules import RULES
from lifespec_runtime.cli.exit_codes import ExitCode

EPILOG = """Examples:

\b
  lifespec explain leaking-feature
  lifespec explain spec.rollout.steps.weight
  lifespec explain rollout.guards
"""


@click.command("explain", epilog=EPILOG)
@click.argument("what", metavar="RULE|FIELD")
def command(what: str) -> None:
    """Explain a rule by its id, or a field by its path."""
    if what in RULES:
        from lifespec_compiler.rules.pages import page

        click.echo(page(RULES[what]))
        return
    text = _field(what)
    if text is None:
        close = difflib.get_close_matches(what, list(RULES), 1)
        hint = f"; did you mean `{close[0]}`?" if close else ""
        click.echo(f"`{what}` is neither a rule nor a field{hint}", err=True)
        sys.exit(ExitCode.USAGE)
    click.echo(text)


def _field(what: str) -> str | None:
    """The field that a path means, with or without `spec.` and list indexes; None when there is none."""
    from lifespec_schema.export.leaves import fields

    wanted = re.sub(r"\[[0-9]*\]|\.[0-9]+(?=\.|$)|\.\*", "", what)
    known = {field.path.replace(".*", ""): field for field in fields()}
    field = known.get(wanted) or known.get(f"spec.{wanted}")
    if field is None:
        return None
    rows = {
        "type": field.type,
        "values": ", ".join(field.choices),
        "unit": f"stored in {field.unit}" if field.unit else "",
        "required": "yes" if field.required else "",
        "default": "" if field.default is None else json.dumps(field.default),
        "examples": ", ".join(json.dumps(example) for example in field.examples),
        "only with": ", ".join(field.only_with),
        "effect": field.effect,
    }
    lines = [f"{click.style(field.path, bold=True)}", f"  {field.description}", ""]
    lines += [f"  {key:<10} {value}" for key, value in rows.items() if value]
    inner = [path for path in known if path.startswith(field.path.replace(".*", "") + ".")]
    children = [path for path in inner if path.count(".") == field.path.replace(".*", "").count(".") + 1]
    lines += ["", "  fields:", *(f"    {path.rpartition('.')[2]:<24} {known[path].description}" for path in children)] if children else []
    return "\n".join(lines)
