"""`lifespec plan`: a spec with everything filled in, and where each value comes from."""

from __future__ import annotations

import json
import sys

import click

from lifespec_compiler.pipeline import all_project_findings, plan_all
from lifespec_compiler.plan import Plan, exists
from lifespec_runtime.cli import options
from lifespec_runtime.cli.report import printable
from lifespec_runtime.local.workspace import open_workspace
from lifespec_schema.findings import Path, Severity

EPILOG = """Examples:

\b
  lifespec plan specs/churn/lifecycle.yaml
  lifespec plan specs/churn/lifecycle.yaml --env production --format json
"""


@click.command("plan", epilog=EPILOG)
@options.paths
@options.environment
@options.output_format("text", "json")
def command(paths: tuple[str, ...], envs: tuple[str, ...], fmt: str) -> None:
    """Show specs with every default filled in. Defaults are dimmed; other origins are named."""
    workspace = open_workspace(paths)
    options.check_environments(workspace, envs)
    findings = [*workspace.findings, *all_project_findings(workspace.project)]
    planned = plan_all(workspace.bundles, workspace.project, envs) if workspace.project else []
    for item in planned:
        findings += item.findings
    plans = [made for item in planned for made in item.plans]
    found = options.print_findings(findings, workspace, err=True)
    if fmt == "json":
        click.echo(json.dumps({"version": 1, "plans": [_json(plan) for plan in plans]}, indent=2))
    else:
        for plan in plans:
            click.echo(_text(plan))
    sys.exit(options.exit_code(found, Severity.ERROR))


def _json(plan: Plan) -> dict[str, object]:
    return {
        "name": plan.name,
        "namespace": plan.namespace,
        "environment": plan.environment,
        "hashes": plan.hashes._asdict(),
        "origins": {".".join(map(str, path)): _origin(plan, path) for path in _leaves(plan.values["spec"], ("spec",))},
        "values": plan.values,
    }


def _text(plan: Plan) -> str:
    title = click.style(f"{plan.namespace}/{plan.name} in {plan.environment}", bold=True)
    hashes = "\n".join(f"  {name:<9} {value}" for name, value in plan.hashes._asdict().items())
    return f"{title}\n{hashes}\n" + "\n".join(_lines(plan, plan.values["spec"], ("spec",), 1))


def _lines(plan: Plan, value: object, path: Path, depth: int) -> list[str]:
    lines: list[str] = []
    entries: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        entries = list(value.items())
    elif isinstance(value, list):
        entries = list(enumerate(value))
    for key, item in entries:
        inner = (*path, key)
        head = "  " * depth + ("-" if isinstance(key, int) else f"{printable(key)}:")
        if isinstance(item, (dict, list)) and item:
            dim = not exists(plan.canonical, inner)
            lines.append(click.style(head, dim=dim))
            lines += _lines(plan, item, inner, depth + 1)
        else:
            lines.append(_leaf(plan, inner, f"{head} {printable(json.dumps(item, ensure_ascii=False))}"))
    return lines


def _leaf(plan: Plan, path: Path, text: str) -> str:
    origin = _origin(plan, path)
    if origin == "default":
        return click.style(f"{text}  # default", dim=True)
    return text if origin == "written" else f"{text}  {click.style('# ' + origin, fg='cyan')}"


def _origin(plan: Plan, path: Path) -> str:
    return str(plan.origins.find(path)[0]) if exists(plan.canonical, path) else "default"


def _leaves(value: object, path: Path) -> list[Path]:
    if isinstance(value, dict) and value:
        return [leaf for key, item in value.items() for leaf in _leaves(item, (*path, key))]
    if isinstance(value, list) and value:
        return [leaf for index, item in enumerate(value) for leaf in _leaves(item, (*path, index))]
    return [path]
