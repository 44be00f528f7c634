"""Metrics that only forecasts have."""

from __future__ import annotations

from . import uncertainty
from .facts import LABELLED_DATASET, LABELLED_ROWS, Metric, Parameter

METRICS = (
    Metric(
        id="smape",
        title="Symmetric mean absolute percentage error",
        meaning="The mean of the absolute errors, each relative to the mean size of label and forecast; at most 200%.",
        problems=("forecasting",),
        inputs=("labels", "values"),
        tiers=LABELLED_ROWS,
        direction="decrease",
        unit="ratio",
        low=0,
        high=2,
        per="request",
        estimate="mean",
        standard="sMAPE",
        source="The M3-Competition: results, conclusions and implications, Int. J. Forecasting 16(4), 2000",
        uncertainty=uncertainty.mean("rows"),
    ),
    Metric(
        id="mase",
        title="Mean absolute scaled error",
        meaning="The mean absolute error relative to that of the seasonal naive forecast on the training series.",
        problems=("forecasting",),
        inputs=("labels", "values", "trainingSeries"),
        tiers=LABELLED_DATASET,
        direction="decrease",
        unit="score",
        low=0,
        high=None,
        per="dataset",
        estimate="statistic",
        standard="MASE",
        source="Another look at measures of forecast accuracy, Int. J. Forecasting 22(4), 2006",
        parameters=(Parameter("seasonality", "integer", 1, "the number of time steps in a season", low=1),),
        uncertainty=uncertainty.mean("rows"),
    ),
)
