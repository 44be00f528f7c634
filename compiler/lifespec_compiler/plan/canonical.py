"""From the authoring form to the canonical one: one document for each environment, with everything resolved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lifespec_schema.findings import Finding, Path, Place, Severity
from lifespec_schema.forms import canonical_value, read_lifecycle

from . import contracts, merge, thresholds
from .bundle import Bundle, Project, finding
from .origins import Origins, exists
from .platform import environments, namespace, platform_facts

if TYPE_CHECKING:
    from lifespec_schema.spec.lifecycle import ModelLifecycle
    from lifespec_schema.spec.project import Environment


@dataclass(frozen=True, slots=True)
class Canonical:
    """One environment's canonical document, and where each leaf of it was written."""

    document: dict[str, Any]
    origins: Origins
    read: ModelLifecycle
    """What the document was made of."""


def canonical_form(
    bundle: Bundle, project: Project, environment: Environment
) -> tuple[Canonical | None, list[Finding]]:
    """The canonical form of a lifecycle in one environment, or everything that keeps it from having one.

    A contract that cannot be read keeps it from having one too; what is wrong with that file has been said.
    """
    written = bundle.lifecycle
    origins = Origins(written.file, written.index)
    document = written.value
    findings: list[Finding] = []
    if isinstance(document.get("spec"), dict):
        document = _patched(document, environment.name, origins)
        document, findings = contracts.inline(document, bundle, origins, environment.name)
    findings += _nested_patches(written.value, environment.name, origins)
    lifecycle, problems = read_lifecycle(document)
    broken = {found.place.file for found in findings if found.severity is Severity.ERROR} - {written.file}
    for problem in problems:
        place = origins.to_blame(problem.path) if problem.on_key else origins.place(problem.path)
        if place.file not in broken:  # a contract's own errors say more than what follows from them
            findings.append(finding(problem, place))
    unread = not all(bundle.contracts.values())
    if lifecycle is None or unread or any(found.severity is Severity.ERROR for found in findings):
        return None, findings
    canonical = canonical_value(lifecycle)
    findings += _unknown_environments(canonical, project, origins)
    spec = canonical["spec"]
    spec.pop("environments", None)
    spec.pop("waivers", None)
    last = environments(project)[-1].name
    retrains_in = spec.get("retraining", {}).get("environment", last)
    spec["platform"] = platform_facts(project, environment, canonical["metadata"], retrains_in)
    canonical["metadata"]["namespace"] = namespace(environment, canonical["metadata"])
    if project.file:
        index = [other.name for other in environments(project)].index(environment.name)
        origins.record(("spec", "platform"), "project", Place(project.file, ("spec", "environments", index)))
        for key in ("artifacts", "imagePullSecrets"):
            origins.record(("spec", "platform", key), "project", Place(project.file, ("spec", "defaults", key)))
    if bundle.model:
        model_document, version = bundle.model
        spec["modelVersion"] = {"name": version.metadata.name, "digest": version.spec.model.digest}
        origins.record(
            ("spec", "modelVersion"), "written", Place(model_document.file, ("spec", "model"), model_document.index)
        )
    findings += [finding(problem, origins.place(problem.path)) for problem in thresholds.settle(canonical)]
    if any(found.severity is Severity.ERROR for found in findings):
        return None, findings
    return Canonical(canonical, origins, lifecycle), findings


def _patched(document: dict[str, Any], environment: str, origins: Origins) -> dict[str, Any]:
    patches = document["spec"].get("environments")
    if not isinstance(patches, dict) or not isinstance(patches.get(environment), dict):
        return document
    source = Place(origins.file, ("spec", "environments", environment), origins.document)
    return merge.merge(document, patches[environment], origins, source)


def _nested_patches(written: dict[str, Any], environment: str, origins: Origins) -> list[Finding]:
    """A patch has none of its own: when it is applied, the environment has been chosen."""
    path: Path = ("spec", "environments", environment, "environments")
    if not exists(written, path):
        return []
    message = "`environments` is not a field here: a patch is for one environment"
    place = Place(origins.file, path, origins.document, on_key=True)
    return [Finding("unknown-field", Severity.ERROR, message, place, "write it beside this environment")]


def _unknown_environments(canonical: dict[str, Any], project: Project, origins: Origins) -> list[Finding]:
    known = [environment.name for environment in environments(project)]
    spec = canonical["spec"]
    named = [(("spec", "environments", name), name) for name in spec.get("environments", {})]
    if "environment" in spec.get("retraining", {}):
        named.append((("spec", "retraining", "environment"), spec["retraining"]["environment"]))
    return [
        Finding(
            "unknown-environment",
            Severity.ERROR,
            f"`{name}` is not an environment of the project",
            origins.place(path)._replace(on_key="environments" in path),
            f"environments: {', '.join(known)}",
        )
        for path, name in named
        if name not in known
    ]
