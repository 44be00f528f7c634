"""Fallbacks that are no answer to callers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lifespec_schema.findings import Path, Severity

from .context import Context
from .rule import Issue, rule

if TYPE_CHECKING:
    from lifespec_compiler.plan import Plan

RESPONSE: Path = ("spec", "serving", "fallback", "response")


@rule(area="serving", severity=Severity.ERROR, since="0.1.0")
def malformed_fallback(plan: Plan, _context: Context) -> Iterator[Issue]:
    """The constant that answers when no revision can is no answer of the model's protocol.

    ## What it does
    With `protocol: openInference`, reads `fallback.response` as JSON and asks for what the protocol requires of a
    response: `model_name`, and `outputs`, a list of tensors with `name`, `shape`, `datatype` and `data`.

    ## Why is this bad?
    The fallback is used in an outage, for the first time, and callers that parse it crash: the outage that it was to
    bridge reaches them. What a response must hold is laid down in the Open Inference Protocol v2 (`$inference_response`
    and `$response_output`).

    ## Example
    ```yaml
    serving:
      fallback: {kind: constant, response: "0.5"}
    ```

    ## Use instead
    ```yaml
    serving:
      fallback:
        kind: constant
        response: >-
          {"model_name": "churn", "outputs": [{"name": "score", "shape": [1], "datatype": "FP64", "data": [0.5]}]}
    ```
    """
    serving = plan.spec.serving
    if serving.mode != "online" or serving.protocol != "openInference":
        return
    if serving.fallback is None or serving.fallback.kind != "constant":
        return
    wrong = _wrong(serving.fallback.response)
    if wrong:
        help_text = (
            'for example `{"model_name": "…", "outputs": [{"name": "…", "shape": [1], "datatype": "FP64", '
            '"data": [0]}]}`; or `protocol: http`'
        )
        yield Issue(RESPONSE, f"the constant answer {wrong}", help_text, about="fallback")


def _wrong(response: str) -> str:
    """What the Open Inference Protocol misses in a response; empty where it misses nothing."""
    try:
        answer = json.loads(response)
    except (ValueError, RecursionError):
        return "is no JSON"
    if not isinstance(answer, dict):
        return "is no JSON object"
    missing = [key for key in ("model_name", "outputs") if key not in answer]
    if missing:
        return f"lacks {' and '.join(f'`{key}`' for key in missing)}"
    if not isinstance(answer["outputs"], list):
        return "has `outputs` that are no list"
    for output in answer["outputs"]:
        lacking = [
            key for key in ("name", "shape", "datatype", "data") if not isinstance(output, dict) or key not in output
        ]
        if lacking:
            return f"has an output without {', '.join(f'`{key}`' for key in lacking)}"
    return ""
