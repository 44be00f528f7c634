"""What can be wrong with a trainer, a model or its store, by code. Light: whoever explains a code imports it."""

from __future__ import annotations

from typing import Final

CODES: Final = {
    "model-failed": "a model's command ended with an error, or its server answered with one",
    "model-missing-row": "a model did not answer a row that it was asked",
    "model-no-answer": "a model wrote no predictions, or something that is none",
    "model-not-served": "a command does not know the task `serve`, so that its answers cannot be timed",
    "model-repeated-row": "a model answered a row more than once, or one that it was not asked",
    "model-timeout": "a model took longer than it may",
    "model-unreachable": "a model's server cannot be reached",
    "model-wrong-class": "a model predicts a class that there is not",
    "model-wrong-score": "a score of a model is missing, or no probability",
    "model-wrong-type": "a prediction is missing, or of another type than the label",
    "store-refused": "a model cannot be written to the artifact store, or other bytes lie there",
    "tracking-refused": "the tracking server of the spec does not answer, or refuses",
    "trainer-exists": "the folder for a trained model holds something else",
    "trainer-failed": "a trainer ended with an error, or could not be started",
    "trainer-no-command": "nothing says how a candidate is trained on this machine",
    "trainer-no-engine": "the engine of a search is not installed, or has nothing to search",
    "trainer-no-metadata": "a trainer wrote no `metadata.json`, or one that is no JSON object",
    "trainer-no-model": "a trainer wrote no model, or one with something else than files in it",
    "trainer-timeout": "a trainer took longer than its timebox",
}
"""Code -> what is wrong."""
