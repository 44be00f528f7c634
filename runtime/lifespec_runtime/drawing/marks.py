"""Elements of SVG. Colours are classes: the page's style decides them, and its policy forbids inline styles."""

from __future__ import annotations

from collections.abc import Sequence

from lifespec_schema.loader.escape import show_value

from .markup import Markup, escape, joined

Point = tuple[float, float]


def mark(name: str, *children: str, **attributes: str | float) -> Markup:
    """An element; `class_` and `font_size` are written as SVG has them. Children that are no markup are escaped."""
    written = "".join(f' {_attribute(key)}="{escape(_value(value))}"' for key, value in attributes.items())
    inside = joined(child if isinstance(child, Markup) else text(child) for child in children)
    return Markup(f"<{name}{written}>{inside}</{name}>")


def text(words: str) -> Markup:
    """What people wrote: escaped, on one line, without anything invisible."""
    return escape(show_value(words))


def picture(width: float, height: float, title: str, description: str, *children: Markup, kind: str) -> Markup:
    """A whole picture with the words that stand for it where nobody sees it."""
    words = [mark("title", title), *([mark("desc", description)] if description else [])]
    box = f"0 0 {_number(width)} {_number(height)}"
    more = {"preserveAspectRatio": "none"} if kind == "stack" else {}
    return mark("svg", *words, *children, class_=kind, viewBox=box, role="img", **more)


def line(start: Point, end: Point, kind: str) -> Markup:
    """A straight line."""
    return mark("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], class_=kind)


def path(points: Sequence[Point], kind: str, *, closed: bool = False) -> Markup:
    """A line through points."""
    drawn = " L".join(f"{_number(x)} {_number(y)}" for x, y in points)
    return mark("path", d=f"M{drawn}{'Z' if closed else ''}", class_=kind)


def rectangle(corner: Point, size: tuple[float, float], kind: str) -> Markup:
    """A rectangle from its upper left corner; one without height or width is not drawn by browsers."""
    return mark("rect", x=corner[0], y=corner[1], width=max(0.0, size[0]), height=max(0.0, size[1]), class_=kind)


def label(at: Point, words: str, kind: str, anchor: str = "middle") -> Markup:
    """Words at a point; the anchor is `start`, `middle` or `end`."""
    return mark("text", words, x=at[0], y=at[1], class_=kind, text_anchor=anchor)


def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _value(value: str | float) -> str:
    return value if isinstance(value, str) else _number(value)


def _number(value: float) -> str:
    """To a hundredth of a pixel: the same bytes wherever the last bits of a number differ."""
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written
