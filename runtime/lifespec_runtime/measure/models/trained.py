"""What `lifespec train` leaves: a folder with the model and where it comes from."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final, NamedTuple

from .digest import digest, file_digest, listing
from .errors import broken

MODEL, METADATA, PROFILE, SNAPSHOT, RECORD, LOG = (
    *("model", "metadata.json", "profile.json", "snapshot.json", "training.json", "train.log"),
)
DEFAULT_SCRIPT: Final = "train.py"
FORMATS: Final = (
    *("onnx", "safetensors", "gguf", "xgboost", "lightgbm", "tensorflow", "pytorch", "sklearn", "pickle"),
)
"""How a ModelVersion may say that a model is stored."""
LARGEST_METADATA: Final = 1 << 20


class Trained(NamedTuple):
    """A trained model, and what is known of it."""

    folder: Path
    model: Path
    """The folder that the trainer wrote."""
    digest: str
    """Of that folder."""
    metadata: dict[str, Any]
    """What the trainer says of it."""
    record: dict[str, Any]
    """How it was trained; empty where a trainer's output was not made by `lifespec train`."""

    beside: Path
    """Where its profile and its snapshot lie."""

    @property
    def format(self) -> str:
        """How it is stored, as a ModelVersion says it. Raises `ModelError` where the trainer does not say it."""
        return format_of(self.metadata, str(self.folder))

    def file(self, name: str) -> Path | None:
        """`profile.json` or `snapshot.json`; None where it is not there."""
        path = self.beside / name
        return path if path.is_file() else None

    def file_digest(self, name: str) -> str | None:
        """The digest of such a file; None where it is not there."""
        path = self.file(name)
        return file_digest(path) if path else None

    def command(self, spec_folder: Path | None) -> list[str] | None:
        """The command that predicts: the one that trained it; None where nobody knows."""
        written = self.record.get("command")
        if isinstance(written, list) and all(isinstance(part, str) for part in written) and written:
            return written
        return default_command(spec_folder)


def default_command(spec_folder: Path | None) -> list[str] | None:
    """`train.py` beside the spec, with this Python; None where there is none."""
    if spec_folder is None or not (spec_folder / DEFAULT_SCRIPT).is_file():
        return None
    return [sys.executable, DEFAULT_SCRIPT]


def open_trained(folder: Path, beside: Path | None = None) -> Trained:
    """What a folder holds; profile and snapshot may lie beside it. Raises `ModelError` where it is no trained model."""
    model = folder / MODEL
    files = listing(model)
    path = folder / RECORD
    record = read_object(path, "trainer-no-metadata") if path.is_file() else {}
    return Trained(
        folder, model, digest(files), read_object(folder / METADATA, "trainer-no-metadata"), record, beside or folder
    )


def format_of(metadata: dict[str, Any], where: str) -> str:
    """The format that a trainer's metadata tells. Raises `ModelError` where it tells none that there is."""
    found = metadata.get("format")
    if found not in FORMATS:
        message = f"`{METADATA}` does not say the `format` of the model"
        raise broken("trainer-no-metadata", message, where, help_text=f"one of {', '.join(FORMATS)}")
    return str(found)


def read_object(path: Path, code: str) -> dict[str, Any]:
    """The JSON object in a file. Raises `ModelError` with this code where it is none."""
    if path.is_symlink() or not path.is_file():
        raise broken(code, f"there is no `{path.name}`", str(path.parent))
    if path.stat().st_size > LARGEST_METADATA:
        raise broken(code, f"`{path.name}` is larger than {LARGEST_METADATA:,} bytes", str(path.parent))
    try:
        value = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise broken(code, f"`{path.name}` is no JSON", str(path.parent)) from error
    if not isinstance(value, dict):
        raise broken(code, f"`{path.name}` holds no JSON object", str(path.parent))
    return value
