"""Asking a model for predictions, whatever it is made of: a command with files, or a server.

What it answers is held against what was asked before anything is measured: one answer for each row, of the label's
type, classes that there are, scores that are probabilities. A model that answers otherwise is a `ModelError`.
"""

from __future__ import annotations

from .coding import Coding, coding, labels
from .command import CommandModel
from .errors import ModelError
from .features import features
from .predictions import Predictions, Predictor, predictions
from .served import ServedModel
from .server import HttpModel
from .trained import Trained, open_trained

__all__ = [
    "Coding",
    "CommandModel",
    "HttpModel",
    "ModelError",
    "Predictions",
    "Predictor",
    "ServedModel",
    "Trained",
    "coding",
    "features",
    "labels",
    "open_trained",
    "predictions",
]
