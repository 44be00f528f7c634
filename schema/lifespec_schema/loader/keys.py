"""Which keys a mapping may have: strings, each once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifespec_schema.loader.document import JSON

_KINDS = {bool: "a boolean", int: "an integer", float: "a number"}


class Keys:
    """Finds keys that one file's mappings have already, also if Unicode writes the same text differently."""

    def __init__(self) -> None:
        self._normalized: dict[int, tuple[object, dict[str, str]]] = {}
        """For mappings with a key beyond ASCII: identity → the mapping, and key in normal form → key as written.

        The mapping is held because the identity of one that is forgotten may come again.
        """

    def is_new(self, key: str, mapping: Mapping[str, JSON]) -> bool:
        """Tell quickly that a key is new; False means that only `earlier` knows."""
        return key not in mapping and not self._normalized and key.isascii()

    def earlier(self, key: str, mapping: Mapping[str, JSON]) -> str | None:
        """Return the key of the mapping that is equal to this one, as it was written; None if this one is new."""
        if key in mapping:
            return key
        if key.isascii() and id(mapping) not in self._normalized:
            return None
        from unicodedata import normalize

        _, known = self._normalized.setdefault(id(mapping), (mapping, {}))
        normal = normalize("NFC", key)
        first = normal if normal in mapping else known.get(normal)
        known.setdefault(normal, key)
        return first


def kind_of_key(value: JSON, text: str) -> str:
    """Return what a key is that is no string, in words; `text` is how it was written."""
    if value is None:
        return "null" if text else "empty"
    return _KINDS[type(value)]
