"""Putting a trained model where serving finds it: by digest, once, and never over other bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NamedTuple

from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.models.digest import canonical, file_digest, listing
from lifespec_runtime.measure.models.trained import PROFILE, SNAPSHOT, Trained
from lifespec_runtime.measure.reading.files import missing_library

LISTING: Final = "listing.json"
"""The last file of a stored model: the canonical listing, whose SHA-256 is the model's digest."""


class StoreError(Exception):
    """A model that cannot be stored. The message is for people, and names no secret."""


class Stored(NamedTuple):
    """Where a model lies."""

    uri: str
    digest: str
    profile: str | None
    """The digest of the training profile; None where it has none."""
    snapshot: str | None
    """The digest of the list of what it was trained on; None where it has none."""
    was_there: bool
    """Whether all of it lay there already."""


def store(plan: Plan, trained: Trained, root: str) -> Stored:
    """Copies a model, its profile and its snapshot below `root`, any place that fsspec writes to. Raises `StoreError`.

    Each lies under its own digest. A model is complete when its listing is there, which is written last.
    """
    root = root if "://" in root else Path(root).absolute().as_uri()
    below = f"{root.rstrip('/')}/{plan.namespace}/{plan.name}"
    folder = f"{below}/models/{trained.digest.replace(':', '-')}"
    beside = {
        path: f"{below}/{name.partition('.')[0]}s/{file_digest(path).replace(':', '-')}.json"
        for name in (PROFILE, SNAPSHOT)
        if (path := trained.file(name)) is not None
    }
    files = listing(trained.model)
    fsspec: Any = import_module("fsspec")  # it ships no types
    try:
        system, path = fsspec.core.url_to_fs(folder)
        complete = system.exists(f"{path}/{LISTING}")
        written = [
            _put(system, f"{path}/model/{one.path}", (trained.model / one.path).read_bytes(), complete=complete)
            for one in files
        ]
        for source, uri in beside.items():
            written.append(_put(system, fsspec.core.url_to_fs(uri)[1], source.read_bytes(), complete=False))
        written.append(_put(system, f"{path}/{LISTING}", canonical(files), complete=complete))
    except StoreError:
        raise
    except ImportError as error:
        needed = missing_library(root)
        told = (
            f"{needed[0]}: {needed[1]}" if needed else f"fsspec needs a package for {root.partition(':')[0]}: {error}"
        )
        raise StoreError(told) from error
    except Exception as error:  # every storage has errors of its own
        raise StoreError(f"cannot write below {root}: {type(error).__name__}") from error
    profile, snapshot = trained.file_digest(PROFILE), trained.file_digest(SNAPSHOT)
    return Stored(f"{folder}/model", trained.digest, profile, snapshot, not any(written))


def _put(system: Any, path: str, content: bytes, *, complete: bool) -> bool:
    """Writes a file unless it is there; says whether it did.

    Other bytes are an earlier try that broke off, unless what they are part of is complete: then they are refused.
    """
    if system.exists(path):
        with system.open(path, "rb") as stream:
            same = _digest(stream) == hashlib.sha256(content).digest()
        if same:
            return False
        if complete:
            raise StoreError(f"other bytes lie at {path}; nothing was written over them")
    system.makedirs(path.rpartition("/")[0], exist_ok=True)
    with system.open(path, "wb") as stream:
        stream.write(content)
    return True


def _digest(stream: Any) -> bytes:
    found = hashlib.sha256()
    for part in _parts(stream):
        found.update(part)
    return found.digest()


def _parts(stream: Any) -> Iterator[bytes]:
    while part := stream.read(1 << 20):
        yield part
