"""Holding a contract against the standard: every field known, of the right type, and there if required."""

from __future__ import annotations

from typing import Final

from lifespec_schema.findings import Path
from lifespec_schema.values.form import did_you_mean

from .nodes import Node
from .report import Report, kind, shown
from .standard import NODES, WORDS

_DEEPEST: Final = 100
"""Parts of a path. Nested properties add two each; nothing real comes near."""

_NAMES: Final = {
    "string": "a text",
    "integer": "a whole number",
    "natural": "a whole number, 0 or more",
    "positive": "a whole number, 1 or more",
    "number": "a number",
    "boolean": "`true` or `false`",
    "scalar": "a text, a number or a truth value",
    "object": "a mapping",
    "pair": "a list of two different numbers",
    "port": "a port number",
}


class Checker:
    """Walks a contract of one version of the standard and reports what is not as it should be."""

    def __init__(self, report: Report, *, newer: bool) -> None:
        self._report = report
        self._newer = newer
        """Whether 3.2.0 is spoken, not 3.1.0."""
        self.unused: list[Path] = []
        """Fields that ask something that lifespec does not do; those inside such a field are not listed."""

    def node(self, name: str, value: object, path: Path = (), *, quiet: bool = False) -> None:
        """Check a mapping; `quiet` where it lies inside a field that is listed as unused already."""
        node = NODES[name]
        if not isinstance(value, dict):
            self._wrong(value, path, node.what)
            return
        if len(path) > _DEEPEST:
            self._report.add("contract-too-deep", path, "the contract is nested too deeply", "flatten its properties")
            return
        parts = [node, *self._variants(node, value)]
        what = parts[-1].what
        # With a tag that is missing or wrong, which is reported at the tag, the other fields cannot be told.
        closed = not node.tag or len(parts) > 1
        for key, item in value.items():
            silent = quiet or _asks_nothing(key, item, value)
            if not self._known(key, item, (*path, key), parts, quiet=silent) and closed:
                self._unknown(key, (*path, key), parts)
        for part in parts:
            for required in part.required:
                field, _, until = required.partition("<")
                if field not in value and not (until and self._newer):
                    self._report.add(
                        "contract-missing-field",
                        (*path, field),
                        f"{what} must have `{field}`",
                        "the standard requires it",
                    )

    def _variants(self, node: Node, value: dict[str, object]) -> list[Node]:
        if not node.tag:
            return []
        tag = value.get(node.tag)
        if node.tag not in value:
            names = [node.untagged]
        else:
            known = isinstance(tag, str) and tag in self._words(node.used[node.tag][1:])
            names = [node.variants[str(tag)]] if known else []
        if node is NODES["Quality"] and "metric" in value and "LibraryRule" not in names:
            names.append("LibraryRule")  # A rule of any type that names a metric is a library rule as well.
        return [NODES[name] for name in names if name]

    def _known(self, key: str, value: object, path: Path, parts: list[Node], *, quiet: bool) -> bool:
        for part in parts:
            for fields in (part.used, part.described, part.unused):
                if key in fields:
                    wanted = fields[key].removeprefix("3.2:")
                    if wanted != fields[key] and not self._newer:
                        self._report.add(
                            "contract-unknown-field",
                            path,
                            f"`{key}` is not a field of {parts[-1].what} in ODCS 3.1.0",
                            "it is new in 3.2.0: write `apiVersion: v3.2.0`",
                        )
                        return True
                    unused = fields is part.unused
                    if unused and not quiet:
                        self.unused.append(path)
                    self._typed(wanted, value, path, quiet=quiet or unused)
                    return True
        return False

    def _unknown(self, key: str, path: Path, parts: list[Node]) -> None:
        if parts[0].open:
            self.unused.append(path)
            return
        names = [name for part in parts for fields in (part.used, part.described, part.unused) for name in fields]
        help_text = f"{did_you_mean(key, names)}what is not of the standard goes under `customProperties`"
        self._report.add(
            "contract-unknown-field", path, f"{shown(key)} is not a field of {parts[-1].what} in ODCS", help_text
        )

    def _typed(self, wanted: str, value: object, path: Path, *, quiet: bool) -> None:
        alternatives = wanted.split("|")
        if len(alternatives) > 1:
            shape = "[" if isinstance(value, list) else "{" if isinstance(value, dict) else ""
            wanted = next((item for item in alternatives if _shape(item) == shape), alternatives[0])
        if wanted.startswith("["):
            if not isinstance(value, list):
                self._wrong(value, path, "a list")
                return
            for index, item in enumerate(value):
                self._typed(wanted[1:-1], item, (*path, index), quiet=quiet)
        elif wanted in NODES:
            self.node(wanted, value, path, quiet=quiet)
        elif wanted.startswith("="):
            self._word(wanted[1:], value, path)
        elif not _fits(wanted, value, newer=self._newer):
            self._wrong(value, path, _NAMES[wanted])

    def _word(self, name: str, value: object, path: Path) -> None:
        words = self._words(name)
        if value in words:
            return
        if f"3.2:{value}" in WORDS[name]:
            help_text = "it is new in 3.2.0: write `apiVersion: v3.2.0`"
        else:
            help_text = f"{did_you_mean(value, words)}one of {', '.join(words)}"
        self._report.add("contract-bad-value", path, f"`{path[-1]}` cannot be {shown(value)}", help_text)

    def _words(self, name: str) -> list[str]:
        return [word.removeprefix("3.2:") for word in WORDS[name] if self._newer or not word.startswith("3.2:")]

    def _wrong(self, value: object, path: Path, wanted: str) -> None:
        message = f"{kind(value)} where {wanted} is wanted"
        help_text = "write it in quotes" if wanted == "a text" and isinstance(value, (int, float)) else ""
        self._report.add("contract-wrong-type", path, message, help_text)


def _asks_nothing(key: str, value: object, parent: dict[str, object]) -> bool:
    """Whether a field says what holds without it, so that it is no loss when it has no effect."""
    if key == "physicalName":
        return value == parent.get("name")
    return value is False or value in (-1, [], {})


def _shape(wanted: str) -> str:
    if wanted.startswith("["):
        return "["
    return "{" if wanted in NODES or wanted == "object" else ""


def _fits(wanted: str, value: object, *, newer: bool) -> bool:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    whole = number and float(value).is_integer() if isinstance(value, (int, float)) and abs(value) < 1e300 else False
    match wanted:
        case "any":
            return True
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "number":
            return number
        case "integer":
            return whole
        case "natural" | "positive":
            return whole and isinstance(value, (int, float)) and value >= (1 if wanted == "positive" else 0)
        case "port":
            return whole or (newer and isinstance(value, str))
        case "scalar":
            return not isinstance(value, (dict, list))
        case "pair":
            return _is_pair(value)
        case _:
            return isinstance(value, dict)


def _is_pair(value: object) -> bool:
    if not isinstance(value, list) or len(value) != 2 or value[0] == value[1]:
        return False
    return all(isinstance(item, (int, float)) and not isinstance(item, bool) for item in value)
