"""Regular expressions as RE2 reads them: judged without RE2, which those who only lint need not have.

RE2 matches in time linear in the text, so a contract's pattern is never a danger to who runs it; in turn it has no
look-around, no back-references and no possessive quantifiers. What it accepts is written down in its `parse.cc`; the
tests hold this against the library.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple, NoReturn

from pydantic_core import SchemaError, SchemaValidator

from .form import shown

LONGEST: Final = 1024
"""Characters of a pattern."""

_MOST_REPEATS = 1000
_MOST_WEIGHT = 450_000
"""Instructions that RE2 would compile the pattern to, estimated from above; it stops at some 460,000."""

_REPEAT = re.compile(r"\{(0|[1-9][0-9]*)(,(0|[1-9][0-9]*)?)?\}")
_NAMED = re.compile(r"\(\?P?<([^>]*)>")
_FLAGS = re.compile(r"\(\?([imsU]*)(-[imsU]+)?([:)])")
_HEX = re.compile(r"x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]+)\})")
_OCTAL = re.compile(r"0[0-7]{0,2}|[1-7][0-7]{1,2}")
_PROPERTY = re.compile(r"[pP](?:\{\^?([^}]*)\}|([^{]))", re.DOTALL)
_POSIX = re.compile(r"\[:(.*?):\]", re.DOTALL)
_POSIX_NAMES: Final = re.compile(
    r"\^?(alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit)"
)
_CATEGORIES: Final = re.compile("Any|C[cfos]?|L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?")
_SCRIPT = re.compile(r"[A-Z][a-z]+(_?[A-Z][a-z]+)*")
_NAME_CATEGORIES: Final = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nl", "Mn", "Mc", "Nd", "Pc"})

_BYTE, _CHARACTER, _CLASS, _NEGATED, _SCRIPTS, _CATEGORY = 1, 12, 4, 24, 400, 1250
"""Weights: of what is one byte, of a character or a class of more, of a property of Unicode."""


class BadPatternError(Exception):
    """RE2 refuses a pattern; the message says why."""


class _Piece(NamedTuple):
    """What a quantifier would repeat: its size once compiled, and how often its innermost part is repeated already."""

    weight: int
    repeats: int = 1


class _Group:
    """A group that is being read."""

    def __init__(self) -> None:
        self.done = _Piece(1)
        self.last: _Piece | None = None
        self.is_repeated = False

    def add(self, weight: int, repeats: int = 1) -> None:
        self.finish()
        self.last = _Piece(weight, repeats)
        self.is_repeated = False

    def finish(self) -> None:
        if self.last:
            weight, repeats = self.done
            self.done = _Piece(weight + self.last.weight, max(repeats, self.last.repeats))
        self.last = None


@lru_cache(maxsize=256)
def judge(written: str) -> None:
    """Raises BadPatternError unless RE2 reads the pattern."""
    _Reader(written).read()


class _Reader:
    def __init__(self, written: str) -> None:
        self.text = written
        self.at = 0
        self.groups = [_Group()]

    def read(self) -> None:
        while self.at < len(self.text):
            self._next()
        if len(self.groups) > 1:
            self._refuse("a `(` is never closed")
        self.groups[0].finish()
        if self.groups[0].done.weight > _MOST_WEIGHT:
            self._refuse("it is too large once its repetitions are written out")

    def _next(self) -> None:
        sign, group = self.text[self.at], self.groups[-1]
        match sign:
            case "(":
                self._open()
            case ")":
                self._close()
            case "|":
                group.finish()
                group.is_repeated = False
                self.at += 1
            case "*" | "+" | "?":
                self._repeat(sign, 1, 1)
            case "{" if found := _REPEAT.match(self.text, self.at):
                self._repeat(found[0], int(found[1]), self._most(found))
            case "[":
                group.add(self._class())
            case "\\":
                self._escape()
            case _:
                group.add(_CHARACTER if sign == "." or not sign.isascii() else _BYTE)
                self.at += 1

    def _most(self, found: re.Match[str]) -> int:
        least = int(found[1])
        most = int(found[3]) if found[3] else least
        if max(least, most) > _MOST_REPEATS:
            self._refuse(f"`{found[0]}` repeats more than {_MOST_REPEATS} times")
        if most < least:
            self._refuse(f"`{found[0]}` ends before it starts")
        return most

    def _repeat(self, written: str, least: int, most: int) -> None:
        group = self.groups[-1]
        self.at += len(written)
        if group.is_repeated:
            self._refuse(f"`{written}` follows another quantifier")
        if group.last is None:
            self._refuse(f"there is nothing before `{written}` that could be repeated")
        if self.text.startswith("?", self.at):
            self.at += 1
        weight, repeats = group.last
        repeats *= max(most, 1)
        if max(least, most) >= 2 and repeats > _MOST_REPEATS:
            self._refuse(f"with `{written}` a part is repeated more than {_MOST_REPEATS} times")
        group.last = _Piece(weight * max(most, 1) + max(most, 1), repeats)
        group.is_repeated = True

    def _open(self) -> None:
        if not self.text.startswith("(?", self.at):
            self.at += 1
            self.groups.append(_Group())
            return
        if found := _NAMED.match(self.text, self.at):
            self._name(found[1])
            self.at = found.end()
            self.groups.append(_Group())
        elif found := _FLAGS.match(self.text, self.at):
            self.at = found.end()
            if found[3] == ":":
                self.groups.append(_Group())
            else:
                self.groups[-1].is_repeated = False
        else:
            self._refuse(f"`{self.text[self.at : self.at + 4]}` opens a kind of group that it does not have")

    def _name(self, name: str) -> None:
        if not name.isascii():
            from unicodedata import category

            good = all(category(character) in _NAME_CATEGORIES for character in name)
        else:
            good = re.fullmatch(r"\w+", name, re.ASCII) is not None
        if not good:
            self._refuse(f"{shown(name)} is not the name of a group")

    def _close(self) -> None:
        self.at += 1
        if len(self.groups) == 1:
            self._refuse("a `)` closes nothing")
        inner = self.groups.pop()
        inner.finish()
        self.groups[-1].add(inner.done.weight + 2, inner.done.repeats)

    def _escape(self) -> None:
        group, rest = self.groups[-1], self.text[self.at + 1 : self.at + 2]
        if rest == "Q":
            literal, end, _ = self.text[self.at + 2 :].partition("\\E")
            self.at += 2 + len(literal) + len(end)
            for character in literal:
                group.add(_BYTE if character.isascii() else _CHARACTER)
            group.is_repeated = False
        elif rest and rest in "bBAzC":
            self.at += 2
            group.add(_BYTE)
        else:
            group.add(self._escaped_class() or self._escaped_character()[1])

    def _escaped_class(self) -> int:
        """The weight of a class such as that of digits, or of a property of Unicode; 0 where there is none."""
        letter = self.text[self.at + 1 : self.at + 2]
        if letter and letter in "dswDSW":
            self.at += 2
            return _CLASS if letter.islower() else _NEGATED
        if not letter or letter not in "pP":
            return 0
        found = _PROPERTY.match(self.text, self.at + 1)
        name = "" if found is None else found[2] if found[1] is None else found[1]
        is_category = _CATEGORIES.fullmatch(name) is not None
        if found is None or not (is_category or _is_script(name)):
            self._refuse(f"{shown(self.text[self.at : self.at + 24])} is no property of Unicode that it knows")
        self.at = found.end()
        return _CATEGORY if is_category else _SCRIPTS

    def _escaped_character(self) -> tuple[int, int]:
        """The character that a backslash and what follows stand for, and its weight."""
        at = self.at + 1
        letter = self.text[at : at + 1]
        if not letter:
            self._refuse("there is nothing after the last backslash")
        if found := _OCTAL.match(self.text, at):
            code = int(found[0], 8)
        elif found := _HEX.match(self.text, at):
            code = int(found[1] or found[2], 16)
        elif letter in "nrtafv":
            self.at = at + 1
            return {"n": 10, "r": 13, "t": 9, "a": 7, "f": 12, "v": 11}[letter], _BYTE
        elif letter.isascii() and not letter.isalnum():
            self.at = at + 1
            return ord(letter), _BYTE
        else:
            self._refuse(f"{shown(self.text[self.at : at + 1])} means nothing")
        if code > 0x10FFFF:
            self._refuse(f"{shown(self.text[self.at : found.end()])} is no character")
        self.at = found.end()
        return code, _BYTE if code < 0x80 else _CHARACTER

    def _class(self) -> int:
        start = self.at
        self.at += 1
        is_negated = self.text.startswith("^", self.at)
        self.at += is_negated
        weight, is_first = _NEGATED if is_negated else _BYTE, True
        while is_first or not self.text.startswith("]", self.at):
            if self.at >= len(self.text):
                self._refuse(f"the `[` of {shown(self.text[start : start + 12])} is never closed")
            is_first = False
            weight += self._posix() or self._class_escape() or self._range(start)
        self.at += 1
        return weight

    def _posix(self) -> int:
        found = _POSIX.match(self.text, self.at)
        if found is None:
            return 0
        if not _POSIX_NAMES.fullmatch(found[1]):
            self._refuse(f"{shown(found[0])} is no class of characters")
        self.at = found.end()
        return _NEGATED

    def _class_escape(self) -> int:
        return self._escaped_class() if self.text.startswith("\\", self.at) else 0

    def _range(self, start: int) -> int:
        before = self.at
        low = self._class_character(start)
        if not self.text.startswith("-", self.at) or self.text[self.at + 1 : self.at + 2] in ("", "]"):
            return _CHARACTER if low > 0x7F else _BYTE
        self.at += 1
        if self._class_character(start) < low:
            self._refuse(f"{shown(self.text[before : self.at])} ends before it starts")
        return _CHARACTER

    def _class_character(self, start: int) -> int:
        if self.text.startswith("\\", self.at):
            return self._escaped_character()[0]
        if self.at >= len(self.text):
            self._refuse(f"the `[` of {shown(self.text[start : start + 12])} is never closed")
        self.at += 1
        return ord(self.text[self.at - 1])

    def _refuse(self, why: str) -> NoReturn:
        raise BadPatternError(why)


def _is_script(name: str) -> bool:
    """Whether this is a script of Unicode; the expressions of pydantic's own engine know them all."""
    if not _SCRIPT.fullmatch(name):
        return False
    try:
        SchemaValidator({"type": "str", "pattern": rf"\p{{sc={name}}}"})
    except SchemaError:
        return False
    return True
