"""Where ledgers are: one file for each lifecycle, below a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NoReturn

from .errors import LedgerError

FOLDER: Final = ".lifespec/ledger"
"""Where ledgers of this machine are, from the folder in which a command is started."""
SUFFIX: Final = ".jsonl"


def ledger_files(where: str) -> list[str]:
    """The ledgers that a file or a folder means, in order; links to folders are not followed. Raises LedgerError."""
    if not os.path.isdir(where):  # noqa: PTH112 - pathlib raises where one may not look
        return [where]
    found = sorted(_below(where))
    if not found:
        raise LedgerError("ledger-not-read", f"there is no ledger (*{SUFFIX}) in this folder", where)
    return found


def _below(folder: str) -> Iterator[str]:
    for place, _, names in os.walk(folder, onerror=_refused):
        yield from (str(Path(place) / name) for name in names if name.endswith(SUFFIX))


def _refused(error: OSError) -> NoReturn:
    message = f"cannot be read: {error.strerror or error}"
    raise LedgerError("ledger-not-read", message, str(error.filename), advice="check its permissions") from error
