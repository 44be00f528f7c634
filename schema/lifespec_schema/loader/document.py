"""What reading gives: documents made of plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

JSON: TypeAlias = "dict[str, JSON] | list[JSON] | str | int | float | bool | None"
"""A value as JSON knows it. Integers lie within ±2^53, floats are finite."""


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document of a file.

    `index` counts the file's documents from 0, bad ones included. `line` is where the content starts, counted from 1.
    A value that the file repeats by an alias is the same object in both places: copy before changing anything.
    """

    file: str
    index: int
    value: dict[str, JSON]
    line: int
