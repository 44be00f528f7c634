from __future__ import annotations

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from lifespec_compiler.judging.bound import NONE
from lifespec_compiler.judging.contract.rules import Rule
from lifespec_runtime.measure.contracts.criteria import UnusableRuleError, criterion
from lifespec_schema.findings import Severity


def column(kind, **more):
    return {"name": "x", "logicalType": kind, **more}


def options(kind, **more):
    return column(kind, logicalTypeOptions=more)


@pytest.mark.parametrize(
    ("schema", "values", "name", "broken"),
    [
        (column("integer", required=True), [1, None, None], "x-required", 2),
        (column("string", unique=True), ["a", "b", "a", "a", None, None], "x-unique", 2),
        (column("integer", primaryKey=True), [1, 1, 2], "x-primaryKey", 1),
        (column("integer", primaryKey=True), [1, None, 2], "x-required", 1),
        (column("string", enum=["a", "b"]), ["a", "c", None, "c"], "x-enum", 2),
        (column("integer", enum=[1, 2]), [1, 3, None], "x-enum", 1),
        (column("number", enum=[0.5]), [0.5, 0.25], "x-enum", 1),
        (column("boolean", enum=[True]), [True, False, None], "x-enum", 1),
        (options("integer", minimum=3), [1, 2, 3, None], "x-minimum", 2),
        (options("number", maximum=1.5), [1.5, 1.75, float("inf")], "x-maximum", 2),
        (options("string", minLength=2), ["é", "éé", ""], "x-minLength", 2),
        (options("string", maxLength=1), ["é", "éé", None], "x-maxLength", 1),
        (options("string", pattern="[a-z]+"), ["ab", "aB", "ab\n", ""], "x-pattern", 3),
        (options("string", pattern="a|b"), ["a", "ab", "b"], "x-pattern", 1),
        (options("string", format="uuid"), ["00000000-0000-0000-0000-000000000000", "0"], "x-format", 1),
        (options("string", format="email"), ["a@example.com", "a@b", "@example.com"], "x-format", 2),
    ],
)
def test_a_schema_rule_counts_the_rows_that_break_it(schema, values, name, broken, checked, rule):
    found = rule(checked({"x": values}, [schema]), name)
    assert (found.verdict, found.measured, found.rows) == ("Fail", broken, len(values))
    kept = checked({"x": [value for value in values if value is not None][:0] or values[:1]}, [schema])
    assert rule(kept, name).verdict == "Pass" or values[0] in ("é", 1, "ab", 0.5, "a")


@pytest.mark.parametrize(
    ("quality", "values", "measured", "verdict"),
    [
        ({"metric": "nullValues", "column": "x", "mustBe": 0}, ["a", None], 1, "Fail"),
        ({"metric": "nullValues", "column": "x", "mustBeLessThan": "50%"}, ["a", None], 50, "Fail"),
        ({"metric": "nullValues", "column": "x", "mustBeLessOrEqualTo": "50%"}, ["a", None], 50, "Pass"),
        ({"metric": "missingValues", "column": "x", "missingValues": ["", "-"], "mustBe": 2}, ["", "-"], 2, "Pass"),
        ({"metric": "missingValues", "column": "x", "missingValues": ["-"], "mustBe": 2}, ["", "-", None], 2, "Pass"),
        ({"metric": "invalidValues", "column": "x", "validValues": ["a"], "mustBe": 0}, ["a", "b", None], 1, "Fail"),
        ({"metric": "invalidValues", "column": "x", "pattern": "[a-c]", "mustBe": 0}, ["a", "d", "dd"], 2, "Fail"),
        (
            {"metric": "invalidValues", "column": "x", "validValues": ["a", "dd"], "pattern": "[a-c]", "mustBe": 0},
            ["a", "b", "dd"],
            2,
            "Fail",
        ),
        ({"metric": "duplicateValues", "column": "x", "mustBe": 0}, ["a", "a", "a", "b", "b"], 3, "Fail"),
        ({"metric": "duplicateValues", "mustBe": 1}, ["a", "a"], 0, "Fail"),
        ({"metric": "rowCount", "mustBeBetween": [1, 3]}, ["a", "b"], 2, "Pass"),
        ({"metric": "rowCount", "mustBeBetween": [1, 2]}, ["a", "b"], 2, "Fail"),
        ({"metric": "rowCount", "mustNotBeBetween": [1, 3]}, ["a", "b"], 2, "Fail"),
        ({"metric": "rowCount", "mustNotBe": 2}, ["a", "b"], 2, "Fail"),
        ({"metric": "rowCount", "mustBeGreaterThan": 2}, ["a", "b"], 2, "Fail"),
        ({"metric": "rowCount", "mustBeGreaterOrEqualTo": 2}, ["a", "b"], 2, "Pass"),
    ],
)  # fmt: skip
def test_a_quality_rule_is_held_against_its_bound(quality, values, measured, verdict, checked, rule):
    report = checked({"x": values}, [column("string")], source={"quality": [{"name": "mine", **quality}]})
    found = rule(report, "mine")
    assert (found.measured, found.verdict) == (measured, verdict)


