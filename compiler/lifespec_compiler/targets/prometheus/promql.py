"""PromQL as text: whatever a spec says becomes a quoted value, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping

from lifespec_compiler.plan import Plan
from lifespec_compiler.series import Series

from .recorded import Recorded

BY: tuple[str, ...] = ("namespace", "lifecycle")
"""The labels that tell lifecycles apart. What else a scrape adds, such as the pod, would make one thing two."""

_ESCAPED = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quoted(text: str) -> str:
    """A string literal of PromQL. In single quotes, because YAML has expressions in double ones."""
    return "'" + "".join(_ESCAPED.get(letter) or _escaped(letter) for letter in text) + "'"


def selector(plan: Plan, series: Series | Recorded, suffix: str = "", **labels: str) -> str:
    """The series of this lifecycle, narrowed by labels; `suffix` is a histogram's `_bucket` or `_count`."""
    return f"{series.name}{suffix}{{{matchers({**own(plan), **labels})}}}"


def own(plan: Plan) -> dict[str, str]:
    """The labels that every series of this lifecycle has."""
    return {"namespace": plan.namespace, "lifecycle": plan.name}


def matchers(labels: Mapping[str, str]) -> str:
    """Label matchers for exactly these values; those of a regular expression end with `~` in their name."""
    return ", ".join(
        f"{name.removesuffix('~')}{'=~' if name.endswith('~') else '='}{quoted(value)}"
        for name, value in labels.items()
    )


def newest(expression: str, *labels: str) -> str:
    """The greatest value for each lifecycle and each of the labels, whoever was scraped for it."""
    return f"max by ({', '.join((*BY, *labels))}) ({expression})"


def number(value: float) -> str:
    """A number without the noise of binary fractions."""
    return f"{value:.12g}"


def _escaped(letter: str) -> str:
    return letter if letter.isprintable() else f"\\U{ord(letter):08x}"
