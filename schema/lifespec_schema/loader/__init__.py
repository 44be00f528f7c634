"""The loader: from the bytes of a YAML file to plain values, with a coded finding for everything that is wrong.

The input may be hostile. Sizes come first, then strict UTF-8, then the parser's events under a budget, then the core
types of YAML 1.2; nothing recurses. Positions of later findings are looked up by `locate`, only when there are any.
"""

from __future__ import annotations

from lifespec_schema.loader.document import JSON, Document
from lifespec_schema.loader.escape import show_value
from lifespec_schema.loader.positions import locate
from lifespec_schema.loader.reading import read
from lifespec_schema.loader.rules import LOADER_RULES
from lifespec_schema.loader.text import source_lines

__all__ = ["JSON", "LOADER_RULES", "Document", "locate", "read", "show_value", "source_lines"]
