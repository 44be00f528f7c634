"""Fairness: how differently the groups of an attribute are treated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from lifespec_compiler.judging import value_text
from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.estimate import LEVEL, Undefined
from lifespec_runtime.measure.metrics.intervals import proportions
from lifespec_runtime.measure.metrics.sample import MISSING, Mask, Sample

from .codes import TooManyError
from .detail import Fairness, Figure, Group
from .measured import Measured, level, value
from .naming import named
from .slices import MOST_VALUES, Slicer
from .subjects import Subject


class Compared(NamedTuple):
    """The measurement of a fairness check, and the groups behind it."""

    measured: Measured
    groups: Fairness | None


def fairness(plan: Plan, candidate: Subject, slicer: Slicer) -> Iterator[Compared]:
    """Every fairness check, in the order of the spec."""
    for check in plan.spec.evaluation.offline.fairness:
        name, metric = check.name or check.metric, named(plan, check.metric)
        sample = candidate.sample if isinstance(candidate.sample, Undefined) else candidate.sample.whole
        grouped = sample if isinstance(sample, Undefined) else _grouped(sample, slicer, check.attribute)
        if metric is None:
            grouped = Undefined(f"{check.metric} cannot be measured offline")
        if isinstance(grouped, Undefined) or metric is None:
            lost = grouped if isinstance(grouped, Undefined) else Undefined("there is no such metric")
            yield Compared(Measured(name, None, "value", lost, lost), None)
            continue
        found = value(metric, grouped, level(check.confidence))
        yield Compared(
            Measured(name, None, "value", found, found), Fairness(name, check.attribute, tuple(_groups(grouped)))
        )


def _grouped(sample: Sample, slicer: Slicer, attribute: str) -> Sample | Undefined:
    try:
        column = slicer.groups(attribute)
    except TooManyError as error:
        return Undefined(f"{attribute} has {error.distinct:,} different values, and {MOST_VALUES} are the most")
    except KeyError:
        return Undefined(f"there is no feature or column {attribute}")
    return replace(sample, groups=column.codes, group_names=tuple(value_text(each) for each in column.values))


def _groups(sample: Sample) -> Iterator[Group]:
    labels, classes, groups = sample.labels, sample.classes, sample.groups
    if labels is None or classes is None or groups is None:
        return
    for code, name in enumerate(sample.group_names):
        inside = (groups == code) & (labels != MISSING) & (classes != MISSING)
        positive, selected = labels == 1, classes == 1
        yield Group(
            name,
            int(inside.sum()),
            share(positive, inside),
            share(selected, inside),
            share(selected, inside & positive),
            share(selected, inside & ~positive),
        )


def share(good: Mask, within: Mask) -> Figure:
    """A share with its exact interval."""
    total = int(np.count_nonzero(within))
    if not total:
        return Figure(None, 0, reason="there are no such rows")
    hits = int(np.count_nonzero(good & within))
    low, high = proportions.exact(hits, total, LEVEL)
    return Figure(hits / total, total, float(low), float(high), LEVEL)
