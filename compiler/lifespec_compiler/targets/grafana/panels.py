"""Panels as Grafana stores them; only what differs from its own defaults is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

Json = dict[str, Any]

SOURCE = {"type": "prometheus", "uid": "${datasource}"}
"""Where all queries go: what the dashboard's variable names."""

GREEN, ORANGE, RED, BLUE, PURPLE, GRAY = "green", "orange", "red", "blue", "purple", "#8e8e8e"


class Query(NamedTuple):
    """One query of a panel. Its letter is its place in the panel, or `name`."""

    expr: str
    legend: str = ""
    color: str | None = None
    dashed: bool = False
    steps: tuple[Json, ...] = ()
    """Thresholds of this query alone."""


class Look(NamedTuple):
    """How values are shown."""

    unit: str = "short"
    steps: tuple[Json, ...] = ()
    mappings: tuple[Json, ...] = ()
    low: float | None = None
    high: float | None = None
    decimals: int | None = None
    empty: str = ""
    """What stands where there is no value."""


def row(title: str) -> Json:
    """The heading of a section."""
    return {"type": "row", "title": title, "collapsed": False, "panels": []}


def text(title: str, markdown: str) -> Json:
    """A panel of Markdown."""
    return {"type": "text", "title": title, "options": {"mode": "markdown", "content": markdown}}


def stat(
    title: str, description: str, queries: Sequence[Query], look: Look, *, names: bool = False, both: bool = False
) -> Json:
    """The latest value in large; with `names` its name instead of it, with `both` both."""
    options = {
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        "colorMode": "value" if look.steps or look.mappings else "none",
        "graphMode": "none",
        "textMode": "name" if names else "value_and_name" if both else "value",
    }
    return _panel("stat", title, description, _targets(queries, instant=True), options, _config(look, queries))


def bars(title: str, description: str, queries: Sequence[Query], look: Look) -> Json:
    """The latest values as bars below each other."""
    options = {
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        "orientation": "horizontal",
        "displayMode": "basic",
        "valueMode": "color",
        "showUnfilled": True,
    }
    return _panel("bargauge", title, description, _targets(queries, instant=True), options, _config(look, queries))


def lines(title: str, description: str, queries: Sequence[Query], look: Look, *, stepped: bool = False) -> Json:
    """Values over time, with thresholds as dashed lines."""
    options = {
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
        "tooltip": {"mode": "multi", "sort": "desc"},
    }
    custom = {
        "drawStyle": "line",
        "lineInterpolation": "stepAfter" if stepped else "linear",
        "lineWidth": 2,
        "fillOpacity": 0,
        "showPoints": "never",
        "spanNulls": False,
        "thresholdsStyle": {"mode": "dashed" if look.steps else "off"},
    }
    config = _config(look, queries, custom=custom, color={"mode": "palette-classic"})
    return _panel("timeseries", title, description, _targets(queries), options, config)


def states(title: str, description: str, queries: Sequence[Query], look: Look) -> Json:
    """A lane for each series, coloured by what it is at a time."""
    options = {
        "showValue": "auto",
        "rowHeight": 0.8,
        "mergeValues": True,
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
        "tooltip": {"mode": "single", "sort": "none"},
    }
    custom = {"lineWidth": 0, "fillOpacity": 80}
    return _panel("state-timeline", title, description, _targets(queries), options, _config(look, queries, custom))


def steps(*limits: tuple[float, str], base: str = GREEN) -> tuple[Json, ...]:
    """Thresholds: `base` below all limits, and from each limit on its colour."""
    known = dict(sorted(limits))
    return ({"color": base, "value": None}, *({"color": color, "value": value} for value, color in known.items()))


def values(words: Mapping[int, tuple[str, str]]) -> tuple[Json, ...]:
    """Numbers shown as words in colours."""
    options = {
        str(value): {"text": word, "color": color, "index": index}
        for index, (value, (word, color)) in enumerate(words.items())
    }
    return ({"type": "value", "options": options},)


def _panel(kind: str, title: str, description: str, targets: list[Json], options: Json, config: Json) -> Json:
    return {
        "type": kind,
        "title": title,
        "description": description,
        "datasource": SOURCE,
        "targets": targets,
        "options": options,
        "fieldConfig": config,
    }


def _targets(queries: Sequence[Query], *, instant: bool = False) -> list[Json]:
    return [
        {
            "refId": letters(index),
            "expr": query.expr,
            "legendFormat": query.legend or "__auto",
            "editorMode": "code",
            "instant": instant,
            "range": not instant,
        }
        for index, query in enumerate(queries)
    ]


def letters(index: int) -> str:
    """What the query at a place is called: A to Z, then AA and on."""
    first, last = divmod(index, 26)
    return (letters(first - 1) if first else "") + chr(ord("A") + last)


def _config(look: Look, queries: Sequence[Query], custom: Json | None = None, color: Json | None = None) -> Json:
    bounds = {"min": look.low, "max": look.high, "decimals": look.decimals, "noValue": look.empty or None}
    defaults = {
        "unit": look.unit,
        **{key: value for key, value in bounds.items() if value is not None},
        "color": color or {"mode": "thresholds"},
        "thresholds": {"mode": "absolute", "steps": list(look.steps or steps())},
        "mappings": list(look.mappings),
        **({"custom": custom} if custom else {}),
    }
    overrides = [_override(letters(index), query) for index, query in enumerate(queries)]
    return {"defaults": defaults, "overrides": [override for override in overrides if override["properties"]]}


def _override(letter: str, query: Query) -> Json:
    properties: list[Json] = []
    if query.color:
        properties.append({"id": "color", "value": {"mode": "fixed", "fixedColor": query.color}})
    if query.dashed:
        properties.append({"id": "custom.lineStyle", "value": {"fill": "dash", "dash": [10, 10]}})
    if query.steps:
        properties.append({"id": "thresholds", "value": {"mode": "absolute", "steps": list(query.steps)}})
    return {"matcher": {"id": "byFrameRefID", "options": letter}, "properties": properties}


def by_revision(expressions: Iterable[tuple[str, str, str]]) -> list[Query]:
    """Queries of stable, candidate and others, in colours that mean the same in every panel."""
    return [Query(expr, f"{name} {{{{revision}}}}", color) for expr, name, color in expressions]
