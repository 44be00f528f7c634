"""`lifespec metrics`: the metrics that checks may name."""

from __future__ import annotations

import json
import sys

import click

from lifespec_runtime.cli import options
from lifespec_runtime.cli.exit_codes import ExitCode
from lifespec_schema.catalog import FAMILIES, METRICS, UNITS, Metric, suggest
from lifespec_schema.loader.escape import show_value


@click.command(
    "metrics", epilog="Examples:\n\n\b\n  lifespec metrics\n  lifespec metrics rocAuc\n  lifespec metrics --format json"
)
@click.argument("name", required=False, shell_complete=options.completed(lambda: METRICS))
@options.output_format("text", "json")
def command(name: str | None, fmt: str) -> None:
    """List the catalog's metrics, or show one."""
    if name is not None and name not in METRICS:
        close = suggest(name)
        click.echo(
            f"there is no metric `{show_value(name)}`" + (f"; did you mean `{close}`?" if close else ""), err=True
        )
        sys.exit(ExitCode.USAGE)
    chosen = [METRICS[name]] if name else list(METRICS.values())
    if fmt == "json":
        click.echo(json.dumps([metric._asdict() for metric in chosen], indent=2, default=lambda item: item._asdict()))
    elif name:
        click.echo(_page(METRICS[name]))
    else:
        for family, metrics in FAMILIES.items():
            click.secho(f"\n{family}", bold=True)
            for metric in metrics:
                click.echo(f"  {metric.id:<30} {metric.title}")


def _page(metric: Metric) -> str:
    reach = f"{'-∞' if metric.low is None else metric.low} to {'∞' if metric.high is None else metric.high}"
    rows = {
        "better": f"{metric.direction}",
        "range": f"{reach}, in {UNITS[metric.unit].meaning}",
        "threshold": f"for example `{UNITS[metric.unit].example}`",
        "problems": ", ".join(metric.problems),
        "computed in": ", ".join(metric.tiers),
        "needs": ", ".join(metric.inputs),
        "one value per": metric.per,
        "parameters": ", ".join(f"{item.name} (default {item.default})" for item in metric.parameters) or "none",
        "standard name": metric.standard,
        "source": metric.source,
        "interval": metric.uncertainty.meaning,
        "trusted from": _least(metric),
        "method": f"{metric.uncertainty.method}: {metric.uncertainty.source}",
    }
    body = "\n".join(f"  {key:<14} {value}" for key, value in rows.items())
    return f"{click.style(metric.id, bold=True)}: {metric.title}\n  {metric.meaning}\n\n{body}"


def _least(metric: Metric) -> str:
    known = metric.uncertainty
    return "there is no interval" if known.smallest is None else f"{known.smallest} {known.counted}"
