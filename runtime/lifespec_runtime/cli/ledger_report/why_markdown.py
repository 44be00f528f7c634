"""Why something was decided, as Markdown for an issue or a review. What users wrote can become nothing but text."""

from __future__ import annotations

from lifespec_compiler.engine.values import Cause, Entry
from lifespec_compiler.targets.docs.markdown import code, table, text
from lifespec_runtime.ledger.times import shown

from . import words
from .told import Told

_DECISIONS = ("Decision", "When", "What", "Of", "Why")
_VERDICTS = ("Decision", "Verdict", "Check", "Measured", "Written")


def render(told: Told) -> str:
    """The chain as two tables, decisions and the verdicts that they rest on, and the plans in force."""
    decided = told.decided
    name = f"{text(told.subject.namespace)}/{text(told.subject.name)}"
    blocks = [f"### {name}: decision {decided.sequence}, {text(words.headline(decided))}"]
    blocks += table(_DECISIONS, (_decision(entry) for entry in told.chain.entries))
    blocks += table(_VERDICTS, (_verdict(told, entry, cause) for entry in told.chain.entries for cause in entry.causes))
    blocks.append(f"It began here: {words.ORIGINS[told.chain.origin]}.")
    blocks += ["\n".join(_plans(told))]
    return "\n\n".join(blocks)


def _decision(entry: Entry) -> tuple[str, ...]:
    what = " ".join(filter(None, (words.headline(entry), words.move(entry))))
    return (str(entry.sequence), shown(entry.at), text(what), _or_none(words.subject(entry)), _or_none(entry.reason))


def _or_none(written: str) -> str:
    return text(written) if written else ""


def _verdict(told: Told, entry: Entry, cause: Cause) -> tuple[str, ...]:
    place = told.places.get(cause.path)
    where = code(f"{place.file}:{place.line}" if place else cause.path)
    measured = words.measured(cause, told.plan_of(entry))
    return (str(entry.sequence), cause.verdict, text(words.check(cause)), text(measured), where)


def _plans(told: Told) -> list[str]:
    lines = []
    for plan_hash, note in told.plans.items():
        commit = (
            f"commit {code(note.commit.id[:10])} of {note.commit.at[:10]}: {text(note.commit.subject)}"
            if note.commit
            else f"commit unknown: {text(note.unknown)}"
        )
        here = {
            True: "the checkout's",
            False: "another than the checkout's: lines are today's",
            None: text(told.no_spec),
        }[note.is_here]
        lines.append(f"- Plan {code(words.digest(plan_hash))}, {told.sequences(plan_hash)}: {here}; {commit}")
    return lines
