"""Manifests as bytes: the same manifests give the same bytes on every system."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lifespec_compiler.emit.yaml import YamlError, to_yaml
from lifespec_compiler.manifest import Manifest, ManifestError


def render(manifest: Manifest) -> bytes:
    """The file's bytes: UTF-8, LF, a final newline.

    Raises ManifestError if a value has no portable form, or a text holds carriage returns or lone surrogates.
    """
    content = manifest.content
    try:
        if isinstance(content, str):
            return _text(content).encode("utf-8")
        documents = (content,) if isinstance(content, Mapping) else content
        header = manifest.header
        if len(documents) == 1:
            return to_yaml(documents[0], header).encode("utf-8")
        parts = [to_yaml(document, header if index == 0 else ()) for index, document in enumerate(documents)]
        return "---\n".join(parts).encode("utf-8")
    except (YamlError, UnicodeEncodeError) as error:
        raise ManifestError(f"output path {manifest.path}: {error}") from error


def render_all(manifests: Iterable[Manifest]) -> dict[str, bytes]:
    """All files by path, sorted. Raises ManifestError also if two paths cannot exist side by side on every system."""
    files: dict[str, bytes] = {}
    spellings: dict[str, tuple[str, bool]] = {}
    for manifest in manifests:
        path = manifest.path
        if path in files:
            raise ManifestError(f"output path {path}: made twice")
        files[path] = render(manifest)
        check_spelling(path, spellings)
    return {path: files[path] for path in sorted(files)}


def check_spelling(path: str, spellings: dict[str, tuple[str, bool]]) -> None:
    """Compare the path and each of its folders with all earlier ones as a file system that ignores case would.

    Raises ManifestError if two of them cannot exist side by side on every system.
    """
    end = len(path)
    is_file = True
    while end > 0:
        part = path[:end]
        known = spellings.setdefault(part.lower(), (part, is_file))
        if known != (part, is_file):
            raise ManifestError(f"output path {path}: clashes with {known[0]}: a file and a folder, or case")
        end = path.rfind("/", 0, end)
        is_file = False


def _text(text: str) -> str:
    if "\r" in text:
        raise YamlError("a text has carriage returns; lines end in LF")
    return text if not text or text.endswith("\n") else text + "\n"
