"""Users' text inside messages: it must neither move the terminal's cursor nor fill the screen."""

from __future__ import annotations

from lifespec_schema.loader.limits import MAX_SHOWN_CHARACTERS

_SHORT = {"\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\\0"}


def show_value(text: str) -> str:
    """Return `text` fit for a message: one line, nothing invisible, cut at 200 characters; no quotes are added.

    Characters that do not print (controls, bidi and zero-width marks, line separators, lone surrogates) become the
    escapes of a double-quoted YAML string. A cut is marked by `…`.
    """
    if len(text) <= MAX_SHOWN_CHARACTERS and text.isprintable():
        return text
    shown = ""
    for character in text:
        piece = character if character.isprintable() else _escape(character)
        if len(shown) + len(piece) > MAX_SHOWN_CHARACTERS:
            return shown + "…"
        shown += piece
    return shown


def _escape(character: str) -> str:
    code = ord(character)
    if character in _SHORT:
        return _SHORT[character]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
