"""How findings are put into words, and told from one another, in more than one format."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable

from lifespec_runtime.cli.report import printable
from lifespec_schema.findings import Finding, Place, show_path


def file_name(folder: str, place: Place) -> str:
    """The file from the repository's root on, as a person may see it; bytes that are no UTF-8 are escaped."""
    return printable(_as_utf8(os.path.normpath(folder + place.file).replace(os.sep, "/")))


def text(finding: Finding) -> str:
    """What is wrong and what to do, in lines that hold nothing invisible."""
    lines = [finding.message, *(f"{about} ({position(place)})" for about, place in finding.related), finding.help]
    return "\n".join(printable(line) for line in lines if line)


def position(place: Place) -> str:
    """The file with line and column, as compilers and editors write it."""
    file = _as_utf8(place.file)
    return f"{file}:{place.span.line}:{place.span.column}" if place.span else file


def _as_utf8(name: str) -> str:
    """A file's name read as UTF-8, whatever the machine that lifespec runs on reads it as."""
    return os.fsencode(name).decode("utf-8", "surrogateescape")


def fingerprints(findings: Iterable[Finding]) -> list[str]:
    """A hash for each finding that stays the same wherever its line moves, and that no other one has."""
    seen: Counter[str] = Counter()
    result = []
    for finding in findings:
        place = finding.place
        identity = [
            _as_utf8(place.file),
            place.document,
            show_path(place.path),
            place.on_key,
            finding.rule,
            finding.message,
        ]
        name = json.dumps(identity)
        seen[name] += 1
        again = [seen[name]] if seen[name] > 1 else []
        result.append(hashlib.sha256(json.dumps([*identity, *again]).encode()).hexdigest())
    return result
