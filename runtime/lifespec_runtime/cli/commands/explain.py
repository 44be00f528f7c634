"""`lifespec explain`: what a rule means, or what a field does."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING

import click

from lifespec_compiler.rules import RULES
from lifespec_runtime.cli import options
from lifespec_runtime.cli.codes import codes
from lifespec_runtime.cli.exit_codes import ExitCode
from lifespec_schema.loader.escape import show_value
from lifespec_schema.values.form import closest

if TYPE_CHECKING:
    from lifespec_schema.export.leaves import Field

EPILOG = """Examples:

\b
  lifespec explain leaking-feature
  lifespec explain spec.rollout.steps.weight
  lifespec explain rollout.guards
"""


@click.command("explain", epilog=EPILOG)
@click.argument("what", metavar="RULE|FIELD", shell_complete=options.completed(lambda: [*RULES, *codes(), *_fields()]))
def command(what: str) -> None:
    """Explain a rule by its id, or a field by its path."""
    if what in RULES:
        from lifespec_compiler.rules.pages import page

        click.echo(page(RULES[what]))
        return
    known = codes()
    if what in known:
        click.echo(f"{click.style(what, bold=True)}\n  Reported where {known[what]}.")
        return
    text = _field(what)
    if text is None:
        close = closest(what, [*RULES, *known, *_fields()])
        hint = f"; did you mean `{close}`?" if close else ""
        click.echo(f"`{show_value(what)}` is neither a rule nor a field{hint}", err=True)
        sys.exit(ExitCode.USAGE)
    click.echo(text)


def _fields() -> dict[str, Field]:
    """The fields of all documents that people write, by path; those of the lifecycle stand for equal ones."""
    from lifespec_schema.export.leaves import fields
    from lifespec_schema.spec.lifecycle import ModelLifecycle
    from lifespec_schema.spec.model_version import ModelVersion
    from lifespec_schema.spec.project import LifespecProject

    roots = (LifespecProject, ModelVersion, ModelLifecycle)
    return {field.path.replace(".*", ""): field for root in roots for field in fields(root)}


def _field(what: str) -> str | None:
    """The field that a path means, with or without `spec.` and list indexes; None when there is none."""
    wanted = re.sub(r"\[[0-9]*\]|\.[0-9]+(?=\.|$)|\.\*", "", what)
    known = _fields()
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
    if children:
        lines += ["", "  fields:"]
        lines += [f"    {path.rpartition('.')[2]:<24} {known[path].description}" for path in children]
    return "\n".join(lines)
