"""What the data is like: readiness, and for each source its flaws, its rules and its columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from lifespec_compiler.judging.bound import shown
from lifespec_compiler.plan import Plan
from lifespec_runtime.drawing.charts import spark
from lifespec_runtime.drawing.markup import Markup
from lifespec_runtime.measure.contracts.found import DataReport, SourceReport
from lifespec_runtime.measure.contracts.results import Result
from lifespec_runtime.measure.pages.places import address, short, where
from lifespec_runtime.measure.pages.units import plural, share
from lifespec_runtime.measure.profile.column import ColumnProfile
from lifespec_runtime.measure.profile.order import to_number
from lifespec_runtime.measure.profile.view import MOMENTS, NUMBERS
from lifespec_runtime.measure.profile.words import told
from lifespec_schema.findings import Path, Place, Severity

from .section import Section
from .verdict import Obstacle

BARS: Final = 24
_OF_CLASSES: Final = ("classes", "positiveShare")
Places = Mapping[Path, Place]


def results(report: DataReport) -> list[Result]:
    """Everything that was judged of the data."""
    return [*(result for source in report.sources for result in source.results), *report.readiness]


def sections(plan: Plan, report: DataReport, places: Places) -> Iterator[Section]:
    """The scorecard, and each source."""
    hidden = {source.name: source.concealed for source in report.sources}
    if report.readiness:
        rows = [_rule(plan, each, places, secret=_secret(plan, each, hidden)) for each in report.readiness]
        yield Section("readiness", "Readiness", "readiness", {"rows": rows})
    for number, source in enumerate(report.sources, 1):
        yield Section(f"source-{number}", f"Data: {source.name}", "source", _source(plan, source, places))


def obstacles(plan: Plan, report: DataReport, places: Places) -> Iterator[Obstacle]:
    """What is wrong with the files; where nothing is, what is no Pass."""
    flaws = [(source.name, flaw) for source in report.sources for flaw in source.flaws]
    for name, flaw in flaws:
        told = _flaw(flaw)
        yield Obstacle("Error", "", told["code"], name, "", "", f"{told['message']}: {told['place']}", None)
    if flaws:  # nothing can be concluded from such data, so that every rule ends in an Error
        return
    hidden = {source.name: source.concealed for source in report.sources}
    parts = [(source.name, each) for source in report.sources for each in source.results]
    parts += [("readiness", each) for each in report.readiness]
    for part, each in parts:
        if each.verdict not in ("Pass", "Measured"):
            row = _rule(plan, each, places, secret=_secret(plan, each, hidden))
            yield Obstacle(
                each.verdict,
                "",
                each.name,
                part,
                row["measured"],
                row["needed"] or row["told"],
                row["why"],
                row["where"],
            )


def _secret(plan: Plan, result: Result, hidden: Mapping[str, frozenset[str]]) -> bool:
    """Whether words about a result may hold values of a column that must not be shown."""
    label = plan.column(plan.spec.data.labels.column)
    of_label = result.name in _OF_CLASSES and label is not None and label.name in hidden.get(label.source, ())
    columns = {name.rpartition(".")[2] for name in result.columns}
    return of_label or any(columns & names for names in hidden.values())


def _rule(plan: Plan, result: Result, places: Places, *, secret: bool) -> dict[str, Any]:
    unit = result.bound.unit if result.bound else result.unit
    sayable = not secret or result.measured is None  # why nothing was measured holds no value
    outcome = result.verdict
    if outcome == "Fail" and result.severity is not Severity.ERROR:
        outcome = "Warning"  # type: ignore[assignment]
    return {
        "name": result.name,
        "told": result.told if sayable else "",
        "outcome": outcome,
        "measured": "" if result.measured is None else shown(result.measured, unit),
        "needed": result.bound.told() if result.bound else "",
        "severity": result.severity.value,
        "why": result.why if sayable else "",
        "rows": f"{result.rows:,}" if result.rows else "",
        "where": where(plan, result.path, places),
        "samples": [_sample(each.row, each.file, None if secret else each.value) for each in result.samples],
    }


def _sample(row: int, file: str, value: str | None) -> str:
    return f"row {row:,} of {address(file)}" + (f": {value}" if value is not None else "")


def _source(plan: Plan, source: SourceReport, places: Places) -> dict[str, Any]:
    hidden = {source.name: source.concealed}
    rules = [_rule(plan, each, places, secret=_secret(plan, each, hidden)) for each in source.results]
    rows = source.profile.rows if source.profile else None
    facts = [
        ("read from", address(source.location.uri or "nowhere: the spec has no uri"), "a copy" * source.location.copy),
        ("rows", "unknown: not read to the end" if rows is None else f"{rows:,}", ""),
        ("files", f"{source.files:,}", source.location.format),
        ("newest row", f"{source.newest.at:%Y-%m-%d %H:%M} UTC" if source.newest else "", ""),
        ("digest", short(source.digest), ""),
    ]
    return {
        "name": source.name,
        "facts": [fact for fact in facts if fact[1]],
        "flaws": [_flaw(each) for each in source.flaws],
        "untold": f"{source.untold:,}" if source.untold else "",
        "complete": source.profile is not None,
        "broken": [rule for rule in rules if rule["outcome"] != "Pass"],
        "kept": [rule for rule in rules if rule["outcome"] == "Pass"],
        "kept_words": plural(sum(rule["outcome"] == "Pass" for rule in rules), "rule"),
        "columns": list(_columns(plan, source)),
    }


def _flaw(flaw: Any) -> dict[str, Any]:
    place = address(flaw.file) + (f", row {flaw.row:,}" if flaw.row is not None else "")
    place += f", column {flaw.column}" if flaw.column is not None else ""
    return {"code": flaw.code, "message": flaw.message, "place": place, "help": flaw.help}


def _columns(plan: Plan, source: SourceReport) -> Iterator[dict[str, Any]]:
    if source.profile is None:
        return
    classes = {column.name: column.classification for column in plan.columns if column.source == source.name}
    for name, column in source.profile.columns.items():
        secret = name in source.concealed
        mine = [each for each in source.results if each.section == "schema" and name in each.columns]
        kept = sum(each.verdict == "Pass" for each in mine)
        yield {
            "name": name,
            "type": column.type,
            "class": classes.get(name) or "",
            "missing": share(column.missing, column.rows) if column.missing else "none",
            "distinct": _distinct(column),
            "values": "not shown" if secret else told(column),
            "spark": None if secret else _spark(name, column),
            "rules": f"{kept} of {len(mine)}" if mine else "",
            "all_kept": kept == len(mine),
        }


def _distinct(column: ColumnProfile) -> str:
    if column.distinct is None:
        return ""
    count, exact = column.distinct
    return f"{count:,}" if exact else f"about {count:,}"


def _spark(name: str, column: ColumnProfile) -> Markup | None:
    counts = _shape(column)
    if len(counts) < 2:
        return None
    return spark(counts, f"How the values of {name} lie, from the least to the greatest")


def _shape(column: ColumnProfile) -> Sequence[float]:
    """How many values lie in equal stretches; the outermost hundredths of them are left out, for they hide the rest."""
    if column.categories is not None:
        named = column.categories.top(BARS) if column.categories.named is not None else []
        return [float(count) for _, count in named] if column.categories.distinct <= BARS else []
    found = column.histogram
    if found is None or not found.total or column.type not in (*NUMBERS, *MOMENTS, "boolean"):
        return []
    numbers = column.type in NUMBERS
    places = range(len(found.bins))
    middles = [_middle(found.below(place), found.above(place), numbers=numbers) for place in places]
    if len(middles) <= BARS and found.exact:
        return [float(count) for count in found.counts]
    least, most = _inner(middles, [int(count) for count in found.counts])
    if not least < most or most - least > 1e300:
        return []
    shape = [0.0] * BARS
    for middle, count in zip(middles, found.counts, strict=True):
        if least <= middle <= most:
            shape[min(BARS - 1, int(BARS * (middle - least) / (most - least)))] += float(count)
    return shape


def _middle(low: int, high: int, *, numbers: bool) -> float:
    return (to_number(low) + to_number(high)) / 2 if numbers else (low + high) / 2


def _inner(values: Sequence[float], counts: Sequence[int]) -> tuple[float, float]:
    total, reach = sum(counts), 0
    least, most = values[0], values[-1]
    found = False
    for value, count in zip(values, counts, strict=True):
        reach += count
        if not found and reach > 0.01 * total:
            least, found = value, True
        if reach >= 0.99 * total:
            most = value
            break
    return least, most
