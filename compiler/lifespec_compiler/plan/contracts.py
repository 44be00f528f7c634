"""Data contracts inlined: each schema object of a referenced ODCS file becomes a source of the spec."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from lifespec_schema.findings import Finding, Path, Place, Severity
from lifespec_schema.values.identifiers import FILE_PATTERN

from .bundle import Bundle, resolve
from .origins import Origins

SOURCES: Path = ("spec", "data", "sources")


class Contract(NamedTuple):
    """A source as a contract has it, and where each value of it stands in the contract."""

    name: str
    value: dict[str, Any]
    place: Place
    paths: Mapping[Path, Path]


class Entry(NamedTuple):
    """A source of the spec to be: its value, its contract, and the index at which the spec itself writes it."""

    value: Any
    contract: Contract | None
    written_at: int | None


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
    entries = _joined_where_possible(_entries(data, reader), data, reader)
    if not entries:
        return document, reader.findings
    _record(entries, origins)
    inlined = {key: value for key, value in data.items() if key != "contractRef"}
    inlined["sources"] = [entry.value for entry in entries]
    return {**document, "spec": {**document["spec"], "data": inlined}}, reader.findings


def _entries(data: dict[str, Any], reader: _Reader) -> list[Entry]:
    """The contract's sources in its order, each with what the spec adds to it, then the spec's own."""
    sources = data.get("sources")
    written = list(enumerate(sources)) if isinstance(sources, list) else []
    entries = []
    added: set[int] = set()
    if "contractRef" in data:
        for contract in reader.contracts(data["contractRef"], ("spec", "data", "contractRef")):
            match = [(index, entry) for index, entry in written if _name(entry) == contract.name]
            index, entry = match[0] if match else (None, {})
            if index is not None:
                added.add(index)
            entries.append(Entry(reader.joined(contract, entry, index), contract, index))
    for index, entry in written:
        if index in added:
            continue
        own = reader.own(entry, index) if isinstance(entry, dict) and "contractRef" in entry else None
        rest = {key: value for key, value in entry.items() if key != "contractRef"} if own else entry
        entries.append(Entry(reader.joined(own, rest, index) if own else rest, own, index))
    return entries


def _joined_where_possible(entries: list[Entry], data: dict[str, Any], reader: _Reader) -> list[Entry]:
    """The entries without the joins of contracts that lead nowhere here, or away from the rows of the label."""
    names = [_name(entry.value) for entry in entries]
    label = _holder_of_label(entries, data)
    kept = []
    for entry in entries:
        join = entry.contract.value.get("join") if entry.contract else None
        if entry.contract and join is not None and entry.value.get("join") is join:
            to = join["to"]
            why = f"`{to}` is no source here" if to not in names else "it holds the label, so the rows are its own"
            if to not in names or entry.value is label:
                reader.note_relationship(entry.contract, why)
                rest = {key: value for key, value in entry.value.items() if key != "join"}
                kept.append(entry._replace(value=rest))
                continue
        kept.append(entry)
    return kept


def _holder_of_label(entries: list[Entry], data: dict[str, Any]) -> object:
    """The source that has the label's column; None while the spec does not say which."""
    labels = data.get("labels")
    reference = labels.get("column") if isinstance(labels, dict) else None
    having = [
        (entry.value, name)
        for entry in entries
        if isinstance(entry.value, dict) and isinstance(entry.value.get("schema"), list)
        for name in map(_name, entry.value["schema"])
    ]
    exact = [source for source, name in having if f"{_name(source)}.{name}" == reference]
    found = exact or [source for source, name in having if name == reference]
    return found[0] if len(found) == 1 else None


def _name(entry: object) -> object:
    return entry.get("name") if isinstance(entry, dict) else None


class _Reader:
    """Reads each contract file once, and collects what is wrong with it."""

    def __init__(self, bundle: Bundle, origins: Origins, environment: str) -> None:
        self.bundle, self.origins, self.environment = bundle, origins, environment
        self.findings: list[Finding] = []
        self.known: dict[tuple[str, bool], list[Contract]] = {}

    def contracts(self, reference: object, path: Path, *, located: bool = True) -> list[Contract]:
        """The sources of the contract that is referred to at `path`; `located` when it must say where they lie."""
        if not isinstance(reference, str) or not re.fullmatch(FILE_PATTERN, reference, re.ASCII):
            return []  # the language refuses it where it stands
        file = resolve(self.bundle.lifecycle.file, reference)
        if self.bundle.contracts.get(file) == ():
            return []  # what is wrong with it has been said
        if file not in self.bundle.contracts:
            message = f"the data contract `{file}` cannot be read"
            self._error("missing-contract", path, message, "the path is relative to the folder of the spec")
            return []
        if (file, located) not in self.known:
            self.known[file, located] = self._read(file, located=located)
        return self.known[file, located]

    def _read(self, file: str, *, located: bool) -> list[Contract]:
        from lifespec_schema.odcs import contract_sources  # most specs of a test or an agent have no contract file

        found = []
        for document in self.bundle.contracts[file]:
            sources, findings = contract_sources(
                document.value, file=file, document=document.index, environment=self.environment, located=located
            )
            self.findings += findings
            place = Place(file, (), document.index)
            found += [Contract(source.name, source.value, place, source.paths) for source in sources]
        return found

    def own(self, entry: dict[str, Any], index: int) -> Contract | None:
        """The contract of one source: the schema object of its name, or the only one."""
        path = (*SOURCES, index, "contractRef")
        known = self.contracts(entry["contractRef"], path, located="uri" not in entry)
        match = [contract for contract in known if contract.name == entry.get("name")]
        if known and not match and len(known) > 1:
            names = ", ".join(contract.name for contract in known)
            message = f"the contract has no schema object `{entry.get('name')}`"
            self._error("missing-contract", path, message, f"it has {names}")
            return None
        return next(iter(match or known), None)

    def note_relationship(self, contract: Contract, why: str) -> None:
        """Says that a relationship that leads to the contract's source joins nothing."""
        path = contract.paths.get(("join",), ())
        place = contract.place._replace(path=path, on_key=True)
        message = f"the relationship that leads to `{contract.name}` has no effect in lifespec"
        self.findings.append(Finding("contract-field-not-used", Severity.INFO, message, place, why))

    def joined(self, contract: Contract, entry: dict[str, Any], index: int | None) -> dict[str, Any]:
        """The contract's source with what the spec writes beside it."""
        for key in ("schema", "quality"):
            if index is not None and key in entry and key in contract.value:
                message = f"`{key}` stands here and in the data contract"
                self._error("contract-overridden", (*SOURCES, index, key), message, "keep it in the contract")
        return {**contract.value, **entry}

    def _error(self, rule: str, path: Path, message: str, help_text: str) -> None:
        self.findings.append(Finding(rule, Severity.ERROR, message, self.origins.place(path), help_text))


def _record(entries: list[Entry], origins: Origins) -> None:
    """Remembers where each source's values were written, before their indexes change."""
    written = {at: origins.find((*SOURCES, at)) for _, _, at in entries if at is not None}
    for position, (value, contract, at) in enumerate(entries):
        path = (*SOURCES, position)
        if contract is None:
            if at is not None:
                origins.record(path, *written[at])
            continue
        for inner, target in sorted(contract.paths.items(), key=lambda item: len(item[0])):
            origins.record((*path, *inner), "contract", contract.place._replace(path=target))
        if at is not None:
            kind, own = written[at]
            for key in value:
                if value[key] is not contract.value.get(key):
                    origins.record((*path, key), kind, own._replace(path=(*own.path, key)))
