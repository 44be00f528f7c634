"""Names that are taken twice.

Risks, alerts, triggers and waivers refer to names only, so whatever can be referred to that way has a name of its own
over the whole spec. Metrics, features and columns are referred to as such, so each of these has a name among its kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from lifespec_schema.findings import Path, show_path
from lifespec_schema.forms import Problem

from .model import Check
from .references import monitors, stages

if TYPE_CHECKING:
    from lifespec_schema.spec.lifecycle import LifecycleSpec

Named = tuple[Path, str]

LATENCY: Final = ("latency.p50", "latency.p90", "latency.p95", "latency.p99")
"""The checks that the bounds of `evaluation.offline.latency` are."""


def taken_twice(spec: LifecycleSpec, checks: tuple[Check, ...]) -> Iterator[Problem]:
    """Every name that something has after something else of the same realm has it."""
    yield from _repeated(_referred_to(spec, checks))
    for path, name in _referred_to(spec, checks):
        if name in LATENCY:
            message = f"`{name}` is what the bound evaluation.offline.{name} is called"
            yield Problem("duplicate-name", (*path, "name"), message, "write another `name:`")
    yield from _repeated(_items(("spec", "metrics"), (metric.name for metric in spec.metrics)))
    yield from _repeated(_items(("spec", "features"), (feature.name for feature in spec.features)))
    for index, source in enumerate(spec.data.sources):
        path = ("spec", "data", "sources", index, "schema")
        yield from _repeated(_items(path, (column.name for column in source.schema_)))


def _referred_to(spec: LifecycleSpec, checks: tuple[Check, ...]) -> Iterator[Named]:
    experiments, monitoring = spec.experiments, spec.monitoring
    yield from _items(("spec", "objective", "risks"), (risk.name for risk in spec.objective.risks))
    yield from _items(("spec", "data", "sources"), (source.name for source in spec.data.sources))
    yield from _items(("spec", "experiments", "baselines"), (item.name or item.kind for item in experiments.baselines))
    yield from _items(("spec", "experiments", "candidates"), (item.name for item in experiments.candidates))
    yield from ((check.path, check.name) for check in checks)
    yield from ((stage.path, stage.name) for stage in stages(spec) if stage.path[-2:-1] == ("steps",))
    yield from ((monitor.path, monitor.name) for monitor in monitors(spec) if monitor.kind != "concept")
    yield from _items(("spec", "monitoring", "slos"), (slo.name for slo in monitoring.slos) if monitoring else ())
    triggers = spec.retraining.triggers if spec.retraining else ()
    yield from _items(("spec", "retraining", "triggers"), (trigger.name for trigger in triggers))


def _items(path: Path, names: Iterable[str]) -> Iterator[Named]:
    return (((*path, index), name) for index, name in enumerate(names))


def _repeated(named: Iterable[Named]) -> Iterator[Problem]:
    seen: dict[str, Path] = {}
    for path, name in named:
        if name in seen:
            message = f"`{name}` is also the name of {show_path(seen[name])}"
            yield Problem("duplicate-name", (*path, "name"), message, "write another `name:`")
        seen.setdefault(name, path)
