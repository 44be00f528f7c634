"""What the model is for, and who answers for it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from lifespec_schema.values import constraints, sugar

from .base import SpecModel
from .types import Compiles, Duration, Email, Items, Measures, Name, Ratio, Reference, Scalar, Text, Word

Problem = Literal["binaryClassification", "multiclassClassification", "regression", "ranking", "forecasting"]


class Escalation(SpecModel, effect="document"):
    """Whom to call when nobody answered."""

    after: Duration
    """How long an alert may stay unanswered."""
    to: Word
    """The team or rota that is called then."""


class Owner(SpecModel, effect="document"):
    """Who answers for the model."""

    team: Compiles[Name]
    """The owning team; labels every generated object."""
    email: Email
    """Where the team is reached."""
    escalation: Items[Escalation] = ()
    """Who is called next, in order."""


class Business(SpecModel, effect="document"):
    """The outcome that the model is to move."""

    metric: Text
    """The business metric, in the business's words."""
    direction: Literal["increase", "decrease"]
    """Which way is better."""
    minimum_effect: Ratio | None = None
    """The smallest relative change worth having."""


class Risk(SpecModel, effect="document"):
    """What can go wrong, and what would notice it."""

    name: Name
    """The risk's name."""
    risk: Text
    """What would happen, and to whom."""
    detected_by: Items[Name] = ()
    """The gates, guards, monitors or fairness checks that would notice."""


class FixedThreshold(SpecModel, effect="measure"):
    """A score at or above `value` is a positive prediction."""

    kind: Literal["fixed"] = "fixed"
    """A number that people chose."""
    value: Ratio
    """The score from which a prediction is positive."""


class TunedThreshold(SpecModel, effect="measure"):
    """The threshold that is best for a metric on a split."""

    kind: Literal["tuned"] = "tuned"
    """Chosen by measuring."""
    tune: Name
    """The metric to make best."""
    split: Literal["validation"] = "validation"
    """The split it is tuned on; never the test split."""


DecisionThreshold = Annotated[
    FixedThreshold | TunedThreshold, Field(discriminator="kind"), BeforeValidator(sugar.decision_threshold)
]


class Objective(SpecModel, effect="document", constraints=(constraints.query_for_ranking,)):
    """The problem, and why a model should solve it."""

    problem: Measures[Problem]
    """The kind of problem; decides which metrics can be computed."""
    positive_label: Measures[Scalar] | None = None
    """The label's value that counts as positive, for binary classification."""
    query: Measures[Reference] | None = None
    """For ranking: the column that tells which rows are ranked together, such as a search, a session or a user."""
    decision_threshold: DecisionThreshold | None = None
    """The score from which a prediction is positive: a number, or `{tune: <metric>}`."""
    business: Business | None = None
    """The outcome that the model is to move."""
    why_not_rules: Text | None = None
    """Why a simple rule does not do."""
    stakeholders: Items[Word] = ()
    """Who is touched by the model's decisions."""
    constraints_: Annotated[Items[Text], Field(alias="constraints")] = ()
    """What the model must never do."""
    risks: Items[Risk] = ()
    """What can go wrong."""
