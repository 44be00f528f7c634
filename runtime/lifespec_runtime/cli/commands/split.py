"""`lifespec split`: the rows to learn from and to choose by, as a trainer reads them."""

from __future__ import annotations

from pathlib import Path

import click

from lifespec_runtime.cli import data_places
from lifespec_runtime.cli.refusals import refusals

EPILOG = """Examples:

\b
  lifespec split specs/churn/ --out /tmp/churn
  lifespec split specs/churn/ --out /tmp/churn --data customers=s3://lake/customers/
"""


@click.command("split", epilog=EPILOG)
@click.argument("spec", type=click.Path(), metavar="SPEC")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Where to.")
@click.option("--env", "environment", metavar="NAME", help="The environment; default: where models are trained.")
@data_places.data
def command(spec: str, out: Path, environment: str | None, written: tuple[str, ...]) -> None:
    """Divide a spec's data, and write what a trainer may see.

    Writes train.parquet and validation.parquet, the profile of the training split, and the list of what was read. The
    test split is written nowhere.
    """
    with refusals():
        from lifespec_runtime.cli.one_plan import one_plan
        from lifespec_runtime.cli.training_text import rows_text
        from lifespec_runtime.measure.rows import read_rows
        from lifespec_runtime.measure.splits import split
        from lifespec_runtime.measure.training.inputs import write_description, write_inputs
        from lifespec_runtime.measure.training.overlap import overlap

        chosen = one_plan(spec, environment)
        places = data_places.places(chosen, written)
        for line in data_places.told(places):
            click.echo(line)
        rows = read_rows(chosen.plan, places)
        divided = split(chosen.plan, rows)
        write_inputs(chosen.plan, rows, divided.train, divided.validation, out)
        write_description(chosen.plan, rows, divided, out)
        click.echo(rows_text(divided, overlap(chosen.plan, rows, divided)))
