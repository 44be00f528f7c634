"""Escalation: a page that still fires after a while goes to the next in line.

Alertmanager routes by labels and knows no time, so each step of `owner.escalation` is an alert of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lifespec_compiler.plan import Plan
from lifespec_schema.values.written import duration

from . import kinds
from .alert import Alert
from .promql import matchers, newest, own, quoted
from .templates import Live

ESCALATION: Final = "escalation"
"""The label that says to whom an alert is escalated."""


def alerts(plan: Plan) -> Iterator[Alert]:
    """For each step, that a page has been firing for so long."""
    firing = matchers({**own(plan), "alertstate": "firing", "severity": "page"})
    pages = f"ALERTS{{{firing}, alertname!={quoted(kinds.UNANSWERED)}}}"
    named = f"label_replace({pages}, 'raised', '$1', 'alertname', '(.+)')"
    for index, step in enumerate(plan.spec.owner.escalation):
        yield Alert(
            kind=kinds.UNANSWERED,
            severity="page",
            expr=newest(named, "raised"),
            summary=(Live("$labels.raised"), f" still fires after {duration(step.after)}"),
            description=(f"It was raised as a page and has not ended; {step.to} is called as the next in line.",),
            path=("spec", "owner", "escalation", index),
            about={ESCALATION: step.to},
            wait=step.after,
        )
