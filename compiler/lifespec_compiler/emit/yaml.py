"""JSON-like values as YAML that every reader takes back as the same values.

YAML 1.1 readers (kubectl, kustomize, PyYAML) turn an unquoted `y`, `1e3`, `08` or `2024-01-01` into something that is
not a string, and YAML 1.2 readers disagree with them. So a string is written plain only if it begins with a letter or a
slash, holds nothing but a few harmless characters and is no word that any reader knows; else in double quotes with
JSON's escapes. A direct emitter, because going through a YAML library's events takes most of a compile's time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

from lifespec_compiler.manifest import Noted

LARGEST_INTEGER = 2**53
"""Beyond it readers that hold numbers as doubles change the value."""

DEEPEST_INDENT = 200
"""Columns. A value nested deeper is a mistake, or a cycle."""

_LONGEST_IMPLICIT_KEY = 1024
_SHORT = 256
"""Characters of the texts that come again and again, so that their form is remembered."""

_WORD = r"[A-Za-z0-9_./@%+=(),;-]"
_PLAIN = re.compile(rf"[A-Za-z/]{_WORD}*(?:[: ]{_WORD}+)*")
_TYPED_WORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "infinity"])

_ESCAPED_ASCII = r'"\\\x00-\x1f\x7f'
# Beyond ASCII, written as escapes and never as they are: controls, line breaks of YAML 1.1, spaces, characters that are
# invisible or change the direction of text, private use, and what no Unicode version may assign. The list is fixed,
# since asking Python's Unicode tables would give other bytes on another Python.
_ESCAPED_BEYOND = (
    r"\x80-\xa0\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u1680\u17b4\u17b5"
    r"\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ud800-\uf8ff\ufdd0-\ufdef"
    r"\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    r"\U0001d173-\U0001d17a\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe-\U0010ffff"
)
_IN_ASCII = re.compile(f"[{_ESCAPED_ASCII}]")
_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}


class YamlError(ValueError):
    """A value that has no YAML form which all readers take back as the same value."""


def to_yaml(value: object, header: Iterable[str] = ()) -> str:
    """`value` as one YAML document in block style, with a final newline.

    Takes None, bool, int, float, str, mappings with string keys, lists and tuples, and keeps the order of keys. The
    note of a `Noted` text becomes a comment behind it.
    `header` lines are written above it as comments; whatever they hold, they stay comments.

    Raises YamlError for non-string keys, other types, lone surrogates, NaN and infinities, integers beyond
    ±`LARGEST_INTEGER`, and nesting beyond `DEEPEST_INDENT`.
    """
    lines = [f"# {_escaped(line).sub(_escape_comment, line)}".rstrip() for line in header]
    value = _as_builtin(value)
    if type(value) is dict and value:
        _mapping(value, "", "", lines)
    elif type(value) is list and value:
        _sequence(value, "", "", lines)
    else:
        lines.append(_scalar(value, ""))
    lines.append("")
    return "\n".join(lines)


def _mapping(mapping: dict[Any, Any], lead: str, pad: str, lines: list[str]) -> None:
    """Append the entries; `lead` goes before the first line (`- ` in a list), `pad` before all others."""
    if len(pad) > DEEPEST_INDENT:
        raise YamlError(f"nested deeper than {DEEPEST_INDENT // 2} levels")
    deeper = pad + "  "
    for key, given in mapping.items():
        if not isinstance(key, str):
            raise YamlError(f"a key must be a string, not {type(key).__name__}")
        head = lead + _key(key)
        if head[-1] != ":":
            head += f"\n{pad}:"
        lead = pad
        item = given if type(given) in _BUILTINS else _as_builtin(given)
        kind = type(item)
        if kind is str:
            lines.append(f"{head} {_text(item, pad)}")
        elif kind is dict and item:
            lines.append(head)
            _mapping(item, deeper, deeper, lines)
        elif kind is list and item:
            lines.append(head)
            _sequence(item, pad, pad, lines)
        else:
            lines.append(f"{head} {_SCALARS[kind](item)}")


def _sequence(items: list[Any], lead: str, pad: str, lines: list[str]) -> None:
    deeper = pad + "  "
    if len(pad) > DEEPEST_INDENT:
        raise YamlError(f"nested deeper than {DEEPEST_INDENT // 2} levels")
    for given in items:
        head = lead + "- "
        lead = pad
        item = given if type(given) in _BUILTINS else _as_builtin(given)
        if type(item) is dict and item:
            _mapping(item, head, deeper, lines)
        elif type(item) is list and item:
            _sequence(item, head, deeper, lines)
        else:
            lines.append(head + _scalar(item, pad))


def _scalar(value: object, pad: str) -> str:
    """A value that begins on the line of its key; `pad` is the indent of that line."""
    return _text(value, pad) if type(value) is str else _SCALARS[type(value)](value)


def _text(text: str, pad: str) -> str:
    """A text of many lines as a literal block where that gives it back; else on one line."""
    if "\n" in text and _is_literal(text):
        return _literal(text, pad + "  ")
    return _string(text)


@lru_cache(maxsize=4096)
def _key(key: str) -> str:
    """The key with its colon; without one if it is too long for YAML's short form, and needs a `?` instead."""
    text = _string(str.__str__(key))
    return f"{text}:" if len(text) < _LONGEST_IMPLICIT_KEY else f"? {text}"


