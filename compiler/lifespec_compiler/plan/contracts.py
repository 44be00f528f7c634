"""Data contracts inlined: each schema object of a referenced ODCS file becomes a source of the spec."""

from __future__ import annotations

from typing import Any

from lifespec_schema.findings import Finding, Path, Place, Severity
from lifespec_schema.loader import Document
from lifespec_schema.odcs import ContractSource, contract_sources

from .bundle import Bundle, resolve
from .origins import Origins

SOURCES: Path = ("spec", "data", "sources")


def inline(
    document: dict[str, Any], bundle: Bundle, origins: Origins, environment: str
) -> tuple[dict[str, Any], list[Finding]]:
    """`document` with its contracts inlined, and what is wrong with them.

    What a source writes itself stands; schema and quality come from the contract alone.
    """
    data = document["spec"].get("data")
    if not isinstance(data, dict):
        return document, []
    reader = _Reader(bundle, origins, environment)
    written = data.get("sources")
    written = list(enumerate(written)) if isinstance(written, list) else []
    named = {entry.get("name"): (index, entry) for index, entry in written if isinstance(entry, dict)}
    sources: list[tuple[dict[str, Any], ContractSource | None, int | None]] = []
    if "contractRef" in data:
        for source in reader.sources(data["contractRef"], ("spec", "data", "contractRef")):
            index, entry = named.pop(source.name, (None, {}))
            sources.append((reader.joined(source, entry, index), source, index))
    for index, entry in written:
        if not isinstance(entry, dict) or "contractRef" not in entry:
            if not isinstance(entry, dict) or entry.get("name") in named or "contractRef" not in data:
                sources.append((entry, None, index))
            continue
        own = reader.own(entry, index)
        rest = {key: value for key, value in entry.items() if key != "contractRef"}
        sources.append((reader.joined(own, rest, index) if own else rest, own, index))
    if not sources:
        return document, reader.findings
    _record(sources, origins, reader)
    inlined = {key: value for key, value in data.items() if key != "contractRef"}
    inlined["sources"] = [value for value, _, _ in sources]
    return {**document, "spec": {**document["spec"], "data": inlined}}, reader.findings


class _Reader:
    """Reads contract files once each, and collects what is wrong with them."""

    def __init__(self, bundle: Bundle, origins: Origins, environment: str) -> None:
        self.bundle, self.origins, self.environment = bundle, origins, environment
        self.findings: list[Finding] = []
        self.files: dict[str, str] = {}

    def sources(self, reference: object, path: Path) -> list[ContractSource]:
        """The sources of the contract that is referred to at `path`."""
        if not isinstance(reference, str):
            self._error(
                "wrong-type",
                path,
                "`contractRef` is not a text",
                "write the path of an ODCS file, relative to the spec",
            )
            return []
        file = resolve(self.bundle.lifecycle.file, reference)
        documents = self.bundle.contracts.get(file)
        if documents is None:
            self._error(
                "missing-contract",
                path,
                f"the data contract `{file}` cannot be read",
                "the path is relative to the spec and stays inside the repository",
            )
            return []
        found: list[ContractSource] = []
        for document in documents:
            sources, findings = contract_sources(
                document.value, file=file, document=document.index, environment=self.environment
            )
            self.findings += findings
            for source in sources:
                self.files[source.name] = file
            found += sources
        return found

    def own(self, entry: dict[str, Any], index: int) -> ContractSource | None:
        """The contract of one source: the schema object of its name, or the only one."""
        path = (*SOURCES, index, "contractRef")
        sources = self.sources(entry["contractRef"], path)
        match = [source for source in sources if source.name == entry.get("name")] or (
            sources if len(sources) == 1 else []
        )
        if sources and not match:
            names = ", ".join(source.name for source in sources)
            self._error(
                "missing-contract", path, f"the contract has no schema object `{entry.get('name')}`", f"it has {names}"
            )
        return match[0] if match else None

    def joined(self, source: ContractSource, entry: dict[str, Any], index: int | None) -> dict[str, Any]:
        """The contract's source with what the spec writes beside it."""
        for key in ("schema", "quality"):
            if key in entry and key in source.value:
                self._error(
                    "contract-overridden",
                    (*SOURCES, index or 0, key),
                    f"`{key}` stands here and in the data contract",
                    "keep it in the contract",
                )
        return {**source.value, **entry}

    def _error(self, rule: str, path: Path, message: str, help_text: str) -> None:
        self.findings.append(Finding(rule, Severity.ERROR, message, self.origins.place(path), help_text))


def _record(
    sources: list[tuple[dict[str, Any], ContractSource | None, int | None]], origins: Origins, reader: _Reader
) -> None:
    written = {index: origins.place((*SOURCES, index)) for _, _, index in sources if index is not None}
    for position, (value, source, index) in enumerate(sources):
        path = (*SOURCES, position)
        if source is not None:
            file = reader.files[source.name]
            document = _document(reader.bundle.contracts[file])
            for inner, target in sorted(source.paths.items(), key=lambda item: len(item[0])):
                origins.record((*path, *inner), "contract", Place(file, target, document.index))
        if index is not None:
            own = written[index]
            keys = value if source is None else [key for key in value if key not in source.value]
            if source is None:
                origins.record(path, "written", own)
            for key in keys if source is not None and isinstance(value, dict) else ():
                origins.record((*path, key), "written", own._replace(path=(*own.path, key)))


def _document(documents: tuple[Document, ...]) -> Document:
    return documents[0]
