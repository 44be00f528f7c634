"""What `lifespec init` writes: a spec, its data contract and, where there is none, the project file."""

from __future__ import annotations

from .answers import PROBLEMS, Answers, Roles
from .files import SCHEMAS, editor_schemas, files
from .table import Column, Table, TableError, read_table, sample_table

__all__ = [
    "PROBLEMS",
    "SCHEMAS",
    "Answers",
    "Column",
    "Roles",
    "Table",
    "TableError",
    "editor_schemas",
    "files",
    "read_table",
    "sample_table",
]
