"""The report of `lifespec check-data`: for people, for programs, and as an exit code."""

from __future__ import annotations

import json
from typing import Any, Final

import click

from lifespec_compiler.judging import shown
from lifespec_compiler.plan import Plan
from lifespec_runtime.measure.contracts.check import DataReport, SourceReport
from lifespec_runtime.measure.contracts.measurements import inputs
from lifespec_runtime.measure.contracts.results import Result
from lifespec_runtime.measure.profile.column import ColumnProfile
from lifespec_runtime.measure.profile.summary import as_json as profile_json
from lifespec_runtime.measure.profile.words import told as value_told
from lifespec_runtime.measure.reading.flaws import UNREACHED, Flaw
from lifespec_schema.findings import Severity

from . import evaluation_report
from .exit_codes import ExitCode
from .one_plan import Chosen
from .report import printable

_COLOURS: Final = {"Pass": "green", "Fail": "red", "Error": "red", "Inconclusive": "yellow", "Measured": "cyan"}
_WIDEST: Final = 48


def exit_code(report: DataReport, fail_on: Severity | None) -> ExitCode:
    """2 where data could not be reached, 1 where it is broken or a rule fails, else 0; with None no rule counts."""
    flaws = [flaw for source in report.sources for flaw in source.flaws]
    if any(flaw.code in UNREACHED for flaw in flaws):
        return ExitCode.USAGE
    return ExitCode.FINDINGS if flaws or any(_fails(result, fail_on) for result in _results(report)) else ExitCode.CLEAN


def _fails(result: Result, fail_on: Severity | None) -> bool:
    return fail_on is not None and result.verdict in ("Fail", "Error") and result.severity.rank >= fail_on.rank


def _results(report: DataReport) -> list[Result]:
    return [*(result for source in report.sources for result in source.results), *report.readiness]


def render(fmt: str, chosen: Chosen, report: DataReport, least: Severity | None) -> str:
    """The report in a format of `check-data`; `least` is the least severity that fails."""
    if fmt == "text":
        return as_text(chosen.plan, report)
    if fmt == "json":
        return json.dumps(as_json(chosen.plan, report), indent=2, allow_nan=False)
    return evaluation_report.render(fmt, _evaluated(chosen, report, least))


def _evaluated(chosen: Chosen, report: DataReport, least: Severity | None) -> evaluation_report.Evaluated:
    from lifespec_runtime.measure.record import lifecycle_report  # brings the models of records

    record = lifecycle_report(chosen.plan, tier="data", measurements=(), inputs=inputs(report))
    places = evaluation_report.located(chosen.plan, report.verdicts, chosen.files)
    problems = tuple(_problem(flaw) for source in report.sources for flaw in source.flaws)
    return evaluation_report.Evaluated(
        chosen.plan, record, report.verdicts, places=places, problems=problems, least=least
    )


def _problem(flaw: Flaw) -> evaluation_report.Problem:
    place = flaw.file + (f", row {flaw.row}" if flaw.row is not None else "")
    place += f", column {flaw.column}" if flaw.column is not None else ""
    return evaluation_report.Problem(flaw.code, flaw.message, place, flaw.help)


def as_json(plan: Plan, report: DataReport) -> dict[str, Any]:
    """The report as a JSON value; `version` rises when a key changes its meaning."""
    return {
        "version": 1,
        "lifecycle": plan.name,
        "namespace": plan.namespace,
        "environment": plan.environment,
        "complete": all(source.complete for source in report.sources),
        "findings": [_finding(flaw) for source in report.sources for flaw in source.flaws],
        "sources": [_source_json(source) for source in report.sources],
        "readiness": [result.as_json for result in report.readiness],
    }


def _finding(flaw: Flaw) -> dict[str, Any]:
    return {
        "rule": flaw.code,
        "severity": Severity.ERROR.value,
        "message": flaw.message,
        "help": flaw.help,
        "file": flaw.file,
        "row": flaw.row,
        "column": flaw.column,
    }


def _source_json(source: SourceReport) -> dict[str, Any]:
    return {
        "name": source.name,
        "uri": source.location.uri,
        "format": source.location.format,
        "copy": source.location.copy,
        "complete": source.complete,
        "digest": source.digest,
        "files": source.files,
        "rows": source.profile.rows if source.profile else None,
        "unreadRows": source.unread_rows,
        "findingsNotListed": source.untold,
        "newest": source.newest.at.isoformat() if source.newest else None,
        "rules": [result.as_json for result in source.results],
        "profile": profile_json(source.profile, source.concealed) if source.profile else None,
    }


def as_text(plan: Plan, report: DataReport) -> str:
    """The report for people."""
    parts = [click.style(f"{plan.namespace}/{plan.name} in {plan.environment}", bold=True)]
    for source in report.sources:
        parts += ["", *_source_text(source)]
    if report.readiness:
        parts += ["", click.style("readiness", bold=True), *_table(report.readiness)]
    return "\n".join([*parts, "", _summary(report)])


