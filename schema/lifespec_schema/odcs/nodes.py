"""How the tables of the Open Data Contract Standard (ODCS) are written.

A field's type is written in a few words: `string`, `integer`, `natural` (0 or more), `positive` (1 or more), `number`,
`boolean`, `scalar` (any of them, or null), `any`, `object` (with keys of its author's choice), `pair` (two different
numbers), `port`, the name of a node, `=Name` for one of a list of words, `[type]` for a list, and `a|b` for
alternatives of different shape. `3.2:` before a type or a word marks what 3.1.0 does not have; `<3.2` after a
required name, that 3.2.0 no longer requires it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

VERSIONS: Final = ("v3.1.0", "v3.2.0")
"""The values of `apiVersion` that are read."""

Fields = Mapping[str, str]


_NO_FIELDS: Final[Fields] = MappingProxyType({})


class Node(NamedTuple):
    """A kind of mapping in a contract. Anything that is in none of its three tables is unknown to the standard."""

    what: str
    """What people call it, with an article."""
    used: Fields = _NO_FIELDS
    """Fields that become part of a source."""
    described: Fields = _NO_FIELDS
    """Fields that tell people something and ask nothing of a tool."""
    unused: Fields = _NO_FIELDS
    """Fields that ask something that lifespec does not do: reported, so that nobody relies on it."""
    required: tuple[str, ...] = ()
    tag: str = ""
    """The field whose value brings in the fields of one more node."""
    variants: Fields = _NO_FIELDS
    """That node, by the tag's value."""
    untagged: str | None = None
    """That node, where the tag is missing."""
    open: bool = False
    """Whether the standard lets its author add fields."""
