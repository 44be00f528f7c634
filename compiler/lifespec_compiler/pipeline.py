"""The whole way from bundles to plans and manifests, as the commands and the tests walk it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from lifespec_schema.findings import Finding, Place, Severity

from .manifest import Manifest
from .plan import Bundle, Plan, Project, environments, plan, project_findings
from .targets import TARGETS, unsupported

Progress = Callable[[str], None]


@dataclass(slots=True)
class Planned:
    """The plans of one lifecycle, in order of promotion, and everything that is wrong with it."""

    bundle: Bundle
    plans: list[Plan] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def plan_all(
    bundles: Iterable[Bundle], project: Project, only: Sequence[str] = (), progress: Progress | None = None
) -> list[Planned]:
    """The plans of every bundle in every environment, or in those named by `only`."""
    result = []
    for bundle in bundles:
        planned = Planned(bundle)
        for environment in environments(project):
            if only and environment.name not in only:
                continue
            made, findings = plan(bundle, project, environment)
            planned.findings += findings
            if made:
                planned.plans.append(made)
        planned.findings = list(dict.fromkeys(planned.findings))  # what is wrong in each environment is wrong once
        result.append(planned)
        if progress:
            progress(bundle.name)
    return result


def chosen_targets(project: Project, only: Sequence[str] = ()) -> tuple[list[str], list[Finding]]:
    """The targets to compile, and an info finding for each that the project names and that has not landed."""
    names = list(only or project.value.spec.targets)
    findings = []
    for index, name in enumerate(project.value.spec.targets if not only else ()):
        if name not in TARGETS:
            place = Place(project.file or "lifespec.yaml", ("spec", "targets", index))
            message = f"the target `{name}` is not there yet; nothing is compiled for it"
            findings.append(Finding("pending-target", Severity.INFO, message, place, f"targets: {', '.join(TARGETS)}"))
    return [name for name in names if name in TARGETS], findings


def compile_all(
    planned: Sequence[Planned], targets: Sequence[str], *, shared: bool
) -> tuple[list[Manifest], list[Finding]]:
    """The manifests of all plans for the targets, and what no chosen target can do.

    `shared` adds what several lifecycles share; it is only right when all of them are among the plans.
    """
    manifests: list[Manifest] = []
    findings: list[Finding] = []
    for item in planned:
        for made in item.plans:
            problems = unsupported(made, targets)
            findings += problems
            if not any(problem.severity is Severity.ERROR for problem in problems):
                for name in targets:
                    manifests += TARGETS[name].compile(made)
    plans = [made for item in planned for made in item.plans]
    if shared:
        for name in targets:
            manifests += TARGETS[name].compile_shared(plans)
    return manifests, list(dict.fromkeys(findings))


def all_project_findings(project: Project | None) -> list[Finding]:
    """What is wrong with the project file by itself."""
    return project_findings(project) if project else []
