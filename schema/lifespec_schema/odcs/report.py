"""Collecting what is found in a contract."""

from __future__ import annotations

from lifespec_schema.findings import Finding, Path, Place, Severity


class Report:
    """The findings of one contract; notes on fields that are not used are grouped, one for each field."""

    def __init__(self, file: str, document: int) -> None:
        self._file = file
        self._document = document
        self._findings: list[Finding] = []
        self._unused: dict[str, list[tuple[Path, str]]] = {}

    def add(
        self, rule: str, path: Path, message: str, help_text: str = "", severity: Severity = Severity.ERROR
    ) -> None:
        """Report something at `path`: at its last key where that is unknown, else at its value."""
        place = Place(self._file, path, self._document, rule == "contract-unknown-field")
        self._findings.append(Finding(rule, severity, message, place, help_text))

    def not_used(self, path: Path, what: str = "", why: str = "") -> None:
        """Note that the field at `path`, called `what` in the message, has no effect."""
        self._unused.setdefault(what or pattern(path), []).append((path, why))

    def findings(self) -> list[Finding]:
        """Everything found: what is wrong, in the order it was found, then the notes."""
        notes = []
        for what, places in self._unused.items():
            path, why = places[0]
            times = "" if len(places) == 1 else f" ({len(places)} times)"
            notes.append(
                Finding(
                    "contract-field-not-used",
                    Severity.INFO,
                    f"`{what}` has no effect in lifespec{times}",
                    Place(self._file, path, self._document, on_key=True),
                    why or "the standard allows it, but lifespec does nothing with it: do not rely on it here",
                )
            )
        return [*self._findings, *notes]


def pattern(path: Path) -> str:
    """`schema[].properties[].partitioned`: a path without its indexes."""
    text = ""
    for part in path:
        text += "[]" if isinstance(part, int) else f".{part}" if text else part
    return text


def shown(value: object) -> str:
    """`value` as a message shows it: quoted, escaped, cut."""
    text = repr(value)[:200] if isinstance(value, (str, int, float, bool)) or value is None else kind(value)
    return text if len(text) <= 80 else text[:77] + "..."


def kind(value: object) -> str:
    """What a JSON value is, for people."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "a truth value"
    return "a text" if isinstance(value, str) else "a number"
