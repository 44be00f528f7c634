"""`lifespec why`: the decisions and measurements that led to a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from lifespec_runtime.cli import ledgers, options

if TYPE_CHECKING:
    from lifespec_compiler.engine.values import Entry
    from lifespec_runtime.cli.ledger_report.told import Told
    from lifespec_runtime.ledger.file import Recorded

EPILOG = """Examples:

\b
  lifespec why
  lifespec why churn
  lifespec why 12 --ledger ledgers/churn.jsonl
  lifespec why churn-3f2a91c2d0 --format markdown
  lifespec why 9f86d081884c --spec specs/churn/
"""


def _complete(context: click.Context, _parameter: click.Parameter, typed: str) -> list[str]:
    from lifespec_runtime.ledger.chain import subjects
    from lifespec_runtime.ledger.errors import LedgerError
    from lifespec_runtime.ledger.file import read
    from lifespec_runtime.ledger.places import FOLDER, ledger_files

    try:
        found = [read(file) for file in ledger_files(context.params.get("where") or FOLDER)]
    except LedgerError:
        return []
    names = [each.subject.name for each in found if each.subject] + [
        name for each in found for name in subjects(each.entries)
    ]
    return [name for name in names if name.startswith(typed)]


@click.command("why", epilog=EPILOG)
@click.argument("subject", required=False, metavar="[MODEL|ROLLOUT|RUN|REQUEST|NUMBER]", shell_complete=_complete)
@ledgers.option
@ledgers.specs
@options.output_format("text", "json", "markdown")
def command(subject: str | None, where: str, paths: tuple[str, ...], fmt: str) -> None:
    """Say why something was decided: the chain from a decision back to what asked for it.

    A model is named by its lifecycle, its version, or the beginning of its digest; a decision by its number. Without
    any, the last decision is explained. Each decision is shown with what was measured, on how much, how sure that is,
    and where its bound is written in the spec; and with the commit that brought the plan into the compiled manifests.
    """
    with ledgers.told():
        from importlib import import_module

        found, entry = _chosen(ledgers.ledgers(where), subject, where)
        told = _told(found, entry, paths)
        names = {"text": "why_text", "json": "why_json", "markdown": "why_markdown"}
        click.echo(import_module(f"lifespec_runtime.cli.ledger_report.{names[fmt]}").render(told))


def _chosen(found: list[Recorded], subject: str | None, where: str) -> tuple[Recorded, Entry]:
    """The ledger and the decision that are meant."""
    from lifespec_runtime.ledger.chain import find
    from lifespec_runtime.ledger.errors import LedgerError

    hits: list[tuple[Recorded, Entry]] = []
    for each in found:
        named = each.subject is not None and subject in (None, each.subject.name, "/".join(each.subject[:2]))
        entry = each.entries[-1] if named and each.entries else find(each.entries, subject or "")
        hits += [(each, entry)] if entry is not None else []
    if len(hits) == 1:
        return hits[0]
    if len(hits) > 1:
        names = ", ".join(f"{each.file}" for each, _ in hits)
        help_text = (
            "name a model, or one of them with --ledger" if subject is None else "name one of them with --ledger"
        )
        message = f"{f'several ledgers know `{subject}`' if subject else 'there are several ledgers'}: {names}"
    elif subject is None:
        message, help_text = "nothing has been decided yet", ""
    else:
        message, help_text = f"nothing here is called `{subject}`", _near(found, subject)
    raise LedgerError("ledger-unknown-subject", message, where, advice=help_text)


def _near(found: list[Recorded], subject: str) -> str:
    from lifespec_runtime.ledger.chain import SHORTEST, subjects
    from lifespec_schema.values.form import closest

    known = [name for each in found for name in subjects(each.entries)]
    if subject.isdecimal():
        numbers = [entry.sequence for each in found for entry in each.entries]
        return f"decisions have the numbers {min(numbers)} to {max(numbers)}" if numbers else ""
    if subject and len(subject) < SHORTEST and any(name.startswith(f"sha256:{subject}") for name in known):
        return f"write at least {SHORTEST} characters of a digest"
    close = closest(subject, [*known, *(each.subject.name for each in found if each.subject)])
    return f"did you mean `{close}`?" if close else "`lifespec status` lists what there is"


def _told(found: Recorded, entry: Entry, paths: tuple[str, ...]) -> Told:
    from lifespec_runtime.cli.ledger_report.told import Told
    from lifespec_runtime.ledger.chain import chain
    from lifespec_runtime.ledger.checkout import checkout, notes, places

    assert found.subject is not None  # noqa: S101 - there is an entry
    led = chain(found.entries, entry)
    here = checkout(found.subject, paths, [each.plan_hash for each in found.entries])
    bounds = [cause.path for each in led.entries for cause in each.causes]
    plans = notes(here, [each.plan_hash for each in led.entries])
    return Told(found.file, found.subject, led, places(here, bounds), plans, here.plan, here.unknown)
