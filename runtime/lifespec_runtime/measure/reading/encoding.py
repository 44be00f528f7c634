"""Bytes as text. Data is UTF-8; a value that is not is marked, and never guessed at."""

from __future__ import annotations

import codecs
from io import BytesIO
from typing import Final

from .arrow import Array, count, holds, is_ascii, pa, pc, truths
from .files import Stream
from .flaws import Flaw, UnreadableError

_MARKS: Final = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
FOREIGN: Final = "\ufdd0"
"""Stands for a byte that is no UTF-8. Unicode keeps this character out of all texts, for uses like this one."""
_FOREIGN = FOREIGN.encode()
_PARQUET, _GZIP = b"PAR1", b"\x1f\x8b"


def refuse_other_encodings(start: bytes, file: str) -> None:
    """An `UnreadableError` where the first bytes of a file say that it is no text in UTF-8."""
    mark = next((name for bytes_, name in _MARKS.items() if start.startswith(bytes_)), None)
    if mark is None and start[:1] and start[1::2].count(0) > len(start) // 4:
        mark = "UTF-16"
    if mark:
        help_text = "write it again in UTF-8, for instance with iconv"
        raise UnreadableError(
            Flaw("data-bad-encoding", f"the file is written in {mark}, not in UTF-8", file, help=help_text)
        )
    if start.startswith((_PARQUET, _GZIP)) or start.count(0) > 0:
        raise UnreadableError(Flaw("data-corrupt", "the file is no text", file))


def first_bytes(stream: Stream, size: int) -> bytes:
    """So many bytes from the start of a stream, or all that it has."""
    parts: list[bytes] = []
    while size > 0 and (part := stream.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


class Utf8:
    """A stream of text, of which some bytes were read before. Bytes that are no UTF-8 come out as `FOREIGN`."""

    closed = False

    def __init__(self, start: bytes, rest: Stream) -> None:
        self._start, self._rest, self._pending = BytesIO(start), rest, b""
        self.foreign = False
        """Whether there were such bytes so far."""

    def read(self, size: int = -1) -> bytes:
        """Some of the next bytes, none of a character cut; nothing at the end."""
        while True:
            more = self._start.read(size) or self._rest.read(size)
            raw = self._pending + more
            out, used = self._valid(raw, final=not more)
            self._pending = raw[used:]
            if out or not more:
                return out

    def _valid(self, raw: bytes, *, final: bool) -> tuple[bytes, int]:
        try:
            _, used = codecs.utf_8_decode(raw, "strict", final)
        except UnicodeDecodeError:
            self.foreign = True
            text, used = codecs.utf_8_decode(raw, _HANDLER, final)
            return text.encode().replace(b"\0", _FOREIGN), used
        if b"\0" in raw:  # no text has it, but what is written in UTF-16
            self.foreign = True
            return raw[:used].replace(b"\0", _FOREIGN), used
        return raw[:used], used

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is not."""
        return False

    def close(self) -> None:
        """Whoever opened the file closes it."""
        self.closed = True


def foreign_values(values: Array) -> Array | None:
    """Where texts have bytes in them that are no UTF-8; None: nowhere."""
    found = holds(pc.match_substring(values, FOREIGN))
    return found if count(found) else None


def invalid_values(values: Array) -> Array | None:
    """Where an array that should hold texts has bytes that are no UTF-8; None: nowhere."""
    if is_ascii(values):
        return None
    try:
        values.validate(full=True)
    except pa.ArrowInvalid:
        return truths([not _is_text(value) for value in values.cast(pa.large_binary()).to_pylist()])
    return None


def foreign_value(file: str, row: int, column: str) -> Flaw:
    """What there is to say of the first such value of a column."""
    help_text = "write the file again in UTF-8; parts of it may come from a system with another encoding"
    return Flaw("data-bad-encoding", "a value is not UTF-8", file, row, column, help_text)


def _is_text(value: bytes | None) -> bool:
    try:
        (value or b"").decode()
    except UnicodeDecodeError:
        return False
    return True


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return FOREIGN, error.end


_HANDLER: Final = "lifespec-foreign"
codecs.register_error(_HANDLER, _mark)
