"""Service-level properties: freshness and retention become the source's, all others are noted as unused."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, NamedTuple

from lifespec_schema.findings import Path

from .draft import JsonObject, items
from .report import Report, shown

_FIELDS: Final = {
    "freshness": "freshness",
    "latency": "freshness",
    "ly": "freshness",
    "retention": "retention",
    "re": "retention",
}
"""Our field by the standard's property, which ignores case and has short forms; it prefers `latency` to freshness."""

_UNITS: Final = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), ("s", 1)),
    **dict.fromkeys(("m", "min", "minute", "minutes"), ("m", 1)),
    **dict.fromkeys(("h", "hr", "hour", "hours"), ("h", 1)),
    **dict.fromkeys(("d", "day", "days"), ("d", 1)),
    **dict.fromkeys(("w", "week", "weeks"), ("w", 1)),
    **dict.fromkeys(("y", "yr", "year", "years"), ("d", 365)),
}
_ISO = re.compile(r"P(?:([0-9]+)Y)?(?:([0-9]+)W)?(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)S)?)?")
_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")


class ServiceLevel(NamedTuple):
    """What one service-level property says of one source field."""

    field: str
    duration: str
    """In the authoring form: `24h`."""
    objects: frozenset[str]
    """The schema objects it is about, in lower case; empty means all."""
    path: Path


def service_levels(contract: JsonObject, names: list[str], report: Report) -> list[ServiceLevel]:
    """The service levels that become part of the sources called `names`."""
    read = []
    for index, item in items(contract, "slaProperties"):
        name = item.get("property")
        if not isinstance(name, str):
            continue
        path: Path = ("slaProperties", index)
        field = _FIELDS.get(name.lower())
        if field is None:
            report.not_used((*path, "property"), f"slaProperties[property={name[:40]}]")
            continue
        duration = _duration(item.get("value"), item.get("unit"))
        if duration is None:
            report.add(
                "contract-bad-value",
                (*path, "value"),
                f"`{name}` is {shown(item.get('value'))} with unit {shown(item.get('unit'))}: not a length of time",
                "write a number and the unit s, m, h, d, w or y, or an ISO 8601 duration such as `P1DT12H`",
            )
            continue
        objects = _objects(item, contract, (*path, "element"), names, report)
        if objects is not None:
            read.append(ServiceLevel(field, duration, objects, (*path, "value")))
    return read


def _duration(value: object, unit: object) -> str | None:
    if isinstance(value, bool):
        return None
    text = _plain(value) if isinstance(value, (int, float)) else value.strip() if isinstance(value, str) else ""
    if unit is None:
        return _iso(text)
    named = _UNITS.get(unit.strip().lower()) if isinstance(unit, str) else None
    if named is None or not _NUMBER.fullmatch(text) or not Decimal(text):
        return None
    return f"{_plain(Decimal(text) * named[1])}{named[0]}"


def _plain(number: float | Decimal) -> str:
    exact = Decimal(repr(number)) if isinstance(number, (int, float)) and abs(number) < 1e12 else number
    text = f"{exact:f}" if isinstance(exact, Decimal) and exact.is_finite() else ""
    return text.rstrip("0").rstrip(".") if "." in text else text


def _iso(text: str) -> str | None:
    parts = _ISO.fullmatch(text) if len(text) <= 40 else None
    if parts is None:
        return None
    years, weeks, days, hours, minutes, seconds = (int(number or 0) for number in parts.groups())
    counts = {"w": weeks, "d": 365 * years + days, "h": hours, "m": minutes, "s": seconds}
    return "".join(f"{count}{unit}" for unit, count in counts.items() if count) or None


def _objects(
    item: JsonObject, contract: JsonObject, path: Path, names: list[str], report: Report
) -> frozenset[str] | None:
    element = item.get("element", contract.get("slaDefaultElement"))
    if not isinstance(element, str) or not names:
        return frozenset()
    if "element" not in item:
        path = ("slaDefaultElement",)
    known = {name.lower() for name in names}
    found = set()
    for part in element.split(","):
        first, dot, _ = part.strip().partition(".")
        if first.lower() in known:
            found.add(first.lower())
            if dot:
                report.not_used(path, "slaProperties[].element", _BY_SNAPSHOT)
        elif len(known) == 1 and not dot:
            report.not_used(path, "slaProperties[].element", _BY_SNAPSHOT)
            return frozenset()
        else:
            report.add(
                "contract-bad-value",
                path,
                f"{shown(part.strip())} names none of the schema objects",
                f"write `object.property`, where the object is one of {', '.join(names)}",
            )
            return None
    return frozenset(found)


_BY_SNAPSHOT: Final = "freshness and retention hold for the source; the property that `element` names has no say in it"
