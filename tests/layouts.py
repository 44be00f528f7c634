"""YAML as people might lay it out, for tests that edit files: everything else has to stay as it was."""

from __future__ import annotations

import json
import re
from random import Random
from typing import Any


class Writer:
    """Writes a value as people might: any indent, block or flow, any quotes, comments wherever one may stand."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.comments = 0
        self.newline = random.choice(["\n", "\n", "\r\n"])

    def chance(self) -> bool:
        return self.random.random() < 0.5

    def comment(self) -> str:
        if not self.chance():
            return ""
        self.comments += 1
        return f"{self.random.choice([' ', '   '])}# {self.comments} # {{[, 'x'"

    def scalar(self, value: Any) -> str:
        if not isinstance(value, str):
            return json.dumps(value)
        is_typed = re.fullmatch(r"true|false|null|0x[0-9a-f]+", value)
        plain = re.fullmatch(r"[a-z%0-9äb ]*[a-zä%]", value) and value[0] != " " and not is_typed
        styles = [
            json.dumps(value, ensure_ascii=False),
            "'" + value.replace("'", "''") + "'",
            *([value] if plain else []),
        ]
        return self.random.choice(styles)

    def flow(self, value: Any) -> str:
        gap = self.random.choice(["", " "])
        if isinstance(value, dict):
            inner = [f"{self.scalar(key)}: {self.flow(value[key])}" for key in value]
        elif isinstance(value, list):
            inner = [self.flow(item) for item in value]
        else:
            return self.scalar(value)
        comma = "," if inner and self.chance() else ""
        ends = "{}" if isinstance(value, dict) else "[]"
        return f"{ends[0]}{gap}{self.random.choice([', ', ',  ']).join(inner)}{comma}{gap}{ends[1]}"

    def block(self, value: Any, indent: int) -> list[str]:
        """The lines of a mapping or a list that is not empty."""
        lines = []
        entries = value.items() if isinstance(value, dict) else [(None, item) for item in value]
        for key, item in entries:
            if self.chance():
                lines.append(" " * indent + self.comment().strip())
            head = " " * indent + (f"{self.scalar(key)}:" if key is not None else "-")
            if not isinstance(item, (dict, list)) or not item or self.chance():
                lines.append(f"{head} {self.flow(item)}{self.comment()}")
                continue
            deeper = indent + self.random.randint(1, 4)
            inner = self.block(item, deeper)
            compact = key is None and inner[0].strip() and not inner[0].strip().startswith("#") and deeper > indent + 1
            if compact and self.chance():
                lines.append(head + inner[0][indent + 1 :])
                lines += inner[1:]
            else:
                lines += [head + self.comment(), *inner]
        return lines

    def text(self, value: dict[str, Any]) -> str:
        end = self.newline if self.chance() else ""
        return self.newline.join(self.block(value, 0)) + end


def comments(text: str) -> set[str]:
    """The comments that a `Writer` wrote."""
    return set(re.findall(r"# \d+ # ", text))
