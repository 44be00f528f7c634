"""From views to HTML: one place where users' words are made harmless, and a policy that forbids everything else."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib import resources
from typing import Any, Final

import jinja2

from lifespec_runtime.drawing.colours import colours
from lifespec_runtime.drawing.markup import Markup, escape
from lifespec_schema.loader.escape import show_value

_ENDS: Final = re.compile(r"([-_.,=/\]])(?=\w)")
_FOLDERS: Final = re.compile(r"(/)(?=\w)")
_QUOTED: Final = re.compile(r"`([^`]+)`")
PACKAGE: Final = "lifespec_runtime.measure.pages"


def render(template: str, **values: object) -> str:
    """A page: every value that is no markup is escaped, on one line, without anything invisible, and cut."""
    style = _style()
    html = _environment().get_template(template).render(style=Markup(style), policy=policy(style), **values)
    return "\n".join(line.rstrip() for line in html.splitlines() if line.strip()) + "\n"


def policy(style: str) -> str:
    """The content security policy of a page with this style: nothing is loaded, run, sent or framed."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(PACKAGE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_harmless,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    environment.globals["said"] = said
    environment.globals["breakable"] = breakable
    return environment


def said(words: str) -> Markup:
    """A sentence of ours, with names of users in it, as messages have them: between backticks they are code."""
    written = " ".join(str(escape(show_value(word))) for word in words.split(" "))
    return Markup(_QUOTED.sub(r"<code>\1</code>", written))


def breakable(name: str, *, file: bool = False) -> Markup:
    """A name that may be broken where one of its words ends, or a folder of a file's, rather than anywhere."""
    ends = _FOLDERS if file else _ENDS
    return Markup(ends.sub(r"\1<wbr>", str(escape(show_value(name)))))


def _harmless(value: Any) -> Any:
    """What a template writes: markup as it is, texts with escapes for what does not print."""
    if hasattr(value, "__html__"):
        return value
    return show_value(str(value))


@cache
def _style() -> str:
    text = colours() + resources.files(PACKAGE).joinpath("templates", "style.css").read_text("utf-8")
    # Blank lines would be taken out of the page, and the hash is of what is in it.
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())