def test_rows_that_are_equal_in_all_columns_are_duplicates_missing_values_included(checked, rule):
    columns = {"x": ["a", "a", None, None, "a"], "y": [1, 1, 2, 2, 3], "label": [True, True, False, False, True]}
    schema = [column("string"), {"name": "y", "logicalType": "integer"}]
    report = checked(columns, schema, source={"quality": [{"name": "mine", "metric": "duplicateValues", "mustBe": 0}]})
    assert rule(report, "mine").measured == 2


def test_a_key_of_several_columns_repeats_only_as_a_whole(checked, rule):
    schema = [column("string", primaryKey=True), {"name": "y", "logicalType": "integer", "primaryKey": True}]
    report = checked({"x": ["a", "a", "b", "a"], "y": [1, 2, 1, 1]}, schema)
    assert rule(report, "x-y-primaryKey").measured == 1


def test_a_severity_is_the_rules_own(checked, rule):
    quality = {"name": "mine", "metric": "rowCount", "mustBe": 0, "severity": "warning"}
    found = rule(checked({"x": ["a"]}, [column("string")], source={"quality": [quality]}), "mine")
    assert (found.verdict, found.severity) == ("Fail", Severity.WARNING)


def test_values_of_a_wrong_type_break_the_type_rule_and_are_not_missing(checked, rule):
    table = {"x": ["1", "2", None]}
    report = checked(table, [column("integer", required=True, logicalTypeOptions={"minimum": 0})])
    assert rule(report, "x-type").measured == 2
    assert rule(report, "x-required").measured == 1
    assert rule(report, "x-minimum").verdict == "Error"
    flaw = report.sources[0].flaws[0]
    assert (flaw.code, flaw.row, flaw.column) == ("data-wrong-type", 1, "x")


def test_rules_about_a_column_that_is_gone_could_not_be_measured(checked, rule):
    report = checked({"y": [1, 2]}, [column("integer", required=True)])
    assert rule(report, "x-required").verdict == "Error"
    assert [flaw.code for flaw in report.sources[0].flaws] == ["data-missing-column"]
    assert not report.sources[0].complete


def test_nothing_passes_without_rows(checked, rule):
    table = pa.table({"x": pa.array([], pa.int64()), "label": pa.array([], pa.bool_())})
    report = checked(table, [column("integer", required=True)], source={"volume": {"minRows": 1}})
    assert rule(report, "x-required").verdict == "Error"
    assert rule(report, "minRows").verdict == "Fail"
    assert "Pass" not in {result.verdict for result in report.sources[0].results}
    assert [flaw.code for flaw in report.sources[0].flaws] == ["data-empty"]


def test_a_pattern_that_takes_other_engines_for_ever_takes_linear_time(checked, rule):
    report = checked({"x": ["a" * 50_000 + "!"]}, [options("string", pattern="(a+)+")])
    assert rule(report, "x-pattern").measured == 1


