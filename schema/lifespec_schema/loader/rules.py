"""The rules that the loader itself enforces, each in one line."""

from __future__ import annotations

from typing import Final

LOADER_RULES: Final[dict[str, str]] = {
    "alias-bomb": "aliases would make the document enormous when written out",
    "alias-cycle": "an alias stands inside the value that it repeats",
    "bidi-control": "an invisible character makes the text read differently from what it means",
    "byte-order-mark": "a byte order mark stands elsewhere than at the start of the file",
    "control-character": "a control character stands in the text",
    "duplicate-key": "a mapping has one key twice, so that one value would be lost",
    "empty-document": "a file or a document has no content",
    "file-too-large": "a file is larger than the loader reads",
    "invalid-utf8": "a file is not UTF-8 text",
    "leading-zero-number": "a number starts with 0, which other YAML versions read as octal",
    "line-separator": "a character that only some YAML versions take for a line break stands outside quotes",
    "merge-key": "the merge key << is used, which YAML 1.2 does not have",
    "nesting-too-deep": "mappings and lists are nested too deeply",
    "non-finite-number": "a number is infinite or not a number",
    "non-string-key": "a mapping's key is something else than a string",
    "not-a-mapping": "a document is a list or a single value instead of a mapping",
    "number-out-of-range": "a number cannot be represented exactly enough",
    "too-many-findings": "a file has more findings than are shown",
    "too-many-nodes": "a file has more values than the loader reads",
    "unknown-anchor": "an alias names an anchor that does not exist",
    "yaml-directive": "a document asks for another YAML version or for tags",
    "yaml-syntax": "the text is not YAML",
    "yaml-tag": "a value has a YAML tag",
}
"""Rule id → what it reports. `leading-zero-number` is a warning, all others are errors."""
