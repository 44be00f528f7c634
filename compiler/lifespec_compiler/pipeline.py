"""The whole way from bundles to plans and manifests, as the commands and the tests walk it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from lifespec_schema.findings import Finding, Path, Place, Severity

from .manifest import Manifest
from .plan import Bundle, Plan, Project, environments, plan, project_findings
from .targets import TARGETS, unsupported

if TYPE_CHECKING:
    from lifespec_schema.spec.project import LifespecProject

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
    named = _named_targets(project.value)
    names = list(only or dict.fromkeys(named))
    findings = []
    for name, path in named.items() if not only else ():
        if name not in TARGETS:
            place = Place(project.file or "lifespec.yaml", path)
            message = f"the target `{name}` is not there yet; nothing is compiled for it"
            findings.append(Finding("pending-target", Severity.INFO, message, place, f"targets: {', '.join(TARGETS)}"))
    return [name for name in names if name in TARGETS], findings


def _named_targets(project: LifespecProject) -> dict[str, Path]:
    """The targets that a project names, with where: its CI and what applies its manifests are targets too."""
    spec = project.spec
    named: dict[str, Path] = {name: ("spec", "targets", index) for index, name in enumerate(spec.targets)}
    return named | {name: ("spec", key) for key, name in (("ci", spec.ci), ("gitops", spec.gitops)) if name != "none"}


def compile_all(
    planned: Sequence[Planned], targets: Sequence[str], *, shared: bool
) -> tuple[list[Manifest], list[Finding]]:
    """The manifests of all plans for the targets, and what no chosen target can do.

    `shared` adds what several lifecycles share; it is only right when all of them are among the plans.
    """
    manifests: list[Manifest] = []
    findings: list[Finding] = []
    for item in planned:
        made, problems = compile_one(item, targets)
        manifests += made
        findings += problems
    if shared:
        manifests += compile_shared([made for item in planned for made in item.plans], targets)
    return manifests, list(dict.fromkeys(findings))


def compile_one(planned: Planned, targets: Sequence[str]) -> tuple[list[Manifest], list[Finding]]:
    """The manifests of one lifecycle's own files, and what no chosen target can do with it."""
    manifests: list[Manifest] = []
    findings: list[Finding] = []
    for made in planned.plans:
        problems = unsupported(made, targets)
        findings += problems
        if not any(problem.severity is Severity.ERROR for problem in problems):
            manifests += _compiled(made, targets)
    return manifests, findings


def compile_shared(plans: Sequence[Plan], targets: Sequence[str]) -> list[Manifest]:
    """The manifests that lifecycles share, from the plans of all of them or from their outlines."""
    return _joined([manifest for name in targets for manifest in TARGETS[name].compile_shared(plans)])


def shared_sections(targets: Iterable[str]) -> tuple[str, ...]:
    """The sections of the spec that an outline needs for the files that lifecycles share."""
    return tuple(sorted({section for name in targets for section in TARGETS[name].SHARED}))


def _compiled(plan: Plan, targets: Sequence[str]) -> list[Manifest]:
    """A plan's manifests for the targets.

    A folder in which several of the project's targets apply objects has one kustomization, which lists the files of
    all of them, also of those that are not compiled now.
    """
    named = _named_targets(plan.project) if plan.project else {}
    manifests: list[Manifest] = []
    for name in TARGETS:
        if name in targets:
            manifests += TARGETS[name].compile(plan)
        elif name in named and not any(found.severity is Severity.ERROR for found in unsupported(plan, [name])):
            manifests += filter(_is_list, TARGETS[name].compile(plan))
    filled = {_folder(manifest) for manifest in manifests if not _is_list(manifest)}
    return _joined([manifest for manifest in manifests if not _is_list(manifest) or _folder(manifest) in filled])


def _joined(manifests: Sequence[Manifest]) -> list[Manifest]:
    """The manifests, with the kustomizations of one folder as one that lists the files of all."""
    lists: dict[str, Manifest] = {}
    for manifest in filter(_is_list, manifests):
        known = lists.get(manifest.path)
        lists[manifest.path] = _with_resources(known, manifest) if known else manifest
    return [*(manifest for manifest in manifests if not _is_list(manifest)), *lists.values()]


def _with_resources(one: Manifest, other: Manifest) -> Manifest:
    content: Any = one.content
    more: Any = other.content
    return replace(one, content={**content, "resources": [*content["resources"], *more["resources"]]})


def _is_list(manifest: Manifest) -> bool:
    return manifest.path.endswith("/kustomization.yaml")


def _folder(manifest: Manifest) -> str:
    return manifest.path.rpartition("/")[0]


def all_project_findings(project: Project | None) -> list[Finding]:
    """What is wrong with the project file by itself."""
    return project_findings(project) if project else []
