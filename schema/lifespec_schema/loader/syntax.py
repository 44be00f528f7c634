"""What libyaml says about broken text, in words that help."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yaml import MarkedYAMLError, YAMLError

from lifespec_schema.findings import Place, Span
from lifespec_schema.loader.report import START, Position, Report
from lifespec_schema.loader.text import source_lines

if TYPE_CHECKING:
    from yaml.error import Mark

_TAB = "a tab stands where only spaces may"
_TAB_HELP = "indent with spaces"
_INDENT_HELP = "give all keys of a mapping, and all items of a list, the same indentation"
_CLOSE_HELP = "close every bracket, and put a comma between the items"
_ESCAPE_HELP = (
    r"valid are \n \t \r \0 \a \b \e \f \v \\ \" \/ \N \_ \L \P, \x41, \u0041 and \U0001F600; "
    "single quotes take a backslash as it is"
)
_DIRECTIVE_HELP = "remove the line: all files are read as YAML 1.2; quote a value that starts with %"

_ADVICE: Final[dict[str, tuple[str, str]]] = {
    "mapping values are not allowed in this context": (
        "a key and a colon cannot stand here",
        "quote the value if the colon belongs to it; check the indentation if it starts a mapping",
    ),
    "could not find expected ':'": (
        "this line is no `key: value`",
        "add the colon, or indent the line to continue the value above",
    ),
    "found character that cannot start any token": (
        "a value cannot start with this character",
        "quote the value",
    ),
    "found a tab character that violates indentation": (_TAB, _TAB_HELP),
    "found a tab character where an indentation space is expected": (_TAB, _TAB_HELP),
    "found unexpected end of stream": ("this quote is never closed", "close the quoted text"),
    "found unexpected document indicator": (
        "--- or ... ends the document inside a quoted text",
        "close the quote, or indent the line",
    ),
    "did not find expected key": ("a key was expected here", _INDENT_HELP),
    "did not find expected '-' indicator": ("a list item (`- `) was expected here", _INDENT_HELP),
    "did not find expected ',' or ']'": ("the list in [ ] does not go on or end here", _CLOSE_HELP),
    "did not find expected ',' or '}'": ("the mapping in { } does not go on or end here", _CLOSE_HELP),
    "did not find expected node content": (
        "a value was expected here",
        "write the value, or quote it if it starts with this character",
    ),
    "did not find expected <document start>": (
        "a new document cannot start here",
        "separate documents by a line of ---",
    ),
    "did not find expected alphabetic or numeric character": (
        "this is no name of an anchor or an alias",
        "quote the value if it starts with * or &",
    ),
    "found unknown escape character": ("this escape does not exist", _ESCAPE_HELP),
    "found invalid Unicode character escape code": (
        "this escape is no character",
        r"write the character itself, or \U and eight digits instead of two surrogates",
    ),
    "did not find expected hexdecimal number": ("this escape needs more hexadecimal digits", _ESCAPE_HELP),
    "block sequence entries are not allowed in this context": (
        "a list item cannot start here",
        "put `- ` on a line of its own",
    ),
    "mapping keys are not allowed in this context": ("a key cannot stand here", _INDENT_HELP),
    "did not find expected comment or line break": (
        "nothing but a comment may follow here",
        "put the text on the next line, indented",
    ),
    "found unexpected ':'": ("a colon cannot stand in this text", "quote the text"),
    "found incompatible YAML document": ("this document asks for another YAML version", _DIRECTIVE_HELP),
    "found unknown directive name": ("this directive is not known", _DIRECTIVE_HELP),
    "found duplicate %YAML directive": ("a second %YAML directive", _DIRECTIVE_HELP),
    "found duplicate %TAG directive": ("a second %TAG directive", _DIRECTIVE_HELP),
    "found undefined tag handle": ("this tag is not declared", "remove the tag"),
}
_DIRECTIVE_CONTEXTS = frozenset(
    ("while scanning a directive", "while scanning a %YAML directive", "while parsing a %TAG directive"),
)


def report_syntax_error(error: YAMLError, document: int, data: bytes, report: Report) -> None:
    """Add the finding for the error with which the parser gave up in `document`; `data` is what it read."""
    if not isinstance(error, MarkedYAMLError):
        report.add("yaml-syntax", "the text is not YAML", Position(START, document), "save the file as UTF-8 text")
        return
    problem = error.problem or "the text is not YAML"
    message, help_ = _ADVICE.get(problem, (problem, "see https://yaml.org/spec/1.2.2/ for what may stand here"))
    lines = source_lines(data)
    span = _span(error.problem_mark, lines)
    context = _span(error.context_mark, lines)
    if problem == "found unexpected end of stream" and error.context_mark:
        # The end of the file says nothing; the quote that opens the text does.
        span = context
    if lines[span.line - 1][span.column - 1 : span.column] == "\t" and "start any token" in problem:
        message, help_ = _TAB, _TAB_HELP
    rule = "yaml-syntax"
    if error.context in _DIRECTIVE_CONTEXTS or help_ is _DIRECTIVE_HELP:
        rule, help_ = "yaml-directive", _DIRECTIVE_HELP
    elif "tag" in problem or error.context == "while scanning a tag":
        rule = "yaml-tag"
    related: tuple[tuple[str, Place], ...] = ()
    if error.context and error.context_mark and context != span:
        related = ((error.context, Place(report.file, document=document, span=context)),)
    report.add(rule, message, Position(span, document), help_, related=related)


def _span(mark: Mark | None, lines: list[str]) -> Span:
    """Return the character at the mark, moved back into the text if the mark lies behind its end."""
    if mark is None:
        return START
    line = min(mark.line, len(lines) - 1)
    column = min(mark.column, len(lines[line])) if line == mark.line else len(lines[line])
    return Span(line + 1, column + 1, line + 1, min(column + 1, len(lines[line])) + 1)
