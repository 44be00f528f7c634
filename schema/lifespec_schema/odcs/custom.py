"""Custom properties: those that lifespec gives a meaning, by the element that they stand on. All others pass."""

from __future__ import annotations

from typing import Final, Literal

from lifespec_schema.findings import Path, Severity

from .draft import JsonObject, items
from .report import Report

Level = Literal["contract", "object", "property", "server"]

OURS: Final[dict[Level, tuple[str, ...]]] = {
    "contract": (),
    "object": ("snapshot", "outliers", "volume", "regulations"),
    "property": ("availableAfter", "enum"),
    "server": ("secretRef",),
}
"""The names that mean something to lifespec, by where they mean it."""

_ELEMENTS: Final[dict[Level, str]] = {
    "contract": "the contract",
    "object": "a schema object",
    "property": "a schema property",
    "server": "a server",
}
_LEVELS: Final[dict[str, Level]] = {name: level for level, names in OURS.items() for name in names}


def ours(element: JsonObject, path: Path, level: Level, report: Report) -> dict[str, tuple[object, Path]]:
    """The custom properties of `element` that lifespec knows: by name, the value and its path.

    A name that is nearly one of ours, or stands on another kind of element, would do nothing: a warning.
    """
    found: dict[str, tuple[object, Path]] = {}
    for index, item in items(element, "customProperties"):
        name = item.get("property")
        at = (*path, "customProperties", index)
        if not isinstance(name, str) or "value" not in item:
            continue
        if name in found:
            report.add("contract-duplicate-name", (*at, "property"), f"`{name}` is given twice", "keep one of them")
        elif name in OURS[level]:
            found[name] = (item["value"], (*at, "value"))
        else:
            _warn_of_mistake(name, (*at, "property"), level, report)
    return found


def _warn_of_mistake(name: str, path: Path, level: Level, report: Report) -> None:
    meant = next((known for known in _LEVELS if _plain(known) == _plain(name)), None)
    if meant is None or (meant == "enum" and level != "property"):
        return
    if meant == name:
        message = f"`{name}` has no effect on {_ELEMENTS[level]}"
        help_text = f"it belongs on {_ELEMENTS[_LEVELS[name]]}"
    else:
        message = f"`{name[:40]}` has no effect in lifespec"
        help_text = f"did you mean `{meant}`?"
    report.add("contract-misplaced-property", path, message, help_text, severity=Severity.WARNING)


def _plain(name: str) -> str:
    return name[:80].replace("_", "").replace("-", "").replace(" ", "").lower()
