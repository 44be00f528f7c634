"""What a command answered, remembered. When nothing has changed that the answer depends on, it is given again.

An entry is addressed by the question: the command with its options, the folder, and this very lifespec. It holds the
answer and what that rests on: the SHA-256 of every file that was read, and of every file that was made. All of them
are read again, under the same rules as ever, before the answer is given; so a file edited by hand is noticed, whatever
its time stamp. Only answers without errors are kept. An entry that is damaged, or that somebody else wrote, does not
exist. Entries lie in `$XDG_CACHE_HOME/lifespec/answers`, else `~/.cache`; `LIFESPEC_CACHE=off` leaves them alone.

Nothing heavy is imported here: for an unchanged repository this is all that runs.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from importlib.machinery import PathFinder
from typing import Any, NamedTuple

import lifespec_compiler
import lifespec_runtime
import lifespec_schema
from lifespec_compiler.emit.folder import Folder
from lifespec_compiler.emit.inventory import INVENTORY, PENDING, digest, serialise
from lifespec_compiler.emit.problems import WriteError

from . import places

SWITCH = "LIFESPEC_CACHE"
MOST_ENTRIES = 256
LIBRARIES = ("click", "cronsim", "pydantic_core", "rfc8785", "yaml")
"""What the answer of a command may depend on besides our own code."""
_MOST_BYTES = 2**30


class Answer(NamedTuple):
    """What a command says, and its exit code."""

    out: str
    err: str
    code: int


class Made(NamedTuple):
    """A folder with files that a command has made, or would have made if they were not there."""

    folder: str
    """Its path; no link is followed below it."""
    inside: str
    """The folder in it that has the inventory; empty for the folder itself."""
    files: Mapping[str, str] | None
    """SHA-256 by path, all that are made; None where there is not even an inventory."""
    whole: bool
    """Whether the inventory lists these files and no others."""


class Basis(NamedTuple):
    """What an answer rests on."""

    origin: str
    """Where the search for the repository's root began; absolute, as `starts` are."""
    root: str
    starts: tuple[str, ...]
    """The files and folders that were searched for specs."""
    found: Mapping[str, str]
    """SHA-256 of each file that was found there, and of the project file, by name."""
    referred: Mapping[str, str]
    """SHA-256 of each file that these refer to, by name."""
    made: tuple[Made, ...]


def recall(question: Mapping[str, Any]) -> Answer | None:
    """The answer to a question, if nothing has changed that it rests on."""
    file = _file(question)
    entry = _entry(file, question) if file else None
    if entry is None:
        return None
    try:
        basis = Basis(*entry["basis"])
        made = [Made(*each) for each in basis.made]
        answer = Answer(*entry["answer"])
        return answer if _read_as_before(basis) and all(map(_as_made, made)) else None
    except (OSError, WriteError, places.OutsideError, places.NotAFileError, KeyError, TypeError, ValueError):
        return None  # whatever is wrong, the command itself will say it


def remember(question: Mapping[str, Any], basis: Basis, answer: Answer) -> None:
    """Keep an answer for the next time. Where nothing can be kept, nothing is."""
    file = _file(question)
    if file is None:
        return
    entry = json.dumps({"question": json.dumps(question), "basis": basis, "answer": answer})
    with suppress(OSError):  # a cache that cannot be written is no reason to fail
        folder = os.path.dirname(file)
        os.makedirs(folder, mode=0o700, exist_ok=True)
        _forget_oldest(folder)
        unfinished = f"{file}.{os.getpid()}"
        with open(unfinished, "w", encoding="utf-8") as new:
            new.write(f"{digest(entry.encode())}\n{entry}\n")
        os.replace(unfinished, file)


def _file(question: Mapping[str, Any]) -> str | None:
    """Where the entry for a question is; None where nothing is to be remembered."""
    if os.environ.get(SWITCH, "").lower() in {"off", "0", "no"}:
        return None
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    if not os.path.isabs(base):
        return None
    asked = digest(f"{json.dumps(question, sort_keys=True)}\n{_this_lifespec()}".encode())
    return os.path.join(base, "lifespec", "answers", f"{asked}.json")


def _entry(file: str, question: Mapping[str, Any]) -> dict[str, Any] | None:
    """A whole entry of ours that answers exactly this question."""
    try:
        with open(file, "rb") as found:
            owner = os.fstat(found.fileno()).st_uid
            checksum, _, content = found.read(_MOST_BYTES).decode().removesuffix("\n").partition("\n")
        if owner != os.geteuid() or digest(content.encode()) != checksum:
            return None
        entry = json.loads(content)
    except (OSError, ValueError):
        return None
    return entry if isinstance(entry, dict) and entry.get("question") == json.dumps(question) else None


def _read_as_before(basis: Basis) -> bool:
    """Whether the same files would be read, and whether they hold what they held."""
    if places.find_root(basis.origin) != basis.root:
        return False
    names = {name for start in basis.starts for name in places.spec_files(basis.root, start, _raise)}
    if places.has_project_file(basis.root):
        names.add(places.PROJECT_FILE)
    if basis.found.keys() != names:
        return False
    real_root = places.without_links(basis.root)
    return all(
        digest(places.read_inside(real_root, name, _MOST_BYTES)) == known
        for name, known in (*basis.found.items(), *basis.referred.items())
    )


def _raise(error: OSError) -> None:
    raise error


def _as_made(made: Made) -> bool:
    """Whether the files are there as they were made, and the inventory says so."""
    out = Folder.open(made.folder)
    if out is None:
        return made.files is None
    with out:
        lead = f"{made.inside}/" if made.inside else ""
        if out.read(f"{lead}{PENDING}") is not None:
            return False
        inventory = out.read(f"{lead}{INVENTORY}")
        if inventory is None or made.files is None:
            return inventory is None and made.files is None
        listed = json.loads(inventory)
        known = listed.items() == made.files.items() if made.whole else listed.items() >= made.files.items()
        return (
            known
            and serialise(listed) == inventory
            and all(_is(out.read(lead + path), expected) for path, expected in made.files.items())
        )


def _is(data: bytes | None, expected: str) -> bool:
    return data is not None and digest(data) == expected


@cache
def _this_lifespec() -> str:
    """What tells this installation from every other: its files by size and time, as Python's bytecode cache does it."""
    hashed = hashlib.sha256(sys.version.encode())
    for state in _installed():
        hashed.update(state.encode())
    return hashed.hexdigest()


def _installed() -> Iterator[str]:
    for library in LIBRARIES:
        spec = PathFinder.find_spec(library)
        if spec and spec.origin:
            yield _state(spec.origin, os.stat(spec.origin))
    for package in (lifespec_schema, lifespec_compiler, lifespec_runtime):
        yield from _states(package.__path__[0])
    beside = os.path.join(os.path.dirname(lifespec_schema.__path__[0]), "crds")
    if os.path.isdir(beside):  # in a checkout; in an installation they are in the package
        yield from _states(beside)


def _states(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.is_dir():
                if entry.name != "__pycache__":
                    yield from _states(entry.path)
            else:
                yield _state(entry.path, entry.stat())


def _state(path: str, status: os.stat_result) -> str:
    return f"{path}\0{status.st_size}\0{status.st_mtime_ns}\0{status.st_ino}\n"


def _forget_oldest(folder: str) -> None:
    with os.scandir(folder) as entries:
        kept = sorted((entry.stat().st_mtime_ns, entry.path) for entry in entries)
    for _, path in kept[: max(0, len(kept) - MOST_ENTRIES + 1)]:
        os.unlink(path)
