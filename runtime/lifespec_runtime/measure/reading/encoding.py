"""Bytes as text. Data is UTF-8; a value that is not is marked, and never guessed at."""

from __future__ import annotations

from typing import BinaryIO, Final

from .arrow import Array, count, either, pa, pc
from .flaws import Flaw, UnreadableError

_MARKS: Final = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
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


def first_bytes(stream: BinaryIO, size: int) -> bytes:
    """So many bytes from the start of a stream, or all that it has."""
    parts: list[bytes] = []
    while size > 0 and (part := stream.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def decoded(values: Array) -> tuple[Array, Array | None]:
    """Bytes as texts, and where they are not UTF-8; there the text is missing."""
    try:
        return pc.cast(values, pa.string()), None
    except pa.ArrowInvalid:
        texts = [_text(value) for value in values.to_pylist()]
    found = pa.array(texts, pa.string())
    wrong = pc.and_(pc.is_valid(values), pc.is_null(found))
    return found, either(None, wrong) if count(wrong) else None


def _text(value: bytes | None) -> str | None:
    try:
        return None if value is None else value.decode()
    except UnicodeDecodeError:
        return None
