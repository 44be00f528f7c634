"""From a contract to sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from lifespec_schema.findings import Finding, Path

from .check import Checker
from .columns import columns, describe
from .custom import ours
from .draft import Draft, JsonObject, items
from .nodes import VERSIONS
from .quality import rules
from .relationships import joins
from .report import Report, kind, shown
from .servers import Chosen, choose
from .service_levels import ServiceLevel, service_levels


class ContractSource(NamedTuple):
    """One schema object of a contract as an entry of `data.sources`, in the authoring form."""

    name: str
    value: JsonObject
    paths: Mapping[Path, Path]
    """For the parts of `value`, by their path in it, the path in the contract that they come from."""

    def origin(self, path: Path) -> Path:
        """The path in the contract that the part of `value` at `path` comes from, or would have to stand at."""
        for length in range(len(path), 0, -1):
            known = self.paths.get(path[:length])
            if known is not None:
                return (*known, *path[length:])
        return (*self.paths[()], *path)


def contract_sources(
    contract: object, *, file: str, document: int = 0, environment: str | None = None, located: bool = True
) -> tuple[list[ContractSource], list[Finding]]:
    """Read a data contract of ODCS 3.1.0 or 3.2.0: a source for each of its schema objects, and all findings.

    `contract` is a JSON value, never trusted and never changed. `environment` selects the server by its `environment`;
    with `located=False` no server is asked for, because the source that refers to the contract names its own uri.
    Findings lie in document number `document` of `file`. The values are checked against the standard only: what
    lifespec allows of it (classifications, formats, names) is for the language's own models to say. A rule or a
    service level that is wrong is left out of the value, so that nothing is reported twice.
    """
    report = Report(file, document)
    if not isinstance(contract, dict):
        report.add("contract-wrong-type", (), f"{kind(contract)} where a data contract is wanted")
        return [], report.findings()
    version = contract.get("apiVersion")
    if version not in VERSIONS:
        _wrong_version(contract, report)
        return [], report.findings()
    checker = Checker(report, newer=version == VERSIONS[1])
    checker.node("Contract", contract)
    ours(contract, (), "contract", report)
    chosen = choose(contract, environment, report) if located else None
    _note_unused(checker.unused, chosen, report)
    sources = _Reader(contract, chosen, report).sources()
    return sources, report.findings()


def _wrong_version(contract: JsonObject, report: Report) -> None:
    wanted = f"lifespec reads {' and '.join(VERSIONS)}"
    if "apiVersion" not in contract:
        message = "the contract does not say its `apiVersion`"
    else:
        message = f"`apiVersion` is {shown(contract['apiVersion'])}, but {wanted}"
    report.add("contract-version", ("apiVersion",), message, f"write `apiVersion: {VERSIONS[0]}`")


def _note_unused(unused: list[Path], chosen: Chosen | None, report: Report) -> None:
    for path in unused:
        if path[0] != "servers" or (chosen is not None and chosen.ignores(path)):
            report.not_used(path)


class _Reader:
    """Reads the schema objects of a contract, which share a server and the service levels."""

    def __init__(self, contract: JsonObject, chosen: Chosen | None, report: Report) -> None:
        self._report = report
        self._chosen = chosen
        self._schemas = self._by_name(contract)
        self._levels = service_levels(contract, list(self._schemas), report)
        self._joins = joins(self._schemas, report)

    def sources(self) -> list[ContractSource]:
        """A source for each schema object, in the contract's order."""
        if self._chosen is not None:
            self._chosen.judge(len(self._schemas), self._report)
        return [self._source(name, schema, ("schema", index)) for name, (index, schema) in self._schemas.items()]

    def _by_name(self, contract: JsonObject) -> dict[str, tuple[int, JsonObject]]:
        named: dict[str, tuple[int, JsonObject]] = {}
        listed = items(contract, "schema")
        for index, schema in listed:
            name = schema.get("name")
            if not isinstance(name, str):
                continue
            if name in named:
                path = ("schema", index, "name")
                self._report.add(
                    "contract-duplicate-name", path, f"two schema objects are called `{name}`", "rename one"
                )
            else:
                named[name] = (index, schema)
        if not listed:
            message = "the contract has no schema object"
            self._report.add("contract-missing-field", ("schema",), message, "a source needs its columns")
        return named

    def _source(self, name: str, schema: JsonObject, path: Path) -> ContractSource:
        draft = Draft(path)
        draft.put("name", name, (*path, "name"))
        if self._chosen is not None:
            self._chosen.locate(name, draft)
        describe(schema, path, draft)
        if name in self._joins:
            draft.put_draft("join", self._joins[name])
        found = columns(schema, path, self._report)
        draft.put_all("schema", found.columns)
        draft.put_all("quality", [*rules(schema, path, None, self._report), *found.rules])
        for level in self._levels:
            if not level.objects or name.lower() in level.objects:
                self._promise(level, name, draft)
        for custom, (value, origin) in ours(schema, path, "object", self._report).items():
            draft.put(custom, value, origin)
        return ContractSource(name, draft.value, draft.paths)

    def _promise(self, level: ServiceLevel, name: str, draft: Draft) -> None:
        known = draft.value.get(level.field, level.duration)
        if known != level.duration:
            message = f"`{name}` has two values of {level.field}: {known} and {level.duration}"
            help_text = "keep one; `latency` and `freshness` mean the same here"
            self._report.add("contract-duplicate-name", level.path, message, help_text)
        elif level.field not in draft.value:
            draft.put(level.field, level.duration, level.path)
