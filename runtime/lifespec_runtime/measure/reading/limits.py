"""How much is read at a time, and how much is too much."""

from __future__ import annotations

CHUNK_ROWS = 40_960
"""Rows of one chunk: large enough that a kernel's start costs nothing, small enough for memory to stay flat."""

BLOCK_BYTES = 8 << 20
"""Bytes of text that are parsed at a time."""

MAX_LINE_BYTES = 32 << 20
"""A longer line is no row of a table."""

MAX_COLUMNS = 10_000
"""A file with more columns is no table of a model; reading it would take memory for each of them."""

MAX_FLAWS = 20
"""So many flaws of one kind are told one by one."""

BUFFER_BYTES = 1 << 18
"""Bytes of each column of Parquet that are read ahead; without a bound whole row groups would be."""
