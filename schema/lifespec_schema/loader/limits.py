"""How big and how deep an input may be. Real specs stay far below; what is above would exhaust the reader."""

from __future__ import annotations

from typing import Final

MAX_FILE_BYTES: Final = 1024 * 1024
"""Bytes of one file. `read` checks it."""

MAX_FOLDER_BYTES: Final = 64 * 1024 * 1024
"""Bytes of all files of one folder, with what they refer to. Whoever collects the files checks it."""

MAX_DEPTH: Final = 64
"""Mappings and lists around a value, the ones that an alias brings along included."""

MAX_EVENTS: Final = 200_000
"""Parser events of one file: a scalar or an alias is one, a mapping or a list two."""

MAX_NODES: Final = 250_000
"""Nodes of one file with every alias written out."""

MAX_AMPLIFICATION: Final = 100
"""How many times more nodes a document may have with its aliases written out than as written."""

MAX_INTEGER: Final = 2**53
"""Greatest magnitude of an integer: beyond it, JSON tools round silently."""

MAX_TAG_DIRECTIVES: Final = 64
"""Mentions of `%TAG` in one file: the parser compares each such directive with all before it."""

MAX_FINDINGS: Final = 100
"""Findings reported for one file; the rest are only counted."""

MAX_SHOWN_CHARACTERS: Final = 200
"""Characters of a user's value that a message repeats."""
