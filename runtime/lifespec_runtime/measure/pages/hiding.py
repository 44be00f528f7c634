"""What a page never shows: values of columns about single persons. Protected groups are shown, as the spec asks."""

from __future__ import annotations

from typing import Final, NamedTuple

from lifespec_compiler.judging import slice_names
from lifespec_compiler.plan import Plan

_PERSONAL: Final = frozenset({"pii", "restricted", "confidential"})


class Hidden(NamedTuple):
    """The names whose values are not shown, and numbers that stand for the values."""

    names: frozenset[str]
    seen: dict[str, int]

    def slice(self, text: str) -> str:
        """A slice's text; where it would hold a value that must not be shown, its columns and a number."""
        names = slice_names(text)
        if not self.names or (names and not self.names.intersection(names)):
            return text
        number = self.seen.setdefault(text, len(self.seen) + 1)
        return f"{', '.join(names) or 'a slice'}: group {number} (values not shown)"

    def value(self, name: str, value: str) -> str:
        """A value of a column, or a number that stands for it."""
        if name not in self.names:
            return value
        number = self.seen.setdefault(f"{name}={value}", len(self.seen) + 1)
        return f"group {number} (value not shown)"


def hidden_in(plan: Plan) -> Hidden:
    """What must not be shown of a plan's data."""
    names = {column.name for column in plan.columns if column.classification in _PERSONAL}
    names |= {column.reference for column in plan.columns if column.classification in _PERSONAL}
    features = {
        feature.name for feature in plan.features if feature.column and feature.column.classification in _PERSONAL
    }
    return Hidden(frozenset(names | features), {})
