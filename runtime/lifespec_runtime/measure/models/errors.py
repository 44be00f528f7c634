"""What is wrong with a trainer or a model."""

from __future__ import annotations

from lifespec_runtime.measure.reading.flaws import Flaw


class ModelError(Exception):
    """A trainer or a model that does not keep its contract."""

    def __init__(self, flaw: Flaw, tail: str = "") -> None:
        super().__init__(flaw.message)
        self.flaw = flaw
        self.tail = tail
        """The last that it wrote before, as it wrote it: not to be shown without escaping."""


def broken(
    code: str,
    message: str,
    where: str,
    *,
    tail: str = "",
    column: str | None = None,
    row: int | None = None,
    help_text: str = "",
) -> ModelError:
    """An error of this code; `where` is the command or the server."""
    return ModelError(Flaw(code, message, where, row, column, help_text), tail)
