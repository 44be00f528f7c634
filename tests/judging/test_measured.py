"""What measuring writes is what judging reads: no declared check is left out, and every schema takes the report."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from judges.crd import validators
from leaves.measured import evaluated
from leaves.rows import NOW, locations, write
from leaves.witnesses import production, witness
from lifespec_compiler.judging import Expected, judge, judge_measurements, requirements
from lifespec_runtime.measure.contracts.check import check
from lifespec_runtime.measure.contracts.measurements import inputs, measured, measurements
from lifespec_runtime.measure.evaluation.report import measurements as evaluation_measurements
from lifespec_runtime.measure.record import lifecycle_report
from lifespec_schema.records.report import LifecycleReport

SCHEMA = Path(__file__).parents[2] / "schema"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    write(folder)
    return folder


@pytest.fixture(scope="module")
def plan():
    found, _ = production(witness())
    assert found is not None
    return found


@pytest.fixture(scope="module")
def reports(plan, data):
    """The reports of the witness's data, and of a model that learnt from it, by tier."""
    found = check(plan, locations(plan, data), NOW, judge_copies=True)
    measured = evaluation_measurements(evaluated(plan, data).measured)
    return {
        "data": lifecycle_report(plan, tier="data", measurements=measurements(plan, found), inputs=inputs(found)),
        "offline": lifecycle_report(plan, tier="offline", measurements=measured),
    }


@pytest.mark.parametrize("tier", ["data", "offline"])
def test_the_written_report_is_what_every_schema_takes(tier, reports):
    document = reports[tier].model_dump(mode="json", by_alias=True, exclude_none=True)
    assert LifecycleReport.model_validate(document) == reports[tier]
    schema = json.loads((SCHEMA / "json-schema/lifecycle-report.json").read_bytes())
    jsonschema.Draft202012Validator(schema).validate(document)
    (validator,) = [found for (_, kind), found in validators(SCHEMA / "crds").items() if kind == "LifecycleReport"]
    assert list(validator.iter_errors(document)) == []


@pytest.mark.parametrize("tier", ["data", "offline"])
def test_every_bound_finds_what_was_measured_for_it(tier, plan, reports):
    verdicts = judge(plan, reports[tier], Expected(tier=tier))
    assert {verdict.path for verdict in verdicts} == {found.path for found in requirements(plan, tier)}
    assert [found for found in verdicts if found.reason == "it was not measured"] == []
    assert {"Pass", "Fail"} <= {found.outcome for found in verdicts}


@pytest.mark.parametrize("tier", ["data", "offline"])
def test_a_report_of_one_tier_says_nothing_of_the_other(tier, plan, reports):
    other = {"data": "offline", "offline": "data"}[tier]
    assert {found.outcome for found in judge(plan, reports[other], Expected(tier=tier))} == {"Error"}


def test_what_a_check_judges_is_what_its_report_says(plan, data, reports):
    found = check(plan, locations(plan, data), NOW, judge_copies=True)
    verdicts = judge_measurements(plan, "data", measured(plan, found))
    written = judge(plan, reports["data"], Expected(tier="data"))
    assert [told(verdict) for verdict in verdicts] == [told(verdict) for verdict in written]
    assert {verdict.outcome for verdict in found.verdicts} >= {"Pass", "Fail"}
    assert {verdict.check: verdict.outcome for verdict in found.verdicts} == {
        verdict.check: verdict.outcome for verdict in verdicts
    }


def told(verdict):
    interval = verdict.interval
    ends = (interval.low, interval.high, interval.level, interval.method) if interval else None
    return verdict._replace(interval=ends)
