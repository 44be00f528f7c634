"""Where the runbook of an alert is read: the page stands in what is compiled, so it fits the rules beside it."""

from __future__ import annotations

from typing import Final

from lifespec_compiler.plan import Plan

PAGE: Final = "alerts.md"
"""The runbook's page in the output folder."""

DOCUMENTATION: Final = f"docs/{PAGE}"
"""The same page in lifespec's own documentation: what a project without a repository is pointed to."""

_TREES: Final = {"github": "blob", "gitlab": "-/blob"}
_PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-~")


def address(plan: Plan, kind: str) -> str:
    """The address of an alert's section, in the project's repository where the project file names it."""
    project = plan.project.spec if plan.project else None
    if project is None or project.repository is None:
        return f"{DOCUMENTATION}#{kind.lower()}"
    repository = project.repository
    folder = f"{repository.url.rstrip('/')}/{_TREES[repository.kind]}/{_encoded(repository.branch)}"
    return f"{folder}/{project.output.strip('/')}/{PAGE}#{kind.lower()}"


def _encoded(text: str) -> str:
    """A text as part of a URL's path."""
    return "".join(
        letter if letter in _PLAIN else "".join(f"%{byte:02X}" for byte in letter.encode()) for letter in text
    )
