"""What belongs together in the user's files: a lifecycle, its model version, its data contracts, the project."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING, Any, NamedTuple

from lifespec_schema.findings import Finding, Place, Severity
from lifespec_schema.forms import Problem, read_model_version, read_project
from lifespec_schema.loader import Document, read
from lifespec_schema.values.form import did_you_mean, shown
from lifespec_schema.values.identifiers import LABEL_PATTERN

if TYPE_CHECKING:
    from lifespec_schema.spec.model_version import ModelVersion
    from lifespec_schema.spec.project import LifespecProject

API_GROUP = "lifespec.dev/"
API_VERSION = "lifespec.dev/v1alpha1"
KINDS = ("ModelLifecycle", "ModelVersion", "LifespecProject")
SCENARIO = "Scenario"
"""What is true in a simulation may stand beside a lifecycle, and is no part of it."""
Documents = Mapping[str, tuple[Document, ...]]
DUPLICATE = "duplicate-lifecycle"
DEFAULT_PROJECT = {"apiVersion": API_VERSION, "kind": "LifespecProject", "spec": {}}


@dataclass(frozen=True, slots=True)
class Bundle:
    """One lifecycle document with everything that it refers to."""

    lifecycle: Document
    contracts: Mapping[str, tuple[Document, ...]] = field(default_factory=dict)
    model: tuple[Document, ModelVersion] | None = None

    @property
    def name(self) -> str:
        """The lifecycle's name, or its file while the name is missing."""
        return lifecycle_name(self.lifecycle)


@dataclass(frozen=True, slots=True)
class Project:
    """The project file, and where it stands (nowhere, when there is none)."""

    value: LifespecProject
    file: str | None = None


def lifecycle_name(document: Document) -> str:
    """The name of a lifecycle document, or its file while the name is missing."""
    name = _get(_get(document.value, "metadata"), "name")
    return name if isinstance(name, str) else document.file


def finding(problem: Problem, place: Place) -> Finding:
    """A problem of the language as an error at a place."""
    place = place._replace(on_key=problem.on_key)
    return Finding(problem.code, Severity.ERROR, problem.message, place, problem.help)


def contract_files(document: Document) -> list[str]:
    """The contract files that a lifecycle document refers to, relative to the repository."""
    data = _get(_get(document.value, "spec"), "data")
    sources = _get(data, "sources")
    references = [_get(data, "contractRef"), *(_get(source, "contractRef") for source in _items(sources))]
    patches = _get(_get(document.value, "spec"), "environments")
    patches = patches.values() if isinstance(patches, dict) else ()
    references += [_get(_get(patch, "data"), "contractRef") for patch in patches]
    return [resolve(document.file, reference) for reference in references if isinstance(reference, str)]


def resolve(file: str, reference: str) -> str:
    """`reference` as `file` means it: relative to the file's folder."""
    return normpath(join(dirname(file), reference))


def parse(files: Mapping[str, bytes]) -> tuple[dict[str, tuple[Document, ...]], list[Finding]]:
    """The documents of each file, and everything wrong with the files as YAML."""
    findings: list[Finding] = []
    documents: dict[str, tuple[Document, ...]] = {}
    for name, content in files.items():
        documents[name], found = read(name, content)
        findings += found
    return documents, findings


def assemble(
    documents: Documents, project_file: str | None, project: Project | None = None
) -> tuple[list[Bundle], Project | None, list[Finding]]:
    """One bundle for each lifecycle document, the project, and everything wrong with how the documents fit together.

    `documents` holds specs, model versions, contracts and the project file, by path relative to the repository; none of
    a file means that it could not be read, and nothing is said of what follows from that. The project is None when its
    file is broken; without a project file it has one environment, `production`. A `project` that was read from that
    file already is not read again.
    """
    findings: list[Finding] = []
    ours = [document for group in documents.values() for document in group if _is_readable(document, findings)]
    lifecycles = [document for document in ours if document.value["kind"] == "ModelLifecycle"]
    models = _models([document for document in ours if document.value["kind"] == "ModelVersion"], findings)
    bundles = []
    for document in lifecycles:
        contracts = {name: documents[name] for name in contract_files(document) if name in documents}
        model = models.pop((dirname(document.file), lifecycle_name(document)), None)
        findings += _elsewhere(document, model) if model else []
        bundles.append(Bundle(document, contracts, model))
    unknown = {dirname(document.file) for document in lifecycles if not _is_label(lifecycle_name(document))}
    unknown |= {dirname(file) for file, group in documents.items() if not group}
    unknown |= {dirname(document.file) for group in documents.values() for document in group if _is_strange(document)}
    for document, version in models.values():
        if dirname(document.file) in unknown:
            continue  # it may well belong to the one that could not be read, or whose name is wrong
        message = f"there is no lifecycle `{version.spec.lifecycle}` beside this model version"
        place = Place(document.file, ("spec", "lifecycle"), document.index)
        help_text = "a model version stands in the folder of its lifecycle"
        findings.append(Finding("dangling-model-version", Severity.ERROR, message, place, help_text))
    findings += duplicates(map(named, bundles))
    projects = [document for document in ours if document.value["kind"] == "LifespecProject"]
    findings += [_unused(document) for document in projects if document.file != project_file]
    return bundles, project or _project(projects, project_file, documents, findings), findings


