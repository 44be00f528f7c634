"""What is delivered from Git into clusters: the applied folders, whichever tool applies them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from lifespec_compiler.plan import Plan
from lifespec_schema.findings import Finding, Severity

from .capability import HONOURED, Capabilities
from .kubernetes import compiling, folders
from .kubernetes.metadata import ENVIRONMENT, LIFECYCLE, TEAM, Json
from .kubernetes.names import LONGEST_LABEL, joined

if TYPE_CHECKING:
    from lifespec_schema.spec.project import Repository

PREFIX = "lifespec"
Part = Literal["base", "models", "root"]
HONOURED_FIELDS = (
    "metadata.name",
    "metadata.namespace",
    "spec.owner.team",
    "spec.platform.environment",
    "spec.platform.cluster",
)
"""Fields of a lifecycle that every tool honours."""
HONOURED_FACTS = (
    "spec.repository.url",
    "spec.repository.branch",
    "spec.environments.*.name",
    "spec.environments.*.cluster",
    "spec.environments.*.namespace",
)
"""Fields of a project that every tool honours."""


class Folder(NamedTuple):
    """A folder that is applied by itself."""

    name: str
    """What the object that delivers it is called."""
    path: str
    """From the repository's root."""
    namespace: str
    labels: Json


class Lifecycle(NamedTuple):
    """A lifecycle's folder, and whether an agent looks after it, so that its status will say how it is."""

    folder: Folder
    name: str
    has_agent: bool


class Cluster(NamedTuple):
    """All that one cluster gets."""

    name: str
    repository: Repository
    output: str
    """The folder that compile writes, from the repository's root."""
    agents: tuple[Folder, ...]
    lifecycles: tuple[Lifecycle, ...]

    @property
    def path(self) -> str:
        """The folder that is applied before all others: definitions and namespaces."""
        return f"{self.output}/{self.folder}"

    @property
    def folder(self) -> str:
        """The same, from the output folder."""
        return f"clusters/{self.name}"

    @property
    def namespaces(self) -> tuple[str, ...]:
        """Into which namespaces something is delivered."""
        return tuple(sorted({lifecycle.folder.namespace for lifecycle in self.lifecycles}))

    def title(self, part: Part) -> str:
        """The name of an object that is there once for the cluster; the part comes first, so that no two names meet."""
        plain = f"{PREFIX}-{part}-{self.name}"
        return plain if len(plain) <= LONGEST_LABEL else joined(PREFIX, part, self.name)


def clusters(plans: Sequence[Plan]) -> list[Cluster]:
    """What each cluster gets; nothing while the project does not name its repository."""
    by_name: dict[str, list[Plan]] = {}
    for plan in plans:
        if plan.project and plan.project.spec.repository:
            by_name.setdefault(plan.spec.platform.cluster if plan.spec.platform else "default", []).append(plan)
    return [_cluster(name, by_name[name]) for name in sorted(by_name)]


def repository(plan: Plan, tool: str) -> Iterator[Finding]:
    """The one fact that no tool can do without."""
    if plan.project is None or plan.project.spec.repository is None:
        message = f"{tool} cannot fetch what it is to apply: the project does not name its repository"
        place = plan.origins.place(("spec", "platform"))
        help_text = "add `repository: {kind: …, url: …}` to lifespec.yaml"
        yield Finding("missing-platform-fact", Severity.ERROR, message, place, help_text)


def capabilities(tool: str, *facts: str) -> Capabilities:
    """What a tool that delivers folders does with each field, whatever lifecycles say.

    `facts` are the fields of a project that it honours besides those that every tool does.
    """

    def has_repository(plan: Plan) -> Iterator[Finding]:
        return repository(plan, tool)

    return Capabilities(
        fields={
            "ModelLifecycle": dict.fromkeys(HONOURED_FIELDS, HONOURED),
            "LifespecProject": dict.fromkeys((*HONOURED_FACTS, *facts), HONOURED),
        },
        requirements=(has_repository,),
    )


def _cluster(name: str, plans: Sequence[Plan]) -> Cluster:
    project = plans[0].project
    if project is None or project.spec.repository is None:
        raise ValueError("a cluster is made of plans whose project names its repository")
    output = project.spec.output.rstrip("/")
    agents = {folders.namespace_folder(plan): plan for plan in plans if compiling.installs_agent(plan)}
    return Cluster(
        name=name,
        repository=project.spec.repository,
        output=output,
        agents=tuple(_agent(name, output, plan) for _, plan in sorted(agents.items())),
        lifecycles=tuple(_lifecycle(name, output, plan) for plan in sorted(plans, key=folders.lifecycle_folder)),
    )


def _agent(cluster: str, output: str, plan: Plan) -> Folder:
    return Folder(
        name=joined(PREFIX, cluster, plan.environment, plan.namespace, "agent"),
        path=f"{output}/{folders.namespace_folder(plan)}/agent",
        namespace=plan.namespace,
        labels={ENVIRONMENT: plan.environment},
    )


def _lifecycle(cluster: str, output: str, plan: Plan) -> Lifecycle:
    labels = {LIFECYCLE: plan.name, ENVIRONMENT: plan.environment, TEAM: plan.spec.owner.team}
    folder = Folder(
        name=joined(PREFIX, cluster, plan.environment, plan.namespace, plan.name),
        path=f"{output}/{folders.lifecycle_folder(plan)}/apply",
        namespace=plan.namespace,
        labels=labels,
    )
    return Lifecycle(folder, plan.name, compiling.installs_agent(plan))
