"""When the model is trained anew, and on what."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from lifespec_schema.values import sugar

from .base import SpecModel
from .types import Count, Cron, Duration, Label, Measures, Name, NonEmpty, TimeZone


class ScheduleTrigger(SpecModel, effect="decide"):
    """By the calendar."""

    name: Name
    """The trigger's name."""
    kind: Literal["schedule"] = "schedule"
    """By the calendar."""
    schedule: Cron
    """When."""
    time_zone: TimeZone = "UTC"
    """The schedule's time zone."""


class MonitorTrigger(SpecModel, effect="decide"):
    """By an alarm."""

    name: Name
    """The trigger's name."""
    kind: Literal["monitor"] = "monitor"
    """By an alarm."""
    monitor: Name
    """The monitor that alarms."""
    consecutive: Count = 1
    """How many alarms in a row it takes."""


class DataVolumeTrigger(SpecModel, effect="decide"):
    """By the amount of new data."""

    name: Name
    """The trigger's name."""
    kind: Literal["dataVolume"] = "dataVolume"
    """By the amount of new data."""
    new_labeled_rows: Count
    """How many rows with labels have come since the last training."""


Trigger = Annotated[
    ScheduleTrigger | MonitorTrigger | DataVolumeTrigger, Field(discriminator="kind"), BeforeValidator(sugar.trigger)
]


class RollingWindow(SpecModel, effect="measure"):
    """The latest data."""

    kind: Literal["rolling"]
    """The latest data."""
    length: Duration
    """How far back."""


class ExpandingWindow(SpecModel, effect="measure"):
    """All data."""

    kind: Literal["expanding"]
    """All data."""


class RunLimit(SpecModel, effect="decide"):
    """How many trainings there may be."""

    runs: Count
    """How many."""
    per: Duration
    """In which time."""


class Retraining(SpecModel, effect="decide"):
    """When the model is trained anew."""

    triggers: NonEmpty[Trigger]
    """What asks for a training."""
    window: Measures[Annotated[RollingWindow | ExpandingWindow, Field(discriminator="kind")]] | None = None
    """What it learns from; default: all data."""
    cooldown: Duration | None = None
    """The least time between two trainings; default: 1d."""
    limit: RunLimit | None = None
    """How many trainings there may be."""
    environment: Label | None = None
    """Where triggers run; default: the last environment."""
    nominate: Literal["pullRequest", "direct", "manual"] = "pullRequest"
    """How a trained model becomes a candidate."""