def _source_text(source: SourceReport) -> list[str]:
    where = printable(source.location.uri or "nowhere: the spec has no uri")
    copy = " (a copy; --data reads another)" if source.location.copy else ""
    size = f", {source.profile.rows:,} rows" if source.profile else ""
    lines = [f"{click.style(source.name, bold=True)}: {where}{copy}{size}"]
    lines += [line for flaw in source.flaws for line in _flaw_text(flaw)]
    if source.untold:
        lines.append(f"  … and {source.untold:,} more like these")
    if source.profile is None:
        return [*lines, "  the data could not be read to its end, so no rule was measured"]
    lines += _columns(source)
    lines += _table([result for result in source.results if result.section != "schema" or result.verdict != "Pass"])
    return lines


def _flaw_text(flaw: Flaw) -> list[str]:
    head = click.style(f"error[{flaw.code}]", fg="red", bold=True)
    place = printable(flaw.file) + (f", row {flaw.row}" if flaw.row is not None else "")
    place += f", column `{printable(flaw.column)}`" if flaw.column is not None else ""
    lines = [f"  {head}: {printable(flaw.message)}", f"    --> {place}"]
    return [*lines, f"    help: {printable(flaw.help)}"] if flaw.help else lines


def _columns(source: SourceReport) -> list[str]:
    """A line for each column: what it holds, and how many of the contract's rules it keeps."""
    if source.profile is None:
        return []
    rows: list[tuple[str, ...]] = [("column", "type", "missing", "distinct", "values", "rules")]
    for name, column in source.profile.columns.items():
        mine = [result for result in source.results if result.section == "schema" and name in result.columns]
        kept = sum(result.verdict == "Pass" for result in mine)
        hidden = name in source.concealed
        rows.append(
            (
                printable(name),
                column.type,
                shown(100 * column.missing / column.rows, "percent") if column.missing else "-",
                _distinct(column),
                "not shown" if hidden else printable(value_told(column)),
                f"{kept}/{len(mine)}" if mine else "-",
            )
        )
    return _aligned(rows, head=True)


def _distinct(column: ColumnProfile) -> str:
    if column.distinct is None:
        return "-"
    count, exact = column.distinct
    return f"{count:,}" if exact else f"~{count:,}"


def _table(results: list[Result]) -> list[str]:
    """A line for each result, and below it what there is to say."""
    lines = []
    names = max((len(result.name) for result in results), default=0)
    for result in results:
        warned = result.verdict == "Fail" and result.severity is not Severity.ERROR
        word = {"Inconclusive": "unknown", "Measured": "-"}.get(result.verdict, result.verdict.lower())
        word = "warn" if warned else word
        colour = "yellow" if warned else _COLOURS[result.verdict]
        value = (
            ""
            if result.measured is None
            else shown(result.measured, result.bound.unit if result.bound else result.unit)
        )
        wanted = f"({result.bound.told()})" if result.bound else ""
        padding = " " * (8 - len(word))
        name = f"{printable(result.name):<{min(names, _WIDEST)}}"
        line = f"  {click.style(word, fg=colour)}{padding}{name}  {value} {wanted}"
        lines.append(line.rstrip() + (f"  {printable(result.why)}" if result.why else ""))
        lines += [_sample(sample.row, sample.file, sample.value) for sample in result.samples]
    return lines


def _sample(row: int, file: str, value: str | None) -> str:
    told = f": {value}" if value is not None else ""
    return click.style(f"            row {row} of {printable(file)}{told}", dim=True)


def _aligned(rows: list[tuple[str, ...]], *, head: bool) -> list[str]:
    widths = [min(_WIDEST, max(len(row[place]) for row in rows)) for place in range(len(rows[0]))]
    lines = []
    for number, row in enumerate(rows):
        cells = [
            cell[: width - 1] + "…" if len(cell) > width else cell for cell, width in zip(row, widths, strict=True)
        ]
        line = "  " + "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
        lines.append(click.style(line, dim=True) if head and not number else line)
    return lines


def _summary(report: DataReport) -> str:
    results = _results(report)
    judged = [result for result in results if result.verdict != "Measured"]
    counts = {verdict: sum(result.verdict == verdict for result in judged) for verdict in _COLOURS}
    told = [f"{counts['Pass']} of {len(judged)} rules pass"]
    failing = sum(result.verdict == "Fail" and result.severity is Severity.ERROR for result in judged)
    warned = counts["Fail"] - failing
    told += [f"{failing} fail"] if failing else []
    told += [f"{warned} warn"] if warned else []
    told += [f"{counts['Error']} could not be measured"] if counts["Error"] else []
    told += [f"{counts['Inconclusive']} unknown"] if counts["Inconclusive"] else []
    return ", ".join(told)
