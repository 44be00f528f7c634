"""What can be reported besides the rules."""

from __future__ import annotations

from lifespec_compiler import codes as compiler_codes
from lifespec_runtime.cluster import errors
from lifespec_runtime.ledger import errors as ledger_errors
from lifespec_runtime.local.workspace import TOOL_RULES
from lifespec_runtime.measure import model_codes
from lifespec_runtime.measure.evaluation import flaws as evaluation_flaws
from lifespec_runtime.measure.reading import flaws
from lifespec_runtime.simulation import trace_flaws
from lifespec_schema import codes as schema_codes

from . import outputs, reporting


def codes() -> dict[str, str]:
    """By id: where it is reported, as a clause."""
    measured = {**flaws.CODES, **model_codes.CODES, **evaluation_flaws.CODES}
    recorded = {**errors.CODES, **ledger_errors.CODES, **reporting.CODES, **outputs.CODES, **trace_flaws.CODES}
    return {**schema_codes.CODES, **compiler_codes.CODES, **TOOL_RULES, **measured, **recorded}