def is_ours(document: Document) -> bool:
    """Whether a document is meant for lifespec: by its API group, or by a kind of ours without any API group."""
    version, kind = _get(document.value, "apiVersion"), _get(document.value, "kind")
    if isinstance(version, str) and "/" in version:
        return version.startswith(API_GROUP)
    return kind in KINDS


def _is_readable(document: Document, findings: list[Finding]) -> bool:
    if not is_ours(document) or _get(document.value, "kind") == SCENARIO:
        return False
    version, kind = _get(document.value, "apiVersion"), _get(document.value, "kind")
    if version != API_VERSION:
        what = (
            f"{shown(version)} is not a version of the language" if version is not None else "`apiVersion` is missing"
        )
        place = Place(document.file, ("apiVersion",), document.index)
        findings.append(Finding("unknown-version", Severity.ERROR, what, place, f"write `{API_VERSION}`"))
        return False
    if kind not in KINDS:
        what = f"{shown(kind)} is not a kind of document" if kind is not None else "`kind` is missing"
        place = Place(document.file, ("kind",), document.index)
        help_text = f"{did_you_mean(kind, KINDS)}write {', '.join(f'`{known}`' for known in KINDS)}"
        findings.append(Finding("unknown-kind", Severity.ERROR, what, place, help_text))
        return False
    return True


def _is_strange(document: Document) -> bool:
    """Whether a document is for lifespec, but nobody knows what it says."""
    strange = is_ours(document) and _get(document.value, "kind") != SCENARIO
    return strange and not _is_readable(document, [])


def _models(documents: list[Document], findings: list[Finding]) -> dict[tuple[str, str], tuple[Document, ModelVersion]]:
    models: dict[tuple[str, str], tuple[Document, ModelVersion]] = {}
    for document in documents:
        version, problems = read_model_version(document.value)
        findings += [finding(problem, Place(document.file, problem.path, document.index)) for problem in problems]
        if version is None:
            continue
        key = (dirname(document.file), version.spec.lifecycle)
        if key in models:
            other = models[key][0]
            place = Place(document.file, ("spec", "lifecycle"), document.index)
            message = f"`{version.spec.lifecycle}` has another model version in {other.file}"
            findings.append(
                Finding("two-model-versions", Severity.ERROR, message, place, "Git nominates one at a time")
            )
        models[key] = (document, version)
    return models


def _elsewhere(lifecycle: Document, model: tuple[Document, ModelVersion]) -> list[Finding]:
    document, version = model
    namespace = _get(_get(lifecycle.value, "metadata"), "namespace")
    if version.metadata.namespace == namespace or not _is_label(namespace):
        return []
    place = Place(document.file, ("metadata", "namespace"), document.index)
    message = f"the namespace of `{version.spec.lifecycle}` is `{namespace}`"
    help_text = "a model version lives in its lifecycle's namespace"
    return [Finding("dangling-model-version", Severity.ERROR, message, place, help_text)]


class Named(NamedTuple):
    """The name of a lifecycle, as it is written, and where."""

    namespace: object
    name: object
    place: Place


def named(bundle: Bundle) -> Named:
    """The name of a bundle's lifecycle."""
    document = bundle.lifecycle
    metadata = _get(document.value, "metadata")
    place = Place(document.file, ("metadata", "name"), document.index)
    return Named(_get(metadata, "namespace"), _get(metadata, "name"), place)


def duplicates(lifecycles: Iterable[Named]) -> list[Finding]:
    """A finding for each lifecycle that has the name of an earlier one."""
    seen: dict[tuple[object, object], str] = {}
    findings = []
    for namespace, name, place in lifecycles:
        if not isinstance(namespace, str) or not isinstance(name, str):
            continue
        if (namespace, name) in seen:
            message = f"`{namespace}/{name}` is also the name of the lifecycle in {seen[namespace, name]}"
            findings.append(Finding(DUPLICATE, Severity.ERROR, message, place, "rename one of them"))
        seen.setdefault((namespace, name), place.file)
    return findings


def _project(
    written: list[Document], file: str | None, documents: Documents, findings: list[Finding]
) -> Project | None:
    in_place = [document for document in written if document.file == file]
    findings += map(_unused, in_place[1:])
    chosen = in_place[0] if in_place else None
    if file is None:
        default, _ = read_project(DEFAULT_PROJECT)
        return Project(default) if default else None
    if chosen is None:
        if documents.get(file) and not any(map(is_ours, documents[file])):
            place = Place(file, ("kind",))
            findings.append(
                Finding(
                    "unknown-kind", Severity.ERROR, "this is no project file", place, "write `kind: LifespecProject`"
                )
            )
        return None
    project, problems = read_project(chosen.value)
    findings += [finding(problem, Place(chosen.file, problem.path, chosen.index)) for problem in problems]
    return Project(project, chosen.file) if project else None


def _unused(document: Document) -> Finding:
    message = "this project file has no effect"
    help_text = "there is one, `lifespec.yaml` at the root of the repository, with one document"
    return Finding(
        "unused-project", Severity.WARNING, message, Place(document.file, ("kind",), document.index), help_text
    )


def _is_label(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(LABEL_PATTERN, value, re.ASCII) is not None


def _get(value: object, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
