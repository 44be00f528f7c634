"""`lifespec status`: what serves, what is open, and what that waits for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from lifespec_runtime.cli import ledgers, options
from lifespec_runtime.cli.report import printable

if TYPE_CHECKING:
    from lifespec_runtime.cli.ledger_report.status import Stands
    from lifespec_runtime.ledger.file import Recorded

OTHER = "the spec here is another than the one that decided last"

EPILOG = """Examples:

\b
  lifespec status
  lifespec status --ledger ledgers/churn.jsonl --last 20
  lifespec status --format json --at 2026-11-22T08:00:00Z
"""


def _moment(_context: click.Context, _parameter: click.Parameter, written: str | None) -> float:
    if written is None:
        return time.time()
    from lifespec_runtime.ledger.times import moment

    try:
        return moment(written)
    except ValueError as error:
        raise click.BadParameter(f"`{printable(written)}` is no time: write it as 2026-11-22T08:00:00Z") from error


@click.command("status", epilog=EPILOG)
@ledgers.option
@ledgers.specs
@click.option("--last", default=5, show_default=True, type=click.IntRange(0), metavar="N", help="Decisions to show.")
@click.option("--at", callback=_moment, metavar="TIME", help="What comes next, seen at this time; default: now.")
@options.output_format("text", "json")
def command(where: str, paths: tuple[str, ...], last: int, at: float, fmt: str) -> None:
    """Show how things stand: what serves, what is open, and what that waits for.

    What comes next is asked of the engine itself, as if servers were ready, a training that was begun ran and guards
    had been kept, and nothing else had been measured since. Without the spec that decided last it is not known.
    """
    with ledgers.told():
        from lifespec_runtime.cli.ledger_report import status

        found = [_stands(each, paths, at, last) for each in ledgers.ledgers(where)]
        click.echo(status.as_json(found) if fmt == "json" else status.as_text(found))


def _stands(found: Recorded, paths: tuple[str, ...], at: float, last: int) -> Stands:
    from lifespec_runtime.cli.ledger_report.status import Stands
    from lifespec_runtime.ledger.checkout import checkout
    from lifespec_runtime.ledger.standing import standing

    here = checkout(found.subject, paths, [each.plan_hash for each in found.entries]) if found.subject else None
    plan = here.plan if here else None
    stands = standing(found, plan, at)
    unknown = "" if stands.awaited else OTHER if plan else here.unknown if here else "nothing has been decided yet"
    return Stands(found.file, found.subject, found.entries, stands, at, last, unknown)
