"""What can be wrong with a ledger's file: coded, with the line and the column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CODES: Final[Mapping[str, str]] = {
    "ledger-broken": "a line of a ledger is no decision: not JSON, cut off in the middle of the file, or edited",
    "ledger-busy": "another process holds a ledger's lock for longer than any append takes",
    "ledger-impossible": "a decision of a ledger makes a move that no rollout and no training makes",
    "ledger-gap": "a decision of a ledger does not follow the one before it",
    "ledger-mixed": "a ledger holds decisions of another lifecycle",
    "ledger-not-read": "a ledger cannot be read: there is none, no permission, or no regular file of its own",
    "ledger-not-written": "a decision cannot be recorded: no permission, no space, or nothing that a record can say",
    "ledger-replaced": "a ledger's file was shortened, or another was put in its place, while a process used it",
    "ledger-torn-tail": "the last line of a ledger ends early: its append never returned, so it is no decision",
    "ledger-unknown-subject": "there is no such decision, rollout, run, model or request in a ledger",
}
"""Code -> where it is reported, as a clause."""


class LedgerError(Exception):
    """A ledger that cannot be used as it is; nothing in it was changed."""

    def __init__(
        self,
        code: str,
        message: str,
        file: str,
        *,
        line: int | None = None,
        column: int | None = None,
        advice: str = "",
    ) -> None:
        self.code, self.message, self.file, self.line, self.column, self.advice = (
            code,
            message,
            file,
            line,
            column,
            advice,
        )
        super().__init__(f"{self.place}: {message}")

    @property
    def place(self) -> str:
        """`file:line:column`, as far as it is known."""
        known = [part for part in (self.line, self.column) if part is not None]
        return ":".join([self.file, *map(str, known)])
