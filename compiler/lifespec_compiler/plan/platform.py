"""What the project file says of one environment, as a canonical lifecycle carries it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifespec_schema.findings import Finding, Place, Severity
from lifespec_schema.forms import canonical_value, read_project

from .bundle import DEFAULT_PROJECT, Project

if TYPE_CHECKING:
    from lifespec_schema.spec.project import Environment


def environments(project: Project) -> tuple[Environment, ...]:
    """The environments in order of promotion; one, `production`, when the project file names none."""
    if project.value.spec.environments:
        return project.value.spec.environments
    default, _ = read_project({**DEFAULT_PROJECT, "spec": {"environments": [{"name": "production"}]}})
    return default.spec.environments if default else ()


def namespace(environment: Environment, metadata: dict[str, Any]) -> str:
    """The namespace of a lifecycle in an environment."""
    return environment.namespace.replace("{namespace}", metadata["namespace"]).replace("{name}", metadata["name"])


def platform_facts(
    project: Project, environment: Environment, metadata: dict[str, Any], retrains_in: str
) -> dict[str, Any]:
    """`spec.platform` of a lifecycle in an environment; only what the project file says."""
    spec = project.value.spec
    facts: dict[str, Any] = {"environment": environment.name}
    written = canonical_value(environment)
    facts |= {
        key: written[key]
        for key in ("after", "cluster", "gateway", "prometheus", "agentImage", "dask", "quota")
        if key in written
    }
    if "hostname" in facts.get("gateway", {}):
        host = (
            facts["gateway"]["hostname"]
            .replace("{name}", metadata["name"])
            .replace("{namespace}", metadata["namespace"])
        )
        facts["gateway"] = {**facts["gateway"], "hostname": host}
    earlier = next((other for other in environments(project) if other.name == environment.after), None)
    if earlier:
        facts["afterNamespace"] = namespace(earlier, metadata)
    if spec.runner != "agent":
        facts["runner"] = spec.runner
    if spec.defaults:
        shared = canonical_value(spec.defaults)
        facts |= {key: shared[key] for key in ("artifacts", "imagePullSecrets") if key in shared}
    if environment.name != retrains_in:
        facts["retrainsHere"] = False
    return facts


def project_findings(project: Project) -> list[Finding]:
    """What is wrong with the environments of a project file, whatever the specs say."""
    if project.file is None:
        return []
    findings: list[Finding] = []
    seen: dict[str, int] = {}
    places: dict[tuple[str, str], str] = {}
    for index, environment in enumerate(project.value.spec.environments):
        path = ("spec", "environments", index)
        if environment.name in seen:
            findings.append(
                _error(
                    project.file,
                    "duplicate-name",
                    (*path, "name"),
                    f"`{environment.name}` is the name of two environments",
                    "rename one of them",
                )
            )
        if environment.after and environment.after not in seen:
            findings.append(
                _error(
                    project.file,
                    "unknown-environment",
                    (*path, "after"),
                    f"`{environment.after}` is not an earlier environment",
                    f"earlier environments: {', '.join(seen) or 'none'}",
                )
            )
        elif (
            environment.after
            and project.value.spec.environments[seen[environment.after]].cluster != environment.cluster
        ):
            findings.append(
                _error(
                    project.file,
                    "after-across-clusters",
                    (*path, "after"),
                    f"`{environment.after}` is in another cluster",
                    "an agent reads decisions of its own cluster only",
                )
            )
        target = (environment.cluster, environment.namespace)
        if target in places:
            findings.append(
                _error(
                    project.file,
                    "shared-namespace",
                    (*path, "namespace"),
                    f"`{environment.name}` and `{places[target]}` are one namespace of one cluster",
                    'give each its own: `namespace: "{namespace}-staging"`',
                )
            )
        seen.setdefault(environment.name, index)
        places.setdefault(target, environment.name)
    return findings


def _error(file: str, rule: str, path: tuple[str | int, ...], message: str, help_text: str) -> Finding:
    return Finding(rule, Severity.ERROR, message, Place(file, path), help_text)