@pytest.mark.parametrize("pattern", ["(?=a)b", r"(a)\1", "a{2000}", "("])
def test_a_pattern_that_no_linear_engine_reads_cannot_be_measured(pattern):
    rule = Rule("x-pattern", "pattern", ("x",), NONE, Severity.ERROR, (), "", pattern)
    with pytest.raises(UnusableRuleError, match="RE2"):
        criterion(rule, "string")


def test_what_cannot_be_measured_is_an_error_and_no_pass(checked, rule):
    found = rule(checked({"x": ["a"]}, [options("string", format="ski-lift")]), "x-format")
    assert found.verdict == "Error"
    assert "does not know the format" in found.why


def test_a_sample_names_the_row_and_shows_the_value(checked, rule):
    values = [*range(10), -1, *range(10), -2]
    found = rule(checked({"x": values}, [options("integer", minimum=0)]), "x-minimum")
    assert [(sample.row, sample.value) for sample in found.samples] == [(11, "-1"), (22, "-2")]


@pytest.mark.parametrize("classification", ["pii", "protected", "restricted", "confidential"])
def test_no_value_of_a_classified_column_is_shown_anywhere(classification, checked, rule):
    shown_nowhere = "Zq7-secret"
    schema = column("string", enum=["a"], classification=classification)
    report = checked({"x": ["a", shown_nowhere]}, [schema])
    assert rule(report, "x-enum").samples[0].value is None
    assert rule(report, "x-enum").samples[0].row == 2
    assert shown_nowhere not in repr(report.sources[0].results) + repr(report.sources[0].flaws)


def test_what_does_not_print_is_escaped_in_a_sample(checked, rule):
    found = rule(checked({"x": ["a\x1b[2J\n"]}, [column("string", enum=["a"])]), "x-enum")
    assert found.samples[0].value == "a\\x1b[2J\\n"


PROMISED = {"snapshot": {"by": "partition", "column": "x"}, "freshness": "24h"}


class TestFreshness:
    def test_the_newest_row_tells_the_age(self, checked, rule):
        times = [datetime(2026, 10, 30, 12, tzinfo=UTC), datetime(2026, 10, 31, 12, tzinfo=UTC), None]
        found = rule(checked({"x": times}, [column("timestamp")], source=PROMISED), "freshness")
        assert (found.verdict, found.measured) == ("Pass", 12 * 3600)
        late = checked({"x": times}, [column("timestamp")], source=PROMISED, now=datetime(2026, 11, 2, tzinfo=UTC))
        assert rule(late, "freshness").verdict == "Fail"

    def test_a_row_of_a_day_may_be_of_its_last_hour(self, checked, rule):
        found = rule(checked({"x": [date(2026, 10, 30)]}, [column("date")], source=PROMISED), "freshness")
        assert (found.verdict, found.measured) == ("Pass", 24 * 3600)

    def test_a_row_of_the_future_makes_nothing_fresh(self, checked, rule):
        times = [datetime(9999, 12, 31, tzinfo=UTC)]
        found = rule(checked({"x": times}, [column("timestamp")], source=PROMISED), "freshness")
        assert found.verdict == "Error"
        assert "future" in found.why

    def test_the_age_of_a_copy_is_told_and_not_judged(self, checked, rule):
        times = [datetime(2013, 1, 1, tzinfo=UTC)]
        report = checked({"x": times}, [column("timestamp")], source=PROMISED, judge_copies=False)
        assert rule(report, "freshness").verdict == "Measured"


