"""The catalog as a page of documentation."""

from __future__ import annotations

from collections.abc import Mapping

from .facts import UNITS, Metric, Parameter

_HEAD = """# Metrics

The metrics that a check may name. `lifespec metrics` lists them, `lifespec metrics NAME` shows one. Values are computed
as the library named under "standard name" computes them; where a value does not exist (one class only, labels that are
all the same, no rows) there is none, and no gate passes on it. How often the intervals hold the true value is shown in
[intervals](../measuring/intervals.md).
"""


def page(families: Mapping[str, tuple[Metric, ...]]) -> str:
    """All families, with a section for each metric."""
    return "\n".join([_HEAD, *(_family(name, metrics) for name, metrics in families.items())])


def _family(name: str, metrics: tuple[Metric, ...]) -> str:
    return "\n".join([f"## {name.capitalize()}\n", *(_metric(metric) for metric in metrics)])


def _metric(metric: Metric) -> str:
    low, high = (
        ("-∞" if metric.low is None else f"{metric.low:g}"),
        ("∞" if metric.high is None else f"{metric.high:g}"),
    )
    known = metric.uncertainty
    better = "more" if metric.direction == "increase" else "less"
    facts = {
        "value": f"{low} to {high}, {UNITS[metric.unit].meaning}; {better} is better",
        "threshold": f"for example `{UNITS[metric.unit].example}`",
        "problems": ", ".join(f"`{problem}`" for problem in metric.problems),
        "computed in": ", ".join(metric.tiers),
        "needs": ", ".join(metric.inputs),
        "one value per": metric.per,
        "parameters": "; ".join(_parameter(each) for each in metric.parameters),
        "standard name": metric.standard,
        "defined in": metric.source,
        "interval": known.meaning if known.smallest is None else f"{known.method}: {known.meaning}",
        "interval published in": "" if known.smallest is None else known.source,
        "interval trusted from": "" if known.smallest is None else f"{known.smallest:,} {known.counted}",
    }
    listed = "\n".join(f"- {name}: {text}" for name, text in facts.items() if text)
    return f"### `{metric.id}`: {metric.title}\n\n{metric.meaning}\n\n{listed}\n"


def _parameter(parameter: Parameter) -> str:
    words = f" ({', '.join(parameter.choices)})" if parameter.choices else ""
    default = "" if parameter.default is None else f", default {parameter.default}"
    return f"`{parameter.name}`{words}, {parameter.meaning}{default}"
