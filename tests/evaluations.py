"""An evaluation with everything in it, as values: of a classifier of mortgages and of a regression of rates."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

from lifecycles import plan_of, small
from lifespec_compiler.judging import Expected, Verdict, judge, requirements
from lifespec_compiler.plan import Plan, assemble, environments, parse, plan
from lifespec_runtime.measure.contracts.check import DataReport, Location, check
from lifespec_runtime.measure.evaluation import detail as d
from lifespec_schema.records.report import LifecycleReport

ROOT = Path(__file__).parents[1]
MODEL = f"sha256:{'ab' * 32}"


class Evaluation(NamedTuple):
    """What a page is made of."""

    plan: Plan
    report: LifecycleReport
    verdicts: tuple[Verdict, ...]
    detail: d.EvaluationDetail


def plan_of_example(name: str) -> Plan:
    """The plan of an example in its last environment."""
    files = [ROOT / "lifespec.yaml", *sorted((ROOT / "specs" / name).rglob("*.yaml"))]
    read, findings = parse({file.relative_to(ROOT).as_posix(): file.read_bytes() for file in files})
    bundles, project, more = assemble(read, "lifespec.yaml")
    assert project, [*findings, *more]
    made, problems = plan(bundles[0], project, environments(project)[-1])
    assert made, problems
    return made


def measurement(
    check: str, value: float | None, samples: int, spread: float | None = None, **more: Any
) -> dict[str, Any]:
    """A measurement as JSON has it, its interval as far to both sides of the value as `spread`."""
    found: dict[str, Any] = {"check": check, "samples": samples, **more}
    if value is not None:
        found["value"] = value
        if spread is not None:
            level = found.pop("level", 0.9)
            found["interval"] = {"low": value - spread, "high": value + spread, "level": level, "method": "bootstrap"}
    return found


def report_of(plan: Plan, measurements: list[dict[str, Any]]) -> LifecycleReport:
    """A report of the offline tier."""
    spec = {
        "lifecycle": plan.name,
        "uid": "0f8fad5b-d9cb-469f-a165-70867728950e",
        "revision": {"model": MODEL, "serving": plan.hashes.serving},
        "tier": "offline",
        "inputs": [{"uri": "s3://lake/applications.csv", "digest": f"sha256:{'cd' * 32}"}],
        "measurements": measurements,
    }
    metadata = {"name": f"{plan.name}-offline", "namespace": plan.namespace}
    document = {"apiVersion": "lifespec.dev/v1alpha1", "kind": "LifecycleReport", "metadata": metadata, "spec": spec}
    return LifecycleReport.model_validate(document)


def figure(value: float | None, samples: int, spread: float | None = None, reason: str = "") -> d.Figure:
    """A figure with an interval at 90 %."""
    if value is None or spread is None:
        return d.Figure(value, samples, reason=reason)
    return d.Figure(value, samples, value - spread, value + spread, 0.9, reason)


def mortgage(**changes: Any) -> Evaluation:
    """A classifier of which some checks fail, are inconclusive, or could not be measured."""
    planned = plan_of_example("mortgage-decisions")
    report = report_of(planned, _mortgage_measurements())
    detail = _mortgage_detail()._replace(**changes)
    return Evaluation(planned, report, judge(planned, report, Expected(tier="offline")), detail)


def _mortgage_measurements() -> list[dict[str, Any]]:
    wide = {"level": 0.9}
    return [
        measurement("auc", 0.781, 712, 0.034, **wide),
        measurement("rocAuc-against-approve-all", 0.281, 712, 0.034, quantity="difference"),
        measurement("rocAuc-against-scorecard", 0.009, 712, 0.016, quantity="difference"),
        {"check": "rocAuc-against-stable", "samples": 0, "quantity": "difference"}
        | {"reason": "there is no stable model to compare with"},
        measurement("precision", 0.872, 655, 0.021),
        measurement("calibration10", 0.021, 712, 0.012),
        measurement("accuracy-by-african_americanxsingle", 0.868, 712, 0.021),
        *(
            measurement("accuracy-by-african_americanxsingle", value, rows, spread, rows=rows, slice=name)
            for name, value, rows, spread in (
                ("african_american=true,single=true", 0.72, 39, 0.12),
                ("african_american=true,single=false", 0.78, 60, 0.09),
                ("african_american=false,single=true", 0.874, 262, 0.034),
                ("african_american=false,single=false", 0.91, 351, 0.026),
            )
        ),
        measurement("selection-by-race", 0.742, 712, 0.081),
        measurement("opportunity-by-race", 0.071, 627, 0.058, level=0.8),
        measurement("opportunity-by-marital-status", 0.021, 627, 0.03),
        measurement("rocAuc-under-gaussianNoise", -0.003, 712, 0.006, quantity="difference"),
        measurement("gaps", -0.008, 712, 0.011, quantity="difference"),
        measurement("latency.p99", 0.0184, 1000, 0.0021),
    ]


def _group(name: str, rows: int, base: float, selected: float, found: float, wrong: float) -> d.Group:
    spread = 1 / math.sqrt(rows)
    return d.Group(
        name,
        rows,
        *(
            figure(value, rows, spread * math.sqrt(value * (1 - value)) * 1.6)
            for value in (base, selected, found, wrong)
        ),
    )


def _mortgage_detail() -> d.EvaluationDetail:
    metrics = (("rocAuc", "ratio", "increase"), ("accuracy", "ratio", "increase"), ("logLoss", "score", "decrease"))
    compared = (
        ("candidate", "candidate", (0.781, 0.868, 0.31), (0.034, 0.021, 0.03)),
        ("approve-all", "majorityClass", (0.5, 0.881, 0.37), (None, 0.02, 0.03)),
        ("scorecard", "logisticRegression", (0.772, 0.873, 0.32), (0.035, 0.02, 0.031)),
    )
    comparison = tuple(
        d.Compared(
            name,
            kind,
            tuple(
                d.MetricFigure(*metric, figure(value, 712, spread))  # type: ignore[arg-type]
                for metric, value, spread in zip(metrics, values, spreads, strict=True)
            ),
        )
        for name, kind, values, spreads in compared
    )
    bins = tuple(
        d.Bin(
            place / 10,
            (place + 1) / 10,
            place / 10 + 0.05,
            figure(min(0.99, max(0.01, place / 10 + 0.05 + 0.03 * math.sin(place))), rows, 0.8 / math.sqrt(rows) / 2),
        )
        for place, rows in enumerate((8, 10, 12, 15, 20, 25, 40, 70, 140, 372))
    )
    roc = tuple((x / 60, (x / 60) ** 0.32) for x in range(61))
    pr = tuple((x / 60, 0.99 - 0.11 * (x / 60) ** 3) for x in range(61))
    edges = tuple(x / 20 for x in range(21))
    return d.EvaluationDetail(
        problem="binaryClassification",
        label="applications.approved",
        classes=("false", "true"),
        subject=d.Subject("candidate", "specs/mortgage-decisions/.models/boosting", MODEL),
        others=(),
        splits=(("train", d.Share(1309, 1309)), ("validation", d.Share(357, 357)), ("test", d.Share(712, 714))),
        threshold=d.Threshold(0.6, "fixed"),
        comparison=comparison,
        checks=(),
        fairness=(
            d.Fairness(
                "selection-by-race",
                "african_american",
                (_group("false", 613, 0.9, 0.93, 0.96, 0.61), _group("true", 99, 0.71, 0.69, 0.89, 0.4)),
            ),
            d.Fairness(
                "opportunity-by-marital-status",
                "single",
                (_group("false", 411, 0.9, 0.92, 0.96, 0.6), _group("true", 301, 0.85, 0.87, 0.94, 0.55)),
            ),
        ),
        calibration=d.Calibration("probability", bins, figure(0.021, 712, 0.012)),
        curves=(
            d.Curve("roc", "true", roc, figure(0.781, 712, 0.034), 0.5),
            d.Curve("precisionRecall", "true", pr, figure(0.962, 712, 0.012), 0.881),
        ),
        confusion=d.Confusion(("false", "true"), ((36, 49), (45, 582))),
        predictions=d.Histogram(
            "score",
            "ratio",
            edges,
            (
                d.Series("false", tuple(round(9 * math.exp(-(((x - 9) / 6) ** 2))) for x in range(20))),
                d.Series("true", tuple(round(2 + 0.9 * math.exp(x / 3.1)) for x in range(20))),
            ),
        ),
        residuals=None,
        robustness=(
            d.Perturbed(
                "rocAuc-under-gaussianNoise",
                "gaussianNoise",
                0.1,
                ("payments_to_income", "housing_to_income", "loan_to_value"),
                figure(0.781, 712, 0.034),
                figure(0.778, 712, 0.034),
            ),
            d.Perturbed(
                "gaps",
                "missingValues",
                0.1,
                ("payments_to_income", "loan_to_value", "industry_unemployment"),
                figure(0.781, 712, 0.034),
                figure(0.773, 712, 0.035),
            ),
        ),
        latency=d.Latency(
            1,
            20,
            1000,
            "a call in a running process",
            (("p50", figure(0.0081, 1000, 0.0003)), ("p99", figure(0.0184, 1000, 0.0021))),
            d.Histogram(
                "seconds",
                "seconds",
                tuple(0.006 + 0.001 * x for x in range(16)),
                (d.Series("requests", tuple(round(300 * math.exp(-((x - 2) ** 2) / (3 + x))) for x in range(15))),),
                above=3,
            ),
        ),
        notes=(d.Note(None, "Two rows of the test split have no label and were left out."),),
    )


def rates(**changes: Any) -> Evaluation:
    """A regression that passes all that could be told."""
    planned = plan_of_example("hotel-rates")
    passing: dict[tuple[str, str | None], tuple[float, float]] = {
        ("mae", None): (28.6, 0.6),
        ("wmape", None): (0.154, 0.003),
        ("r2", None): (0.64, 0.02),
        ("mae", "difference"): (-1.04, 0.2),
        ("wmape", "difference"): (-0.086, 0.003),
        ("mae", "relativeDifference"): (-0.021, 0.01),
    }
    measurements = []
    for needed in requirements(planned, "offline"):
        metric = next((check.metric_name for check in planned.checks if check.name == needed.check), "latency")
        value, spread = passing.get((metric, needed.quantity), (0.0, 0.0))
        if needed.against == "unperturbed":
            value, spread = (0.012, 0.004) if needed.quantity == "relativeDifference" else (0.11, 0.05)
        if metric == "latency":
            value, spread = 0.0042, 0.0006
        more: dict[str, Any] = {"quantity": needed.quantity} if needed.quantity else {}
        level = 2 * needed.confidence - 1 if needed.confidence else 0.9
        measurements.append(measurement(needed.check, value, 5940, spread, level=level, **more))
        for number, names in enumerate(needed.slices):
            for place, rows in enumerate((2380, 1750, 140, 60)):
                part = ",".join(f"{name}={'abcdefgh'[number + place]}" for name in names)
                found = measurement(needed.check, 0.14 + 0.02 * place, rows, 0.2 / math.sqrt(rows), level=level)
                measurements.append({**found, "slice": part, "rows": rows})
    report = report_of(planned, measurements)
    detail = _rates_detail()._replace(**changes)
    return Evaluation(planned, report, judge(planned, report, Expected(tier="offline")), detail)


def _rates_detail() -> d.EvaluationDetail:
    edges = tuple(20.0 * place for place in range(21))
    normal = [math.exp(-(((place - 6) / 4) ** 2)) for place in range(20)]
    bins = tuple(
        d.Bin(
            40.0 * place,
            40.0 * (place + 1),
            40.0 * place + 20,
            figure(40.0 * place + 20 + 3 * math.sin(place), rows, 4),
        )
        for place, rows in enumerate((90, 480, 1200, 1500, 1100, 800, 420, 240, 80, 30))
    )
    compared = (
        ("candidate", "candidate", 28.6),
        ("mean", "mean", 41.3),
        ("median", "median", 40.9),
        ("linear", "linearRegression", 29.6),
    )
    return d.EvaluationDetail(
        problem="regression",
        label="stays.rate",
        classes=(),
        subject=d.Subject("candidate", "specs/hotel-rates/.models/boosting", MODEL),
        others=(),
        splits=(("train", d.Share(28000, 28010)), ("test", d.Share(5940, 5950))),
        threshold=None,
        comparison=tuple(
            d.Compared(name, kind, (d.MetricFigure("mae", "targetUnit", "decrease", figure(value, 5940, 0.7)),))
            for name, kind, value in compared
        ),
        checks=(),
        fairness=(),
        calibration=d.Calibration("value", bins, None),
        curves=(),
        confusion=None,
        predictions=d.Histogram(
            "rate",
            "targetUnit",
            edges,
            (
                d.Series("true", tuple(round(900 * share) for share in normal)),
                d.Series("predicted", tuple(round(1000 * share**1.3) for share in normal)),
            ),
            above=7,
        ),
        residuals=d.Histogram(
            "predicted less true",
            "targetUnit",
            tuple(15.0 * (place - 10) for place in range(21)),
            (d.Series("rows", tuple(round(1400 * math.exp(-(((place - 9.6) / 2.3) ** 2))) for place in range(20))),),
        ),
        robustness=(),
        latency=None,
        notes=(),
    )


HOSTILE = (
    "</script><script>window.alien=1</script>",
    '"><img src=x onerror="window.alien=1">',
    "</title></style><svg onload=window.alien=1>",
    "a\u202egnirts\u2066b\u200f",
    "a\x00\x07\x1b[31mred\x7f\u2028\u0085",
    "{{ 7 * 7 }}{% raw %}",
    "lone \ud800 surrogate",
    "--><!--",
    "name" * 2500,
    "&lt;b&gt;&#x27;",
    "javascript:window.alien=1",
)


def hostile() -> Evaluation:
    """A classifier about which everything that people or data may name is an attack."""
    found = mortgage()
    texts = itertools.cycle(HOSTILE)
    detail = _poisoned(found.detail, texts)
    verdicts = tuple(
        verdict._replace(
            check=next(texts),
            slice=f"african_american={next(texts)}" if verdict.slice else None,
            words=next(texts),
            reason=next(texts),
            path=(*verdict.path[:-1], next(texts)),
        )
        for verdict in found.verdicts
    )
    plan = replace(found.plan, name=next(texts), namespace=next(texts), environment=next(texts))
    return Evaluation(plan, found.report, verdicts, detail)


_WORDS = ("problem", "kind", "how", "what", "unit", "perturbation", "direction", "quantity", "metric")


def _poisoned(value: Any, texts: Iterator[str]) -> Any:
    """The value with all texts but those of a fixed choice replaced."""
    if isinstance(value, str):
        return next(texts)
    if not isinstance(value, tuple):
        return value
    fields = getattr(value, "_fields", None)
    if fields is None:
        return tuple(_poisoned(item, texts) for item in value)
    kept = {name: _poisoned(getattr(value, name), texts) for name in fields if name not in _WORDS}
    return type(value)(**{**dict(zip(fields, value, strict=True)), **kept})


PERSONS = [f"person{number}@mail.example" for number in range(200)]
PERSONAL = {"name": "email", "logicalType": "string", "classification": "pii", "required": True, "unique": True}


def data_of(folder: Path, kind: Literal["good", "bad", "unreadable"]) -> tuple[Plan, DataReport]:
    """A plan with a column about persons, and what was found in its data."""
    sources = small()["spec"]["data"]["sources"]
    pattern = {"name": "tenure", "logicalType": "integer", "logicalTypeOptions": {"minimum": 0, "maximum": 60}}
    kept = [column for column in sources[0]["schema"] if column["name"] != "tenure"]
    sources[0]["schema"] = [pattern, PERSONAL, *kept]
    readiness = {"minLabeledRows": 100, "minPositiveShare": "10%", "maxMissingShare": "5%", "maxDuplicateShare": "1%"}
    data = {"sources": sources, "labels": {"column": "churned", "delay": {"p95": "30d"}}, "readiness": readiness}
    planned = plan_of(small(data=data))
    rows = [f"c{number},{number % 40},{PERSONS[number]},basic,{number % 4 == 0}" for number in range(200)]
    if kind == "bad":
        rows[3] = f"c3,-7,{PERSONS[2]},</script><script>window.alien=1</script>,true"
        rows[4] = f"c3,many,{PERSONS[4]},\u202ebasic,"
        rows[5] = "c5,1"
    file = folder / f"{kind}.csv"
    if kind != "unreadable":
        file.write_text("customer_id,tenure,email,plan,churned\n" + "\n".join(rows) + "\n", "utf-8")
    location = Location(str(file), "csv", copy=True)
    return planned, check(planned, {"customers": location}, datetime(2026, 11, 1, tzinfo=UTC), judge_copies=False)
