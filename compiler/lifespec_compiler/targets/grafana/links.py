"""Where people go from the dashboard: the spec, the model card, the runbook, the other models."""

from __future__ import annotations

from lifespec_compiler.plan import Plan
from lifespec_compiler.targets.prometheus.runbook_address import PAGE

from .panels import Json

_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")
_FOLDERS = {"github": "blob", "gitlab": "-/blob"}


def links(plan: Plan) -> list[Json]:
    """The dashboard's links; to files only where the project names its repository."""
    files = {"Spec": plan.origins.file}
    project = plan.project.spec if plan.project else None
    if project:
        output = project.output.rstrip("/")
        pages = {
            "docs": ("Model card", f"{plan.environment}/{plan.namespace}/{plan.name}/README.md"),
            "prometheus": ("Runbook", PAGE),
        }
        files |= {title: f"{output}/{page}" for target, (title, page) in pages.items() if target in project.targets}
    known = [_link(title, address) for title, file in files.items() if (address := file_address(plan, file))]
    models = {"title": "Models", "type": "dashboards", "tags": ["lifespec"], "asDropdown": True, "url": ""}
    return [*known, {**_link("Models", ""), **models, "keepTime": True, "targetBlank": False}]


def file_address(plan: Plan, file: str) -> str | None:
    """Where the repository's host shows a file; None while the project names no repository."""
    repository = plan.project.spec.repository if plan.project else None
    if repository is None:
        return None
    root = repository.url.removesuffix("/").removesuffix(".git").replace("$", "%24").replace("[", "%5B")
    return f"{root}/{_FOLDERS[repository.kind]}/{_escaped(repository.branch)}/{_escaped(file)}"


def _escaped(text: str) -> str:
    """A text as a part of an address: what means something there, or in Grafana, is written as its bytes."""
    return "".join(
        letter if letter in _PLAIN else "".join(f"%{byte:02X}" for byte in letter.encode()) for letter in text
    )


def _link(title: str, address: str) -> Json:
    return {
        "title": title,
        "type": "link",
        "icon": "doc",
        "tooltip": "",
        "url": address,
        "tags": [],
        "asDropdown": False,
        "targetBlank": True,
        "includeVars": False,
        "keepTime": False,
    }
