"""The target's two entrances: `compile` for Git, `render` for the agent. The first calls the second."""

from __future__ import annotations

from collections.abc import Sequence

from lifespec_compiler.manifest import Manifest
from lifespec_compiler.plan import Plan
from lifespec_compiler.targets.landed import AGENT, LANDED_COMMANDS

from . import access, agent, clusters, documents, folders, measuring, networks, server, traffic
from .metadata import Json
from .ownership import marked
from .revision import ServingState, nominated

NAME = "kubernetes"


def compile(plan: Plan) -> list[Manifest]:  # noqa: A001 - a target's function has this name
    """The files of one lifecycle in one environment.

    `agent-owned` is empty while there is no model version, because then there is nothing to serve.
    """
    folder = folders.lifecycle_folder(plan)
    version = documents.model_version(plan)
    files = {
        "lifecycle.yaml": [documents.lifecycle(plan)],
        "model-version.yaml": [version] if version else [],
        "accounts.yaml": access.accounts(plan),
        "grants.yaml": access.grants(plan),
        "network-policies.yaml": networks.policies(plan),
        "measuring.yaml": _measuring(plan),
    }
    stable = nominated(plan)
    serving = render(plan, ServingState(stable)) if stable else []
    return [*folders.applied(f"{folder}/apply", files), *folders.shown(f"{folder}/agent-owned", serving)]


def render(plan: Plan, serving: ServingState) -> list[Json]:
    """The objects that the agent owns, for these revisions and weights."""
    objects = []
    for revision in serving.revisions:
        objects += [
            server.deployment(plan, revision),
            server.autoscaler(plan, revision),
            server.disruption_budget(plan, revision),
        ]
    objects += [*traffic.services(plan, serving), traffic.route(plan, serving)]
    found = [item for item in objects if item is not None]
    return [marked(item, serving.uid) for item in found] if serving.uid else found


def compile_shared(plans: Sequence[Plan]) -> list[Manifest]:
    """The agent of each namespace, and what each cluster needs once."""
    namespaces: dict[str, list[Plan]] = {}
    for plan in plans:
        namespaces.setdefault(folders.namespace_folder(plan), []).append(plan)
    manifests: list[Manifest] = []
    for folder, neighbours in namespaces.items():
        manifests += folders.applied(f"{folder}/agent", {"agent.yaml": _agent(neighbours[0])})
    return [*manifests, *clusters.manifests(plans)]


def installs_agent(plan: Plan) -> bool:
    """Whether the plan's namespace has a folder with an agent."""
    return bool(_agent(plan))


def _agent(plan: Plan) -> list[Json]:
    image = plan.spec.platform.agent_image if plan.spec.platform else None
    if AGENT not in LANDED_COMMANDS or image is None:
        return []
    return [*agent.objects(plan, image), *agent.reader_of_earlier(plan)]


def _measuring(plan: Plan) -> list[Json]:
    """The CronJobs whose commands have landed, with what they need."""
    image = plan.spec.platform.agent_image if plan.spec.platform else None
    if image is None:
        return []
    jobs = []
    if "check-data" in LANDED_COMMANDS:
        jobs.append(measuring.data_check_cron_job(plan, image))
    if "drift" in LANDED_COMMANDS:
        jobs += [measuring.drift_cron_job(plan, image, monitor) for monitor in plan.monitors]
    if not jobs:
        return []
    reached = networks.measuring(plan, access.MEASURING, log="drift" in LANDED_COMMANDS)
    return [measuring.lifecycle_file(plan), reached, *jobs]
