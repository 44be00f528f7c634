"""The plan: one environment's spec resolved. Immutable values; nothing here knows files, YAML or Kubernetes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from lifespec_schema.catalog import Metric as CatalogMetric
from lifespec_schema.findings import Path

from .origins import Origins

if TYPE_CHECKING:
    from lifespec_schema.spec.governance import Waiver
    from lifespec_schema.spec.lifecycle import LifecycleSpec
    from lifespec_schema.spec.model_version import ModelVersion
    from lifespec_schema.spec.project import LifespecProject

Tier = Literal["offline", "shadow", "online", "guard", "monitor"]
CheckKind = Literal["gate", "fairness", "robustness", "guard", "monitor"]


class Hashes(NamedTuple):
    """SHA-256 of canonical JSON (RFC 8785) over values only, as `sha256:<hex>`."""

    plan: str
    policy: str
    serving: str
    training: str


class Column(NamedTuple):
    """A column of a source."""

    source: str
    name: str
    logical_type: str
    classification: str | None
    available_after: float
    """Seconds after the event until the value is known; 0: at once."""
    is_key: bool
    """Whether the contract says that no value occurs twice."""
    options: Mapping[str, Any]
    """The bounds of its values, with ODCS's names; `enum` among them."""
    path: Path

    @property
    def reference(self) -> str:
        """`source.column`."""
        return f"{self.source}.{self.name}"


class Join(NamedTuple):
    """A source of which at most one row completes each row of another; missing values where there is none."""

    source: str
    to: str
    columns: tuple[tuple[Column, Column], ...]
    """Pairs of equal columns: that of `to`, and that of `source`."""
    path: Path


@dataclass(frozen=True, slots=True)
class Feature:
    """An input of the model, bound to its column (None while the reference leads nowhere)."""

    name: str
    column: Column | None
    transform: str
    fetch_p99: float | None
    """Seconds that fetching takes online at the 99th percentile; None where it comes with the request."""
    fetch_group: str | None
    """Features of one group are fetched one after the other; None: alone."""
    path: Path


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric that a check names: one of the catalog, or one of the team's own."""

    name: str
    catalog: CatalogMetric | None
    """The catalog's facts; None where the metric is measured by query."""
    direction: Literal["increase", "decrease"]
    per: str
    """`request`, `unit` or `user`, `dataset`."""
    delay: float
    """Seconds until the outcome of a query metric is known; label delay is the labels' own."""

    @property
    def needs_labels(self) -> bool:
        """Whether the value is known only when labels are."""
        return self.catalog is not None and self.catalog.needs_labels


@dataclass(frozen=True, slots=True)
class Check:
    """A bound on a metric, somewhere in the lifecycle. Bounds are in the metric's unit; None where there is none."""

    name: str
    kind: CheckKind
    tier: Tier
    metric: Metric | None
    metric_name: str
    path: Path
    min: float | None = None
    max: float | None = None
    against: str | None = None
    max_regression: float | None = None
    min_improvement: float | None = None
    max_relative_regression: float | None = None
    slices: tuple[tuple[str, ...], ...] = ()
    window: float | None = None
    """Seconds of a guard's or a monitor's window."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of a rollout: shadow, or a step with its share of traffic. Times in seconds."""

    name: str
    weight: int
    """The candidate's share of live traffic in per cent; 0 in shadow."""
    hold: float
    timeout: float
    path: Path


@dataclass(frozen=True, slots=True)
class Monitor:
    """A monitor on the prediction log. Times in seconds."""

    name: str
    kind: Literal["data", "prediction", "concept"]
    window: float
    every: float
    features: tuple[str, ...]
    """What a data monitor watches, by name."""
    path: Path


@dataclass(frozen=True, slots=True)
class Plan:
    """One environment's spec, resolved."""

    name: str
    namespace: str
    environment: str
    spec: LifecycleSpec
    """The canonical spec with every default filled in."""
    canonical: dict[str, Any]
    """The canonical document: what is applied."""
    values: dict[str, Any]
    """The canonical document with every default filled in: what is hashed and shown."""
    columns: tuple[Column, ...]
    joins: tuple[Join, ...]
    """The sources that complete the rows of the label's source, each after the one that it is joined to."""
    features: tuple[Feature, ...]
    checks: tuple[Check, ...]
    stages: tuple[Stage, ...]
    monitors: tuple[Monitor, ...]
    logged: frozenset[str]
    """Names that a slice of live traffic may use: the logged features and columns."""
    hashes: Hashes
    origins: Origins
    waivers: tuple[Waiver, ...] = ()
    model: ModelVersion | None = None
    project: LifespecProject | None = None
    """The project file, for targets that write files of the whole repository; None where only the object is known."""

    def column(self, reference: str) -> Column | None:
        """The column that `source.column`, or a bare name that is unique over the sources, means."""
        return find_column(self.columns, reference)

    def at(self, path: Path) -> Any:
        """What stands at a path such as a check's, which begins with `spec`."""
        found: Any = self
        for part in path:
            found = found[part] if isinstance(part, int) else getattr(found, part)
        return found

    def names(self, name: str) -> Column | None:
        """The column behind a feature's or a column's name, as slices and attributes use it."""
        feature = next((feature for feature in self.features if feature.name == name), None)
        return feature.column if feature else self.column(name)


def find_column(columns: tuple[Column, ...], reference: str) -> Column | None:
    """The one column that a reference means; None when there is none, or more than one."""
    source, _, name = reference.rpartition(".")
    found = [column for column in columns if column.name == name and source in ("", column.source)]
    return found[0] if len(found) == 1 else None
