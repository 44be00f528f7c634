"""The inventory: which files of an output folder are ours, and what was in them when they were written.

`.lifespec-files.json` maps each path to the SHA-256 of its bytes and is replaced last of all. While files are being
replaced, `.lifespec-pending.json` lists in the same form what they will be; if a run is killed in between, the next one
can tell its files from files that somebody edited.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping

from lifespec_compiler.emit.folder import Folder
from lifespec_compiler.emit.problems import ObstacleError, Problem, WriteError
from lifespec_compiler.manifest import path_fault

INVENTORY = ".lifespec-files.json"
PENDING = ".lifespec-pending.json"

_DIGEST = re.compile(r"[0-9a-f]{64}")


def digest(data: bytes) -> str:
    """SHA-256 in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def serialise(digests: Mapping[str, str]) -> bytes:
    """Sorted, one path a line, so that merges of two branches touch only the lines that differ."""
    return (json.dumps(dict(digests), indent=2, sort_keys=True) + "\n").encode("ascii")


def load(folder: Folder) -> tuple[dict[str, str], dict[str, str] | None]:
    """What is ours on the disk, and the pending list if a run was killed (else None).

    A pending file that has arrived counts as ours with its new digest. Raises WriteError if a list is not as we write
    it: without knowing what is ours, nothing may be replaced or removed.
    """
    ours = _parse(folder, INVENTORY) or {}
    pending = _parse(folder, PENDING)
    for path, expected in (pending or {}).items():
        try:
            data = folder.read(path)
        except ObstacleError:
            # Not a file of ours, whatever it is; it is reported when something is to be done to this path.
            continue
        if data is not None and digest(data) == expected:
            ours[path] = expected
    return ours, pending


def _parse(folder: Folder, name: str) -> dict[str, str] | None:
    data = folder.read(name)
    if data is None:
        return None
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise _damaged(name, "is not a JSON object")
    for path, expected in value.items():
        if path_fault(path) is not None or not isinstance(expected, str) or not _DIGEST.fullmatch(expected):
            raise _damaged(name, f"has the entry {path[:80]!a}, which lifespec never writes")
    return value


def _damaged(name: str, message: str) -> WriteError:
    advice = f"restore {name} from version control, or remove it together with the files that lifespec wrote"
    return WriteError(Problem(name, message, advice))
