"""Who gets which alert: routes for Alertmanager, as an object for its operator and as plain configuration.

Receivers are names. What stands behind a name, a pager or a chat room, is the platform's, and its address a secret.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from lifespec_compiler.plan import Plan
from lifespec_compiler.targets.kubernetes.metadata import Json, metadata
from lifespec_compiler.targets.kubernetes.names import derived

from . import kinds
from .escalation import ESCALATION
from .promql import own

ADDRESSES: Final = "alert-receivers"
"""The Secret of a namespace that holds a webhook's address under each receiver's name."""

NOBODY: Final = "nobody"
"""The receiver of the plain configuration for alerts that are not lifespec's."""

GROUPED: Final = ("alertname", "namespace", "lifecycle")
FIRST, MORE = "30s", "5m"
AGAIN: Final = {"page": "1h", "ticket": "24h"}
"""How soon an alert that goes on is told again."""

_KEY: Final = re.compile(r"[-._a-zA-Z0-9]{1,200}")


class Route(NamedTuple):
    """Alerts with a label go to a receiver."""

    label: str
    value: str
    receiver: str
    again: str


class Inhibition(NamedTuple):
    """While one alert of a lifecycle fires, another that says less about the same is not told."""

    told: str
    untold: str
    same: tuple[str, ...]


INHIBITIONS: Final = (
    Inhibition(kinds.BUDGET_BURNS_FAST, kinds.BUDGET_BURNS_SLOWLY, ("namespace", "lifecycle", "slo")),
    Inhibition(kinds.BOOTSTRAP_HELD, kinds.ROLLOUT_HELD, ("namespace", "lifecycle", "stream")),
    Inhibition(kinds.ROLLOUT_UNGUARDED, kinds.AGENT_NOT_RECONCILING, ("namespace", "lifecycle")),
)


def routes(plan: Plan) -> list[Route]:
    """The routes of a lifecycle; the first that fits is taken, and the last takes what is left."""
    steps = dict.fromkeys(step.to for step in plan.spec.owner.escalation)
    return [
        *(Route(ESCALATION, to, to, AGAIN["page"]) for to in steps),
        *(Route("severity", severity, _receiver(plan, severity), AGAIN[severity]) for severity in ("page", "ticket")),
    ]


def alertmanager_config(plan: Plan) -> Json:
    """The AlertmanagerConfig of a lifecycle. The operator holds it to alerts of its own namespace."""
    found = routes(plan)
    return {
        "apiVersion": "monitoring.coreos.com/v1alpha1",
        "kind": "AlertmanagerConfig",
        "metadata": metadata(plan, derived(plan.name, "routing"), "monitoring"),
        "spec": {
            "route": {
                "receiver": found[-1].receiver,
                "matchers": [_matcher("lifecycle", plan.name)],
                "groupBy": list(GROUPED),
                "groupWait": FIRST,
                "groupInterval": MORE,
                "repeatInterval": found[-1].again,
                "routes": [
                    {
                        "receiver": route.receiver,
                        "matchers": [_matcher(route.label, route.value)],
                        "repeatInterval": route.again,
                    }
                    for route in found
                ],
            },
            "receivers": [
                {"name": name, "webhookConfigs": [{"urlSecret": {"name": ADDRESSES, "key": key(name)}}]}
                for name in _receivers(found)
            ],
            "inhibitRules": [
                {
                    "sourceMatch": [_matcher("alertname", one.told), _matcher("lifecycle", plan.name)],
                    "targetMatch": [_matcher("alertname", one.untold), _matcher("lifecycle", plan.name)],
                    "equal": list(one.same),
                }
                for one in INHIBITIONS
            ],
        },
    }


def configuration(plans: Sequence[Plan]) -> Json:
    """Plain configuration of Alertmanager for these lifecycles: routes and inhibitions, and the receivers' names."""
    found = [(plan, routes(plan)) for plan in plans]
    names = _once([NOBODY, *(name for _, lines in found for name in _receivers(lines))])
    return {
        "route": {"receiver": NOBODY, "routes": [_plain(plan, lines) for plan, lines in found]},
        "receivers": [{"name": name} for name in names],
        "inhibit_rules": [
            {
                "source_matchers": [_equals("alertname", one.told)],
                "target_matchers": [_equals("alertname", one.untold)],
                "equal": list(one.same),
            }
            for one in INHIBITIONS
        ],
    }


def key(receiver: str) -> str:
    """The key in the Secret under which a receiver's address lies: its name, where a Secret may have such a key."""
    if _KEY.fullmatch(receiver) and receiver.strip("."):
        return receiver
    letters = "".join(letter for letter in receiver if letter.isascii() and letter.isalnum())
    return f"{letters[:40] or 'receiver'}-{hashlib.sha256(receiver.encode()).hexdigest()[:8]}"


def _plain(plan: Plan, lines: Sequence[Route]) -> Json:
    return {
        "matchers": [_equals(name, value) for name, value in own(plan).items()],
        "receiver": lines[-1].receiver,
        "group_by": list(GROUPED),
        "group_wait": FIRST,
        "group_interval": MORE,
        "repeat_interval": lines[-1].again,
        "routes": [
            {
                "matchers": [_equals(route.label, route.value)],
                "receiver": route.receiver,
                "repeat_interval": route.again,
            }
            for route in lines
        ],
    }


def _matcher(name: str, value: str) -> Json:
    return {"name": name, "value": value, "matchType": "="}


def _equals(name: str, value: str) -> str:
    """A matcher as Alertmanager reads it; of all escapes it knows these three."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'{name}="{escaped}"'


def _receiver(plan: Plan, severity: str) -> str:
    return f"{plan.spec.owner.team}-{severity}"


def _receivers(lines: Iterable[Route]) -> list[str]:
    return _once(route.receiver for route in lines)


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def by_environment(plans: Iterable[Plan]) -> Iterator[tuple[str, list[Plan]]]:
    """The plans of each environment, both in order."""
    found: dict[str, list[Plan]] = {}
    for plan in plans:
        found.setdefault(plan.environment, []).append(plan)
    yield from found.items()