def _string(text: str) -> str:
    return _short_string(text) if len(text) <= _SHORT else _any_string(text)


def _any_string(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _TYPED_WORDS:
        return text
    unquoted = text.replace("\\", "\\\\").replace('"', '\\"')
    if not _escaped(text).search(text.replace("\\", "").replace('"', "")):
        return f'"{unquoted}"'
    return f'"{_escaped(text).sub(_escape, text)}"'


_short_string = lru_cache(maxsize=4096)(_any_string)


def _noted(text: Noted) -> str:
    note = _escaped(text.note).sub(_escape_comment, text.note)
    return f"{_string(str.__str__(text))} # {note}".rstrip()


def _escaped(text: str) -> re.Pattern[str]:
    """The pattern of the characters in `text` that need an escape."""
    return _IN_ASCII if text.isascii() else _anywhere()


@cache
def _anywhere() -> re.Pattern[str]:
    # Compiled on first need: it takes longer than most specs do.
    return re.compile(f"[{_ESCAPED_ASCII}{_ESCAPED_BEYOND}]")


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    short = _SHORT_ESCAPES.get(character)
    if short is not None:
        return short
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        raise YamlError(f"the lone surrogate U+{code:04X} is not text")
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _escape_comment(match: re.Match[str]) -> str:
    return match.group() if match.group() in {'"', "\\"} else _escape(match)


def _is_literal(text: str) -> bool:
    """Whether a literal block gives the text back, whatever a reader thinks of blanks at the ends of lines."""
    if text[0] in " \n" or text.endswith((" ", "\n\n")) or " \n" in text:
        return False
    unquoted = text.replace("\n", "").replace('"', "").replace("\\", "")
    return not _escaped(unquoted).search(unquoted)


def _literal(text: str, pad: str) -> str:
    body = text.removesuffix("\n")
    lines = [pad + line if line else "" for line in body.split("\n")]
    return "\n".join(["|-" if body is text else "|", *lines])


def _integer(value: int) -> str:
    if not -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
        raise YamlError("an integer beyond 2^53 changes in readers that hold numbers as doubles; write it as a string")
    return int.__repr__(value)


def _float(value: float) -> str:
    """The shortest digits that read back the same; with a dot always, since YAML 1.1 reads `1e-07` as a string."""
    text = float.__repr__(value)
    if text[-1] in "fn":
        raise YamlError(f"{text} is not a JSON number")
    return text if "." in text else text.replace("e", ".0e")


_SCALARS: dict[type, Callable[[Any], str]] = {
    str: _string,
    Noted: _noted,
    int: _integer,
    float: _float,
    bool: ("false", "true").__getitem__,
    type(None): lambda _: "null",
    dict: lambda _: "{}",
    list: lambda _: "[]",
}
_BUILTINS = frozenset(_SCALARS)


def _as_builtin(value: object) -> Any:
    """`value` as exactly one of the built-in types; enum members become the string or number that they are."""
    if type(value) in _BUILTINS:
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (list, tuple)):
        return list(value)
    raise YamlError(f"{type(value).__name__} is not a JSON type")
