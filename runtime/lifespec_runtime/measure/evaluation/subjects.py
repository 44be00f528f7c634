"""The models that take part: the candidate, stable and others, baselines; each with its sample, sliced once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lifespec_runtime.measure.estimate import Result, Undefined
from lifespec_runtime.measure.metrics.sample import Sample

from .detail import Threshold
from .measured import Fixed, value
from .naming import Named
from .slices import Slice


class Sliced:
    """A model's sample of the test split; each slice of it is taken once, and each value computed once."""

    def __init__(self, sample: Sample) -> None:
        self.whole = sample
        self._parts: dict[str, Sample] = {}
        self._values: dict[tuple[str, str | None, float | None], Result] = {}

    def at(self, piece: Slice | None) -> Sample:
        """The rows of a slice; None: all."""
        if piece is None:
            return self.whole
        if piece.text not in self._parts:
            self._parts[piece.text] = self.whole.take(piece.places)
        return self._parts[piece.text]

    def value(self, named: Named, piece: Slice | None, level: float | None) -> Result:
        """A metric on a slice."""
        key = (named.name, piece.text if piece else None, level)
        if key not in self._values:
            self._values[key] = value(named, self.at(piece), level)
        return self._values[key]


@dataclass(frozen=True, slots=True)
class Subject:
    """A model that takes part."""

    name: str
    kind: str
    """`candidate`, `stable`, `other`, or the baseline's kind."""
    sample: Sliced | Undefined
    """Undefined: why it has no predictions."""
    threshold: Threshold | Undefined | None = None


@dataclass(frozen=True, slots=True)
class Human:
    """What people reach: values by metric name."""

    name: str
    values: Mapping[str, float]


class Others:
    """All that gates may compare with, by name; baselines are fitted when the first check asks for them."""

    def __init__(self, given: Mapping[str, Subject | Human], made: Mapping[str, Callable[[], Subject]]) -> None:
        self._found: dict[str, Subject | Human] = dict(given)
        self._made = made

    @property
    def names(self) -> list[str]:
        """Every name, in the order in which they were given."""
        return [*self._found, *(name for name in self._made if name not in self._found)]

    def get(self, name: str) -> Subject | Human | Undefined:
        """The one of that name, or why there is none."""
        if name not in self._found and name in self._made:
            self._found[name] = self._made[name]()
        if name in self._found:
            return self._found[name]
        if name == "stable":
            return Undefined("there is no stable model to compare with: name one with --against")
        return Undefined(f"there is no baseline {name}")

    def of(self, name: str, metric: str) -> Sliced | Fixed | Undefined:
        """What a metric is compared with: the samples of the one of that name, or its fixed value."""
        found = self.get(name)
        if isinstance(found, Undefined):
            return found
        if isinstance(found, Human):
            return Fixed(found.values[metric]) if metric in found.values else Undefined(f"{name} has no {metric}")
        return found.sample