class TestOutliers:
    @pytest.mark.parametrize(
        ("method", "factor", "count"), [("iqr", None, 2), ("iqr", 100, 0), ("zScore", 3, 1), ("percentile", 10, 4)]
    )
    def test_they_are_counted(self, method, factor, count, checked, rule):
        values = [*range(1, 20), 60, 900]
        outliers = {"column": "x", "method": method, **({"factor": factor} if factor else {})}
        found = rule(checked({"x": values}, [column("integer")], source={"outliers": [outliers]}), "x-outliers")
        assert (found.verdict, found.measured) == ("Measured", count)

    def test_an_infinite_number_is_one(self, checked, rule):
        values = [*map(float, range(20)), float("inf")]
        found = rule(checked({"x": values}, [column("number")], source={"outliers": [{"column": "x"}]}), "x-outliers")
        assert found.measured == 1


class TestReadiness:
    def test_labels_are_counted_by_class(self, checked, rule):
        columns = {"x": range(8), "label": [True, None, False, False, False, None, False, True]}
        data = {"readiness": {"minLabeledRows": 7, "minPositiveShare": "40%"}}
        report = checked(columns, [column("integer")], **_data(data))
        assert (rule(report, "labeledRows").measured, rule(report, "labeledRows").verdict) == (6, "Fail")
        assert rule(report, "positiveShare").measured == pytest.approx(2 / 6)
        assert rule(report, "positiveShare").verdict == "Fail"

    def test_one_class_is_nothing_to_learn_from(self, checked, rule):
        report = checked({"x": range(3), "label": [True] * 3}, [column("integer")])
        assert rule(report, "classes").verdict == "Fail"

    def test_the_share_of_missing_values_is_that_of_the_worst_feature(self, checked, rule):
        columns = {"x": [1, None, None, 4], "y": [1, 2, 3, None]}
        schema = [column("integer"), {"name": "y", "logicalType": "integer"}]
        data = _data({"readiness": {"maxMissingShare": "30%"}}, schema)
        found = rule(checked(columns, schema, **data, features=["x", "y"]), "missingShare")
        assert (found.measured, found.verdict, found.why) == (0.5, "Fail", "most in `x`")

    def test_equal_rows_are_counted(self, checked, rule):
        columns = {"x": [1, 1, 2, 3], "label": [True, True, False, True]}
        found = rule(
            checked(columns, [column("integer")], **_data({"readiness": {"maxDuplicateShare": "10%"}})),
            "duplicateShare",
        )
        assert (found.measured, found.verdict) == (0.25, "Fail")

    def test_a_feature_that_tells_the_label_is_suspected(self, checked, rule):
        labels = [index % 3 == 0 for index in range(600)]
        leak = [100 + index if label else index / 1000 for index, label in enumerate(labels)]
        found = rule(checked({"x": leak, "label": labels}, [column("number")]), "leakage")
        assert (found.verdict, found.severity) == ("Fail", Severity.WARNING)
        noise = [(index * 7919) % 601 for index in range(600)]
        assert rule(checked({"x": noise, "label": labels}, [column("integer")]), "leakage").verdict == "Pass"

    def test_a_category_or_a_gap_that_tells_the_label_is_suspected(self, checked, rule):
        labels = [index % 3 == 0 for index in range(600)]
        category = ["closed" if label else "open" for label in labels]
        assert rule(checked({"x": category, "label": labels}, [column("string")]), "leakage").verdict == "Fail"
        gap = [None if label else "a" for label in labels]
        assert rule(checked({"x": gap, "label": labels}, [column("string")]), "leakage").verdict == "Fail"


def _data(more, schema=None):
    label = {"name": "label", "logicalType": "boolean"}
    source = {"name": "rows", "uri": "s3://lake/rows/", "schema": [*(schema or [column("integer")]), label]}
    return {"data": {"sources": [source], "labels": {"column": "label"}, **more}}


@pytest.mark.parametrize(("classification", "shown"), [("public", True), ("pii", False), ("protected", False)])
def test_how_far_values_go_is_a_value_too(classification, shown, checked, rule):
    schema = [{**options("integer", minimum=3), "classification": classification}]
    found = rule(checked({"x": [-77, 5]}, schema), "x-minimum")
    assert found.verdict == "Fail"
    assert ("-77" in found.why) is shown
