"""Names, versions, digests, addresses and patterns."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import LiteralString

from .form import Info, refuse, shown, text

NAME_PATTERN = r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?"
LABEL_PATTERN = r"[a-z0-9]([a-z0-9-]{0,50}[a-z0-9])?"
OBJECT_PATTERN = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*"
STREAM_PATTERN = r"[A-Za-z0-9]([A-Za-z0-9@:._-]{0,318}[A-Za-z0-9])?"
"""Wider than the name of an object: a run's id is its trigger's name, `@`, and what made it fire."""
COLUMN_PATTERN = r"[A-Za-z_][A-Za-z0-9_ -]{0,126}"
REFERENCE_PATTERN = r"([A-Za-z0-9][A-Za-z0-9_.-]{0,62}\.)?[A-Za-z_][A-Za-z0-9_ -]{0,126}"
ENVIRONMENT_VARIABLE_PATTERN = r"[A-Za-z_][A-Za-z0-9_]{0,127}"
DIGEST_PATTERN = r"sha256:[0-9a-f]{64}"
_IMAGE_PART = r"[a-z0-9]+((\.|__?|-+)[a-z0-9]+)*"
IMAGE_PATTERN = (  # a registry with its port, folders and a name, a tag for people, and the digest that counts
    rf"{_IMAGE_PART}(:[0-9]{{1,5}}/{_IMAGE_PART})?(/{_IMAGE_PART})*"
    r"(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?@sha256:[0-9a-f]{64}"
)
URI_PATTERN = r"[a-z][a-z0-9+.-]{1,20}://[!-~]{1,480}"
_HOST_PART = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
URL_PATTERN = rf"https?://{_HOST_PART}(\.{_HOST_PART})*(:[0-9]{{1,5}})?(/[!-~]{{0,400}})?"
EMAIL_PATTERN = r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"
HTTP_PATH_PATTERN = r"/|(/\.*[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+/?"
"""No part of a path is empty, or made of dots alone: `//host/` would be another host, `/../` another path."""
FILE_PATTERN = r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*"
FOLDER_PATTERN = rf"{FILE_PATTERN}/?"
HEADER_PATTERN = r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?"
VERSION_PATTERN = (
    r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)"
    r"(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?"
)
COMMIT_PATTERN = r"[0-9a-f]{7,64}"


def _match(value: object, pattern: str, code: LiteralString, what: str, example: str, limit: int = 253) -> str:
    if isinstance(value, str) and _matches(value, pattern, limit):
        return value
    written = text(value, code, what, example, limit)
    raise refuse(code, f"{shown(written)} is not {what}", f"for example `{example}`")


@lru_cache(maxsize=8192)  # the same few names come again and again, in one spec and in all specs of a team
def _matches(written: str, pattern: str, limit: int) -> bool:
    return len(written) <= limit and bool(_compiled(pattern).fullmatch(written))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


def name(value: object, info: Info) -> str:  # noqa: ARG001 - every validator has this signature
    """A name that other parts of the spec may refer to: letters, digits, `-`, `_` and `.`, at most 63."""
    return _match(value, NAME_PATTERN, "bad-name", "a name of letters, digits, `-`, `_` and `.`", "first-step", 63)


def label(value: object, info: Info) -> str:  # noqa: ARG001
    """A DNS-1123 label of at most 52 characters, so that the names of children fit into Kubernetes' 63."""
    return _match(value, LABEL_PATTERN, "bad-name", "a lower-case DNS label of at most 52 characters", "churn", 52)


def object_name(value: object, info: Info) -> str:  # noqa: ARG001
    """The name of an object in the cluster, for instance of a Secret: a DNS-1123 subdomain."""
    return _match(value, OBJECT_PATTERN, "bad-name", "the name of a Kubernetes object", "lake-reader")


def stream(value: object, info: Info) -> str:  # noqa: ARG001
    """What a decision is about: the name of a rollout, or the id of a run."""
    what, example = "the name of a rollout or the id of a run", "weekly@20261102T0300Z"
    return _match(value, STREAM_PATTERN, "bad-name", what, example, 320)


def column(value: object, info: Info) -> str:  # noqa: ARG001
    """The name of a column in a source or a log."""
    return _match(value, COLUMN_PATTERN, "bad-name", "the name of a column", "tenure_months", 127)


def reference(value: object, info: Info) -> str:  # noqa: ARG001
    """A column, as `source.column`, or bare where it is unique over the sources."""
    return _match(value, REFERENCE_PATTERN, "bad-reference", "a column or a source.column", "customers.tenure", 191)


def environment_variable(value: object, info: Info) -> str:  # noqa: ARG001
    """The name of an environment variable."""
    return _match(
        value, ENVIRONMENT_VARIABLE_PATTERN, "bad-name", "the name of an environment variable", "LOG_LEVEL", 128
    )


def digest(value: object, info: Info) -> str:  # noqa: ARG001
    """A SHA-256 digest."""
    return _match(
        value,
        DIGEST_PATTERN,
        "bad-digest",
        "a digest: `sha256:` and 64 lower-case hex digits",
        "sha256:<64 hex digits>",
    )


def image(value: object, info: Info) -> str:  # noqa: ARG001
    """A container image by digest; a tag can be moved, so a tag alone is refused."""
    written = text(value, "bad-image", "an image", "registry.example.com/churn@sha256:<64 hex digits>", 270)
    if not _compiled(IMAGE_PATTERN).fullmatch(written):
        scheme, colons, rest = written.partition("://")
        help_text = "write `name@sha256:` and 64 hex digits; a registry prints them at each push"
        if colons:
            hint = f"did you mean `{rest}`? " if _compiled(IMAGE_PATTERN).fullmatch(rest) else ""
            raise refuse("bad-image", f"an image has no scheme; this one has {shown(scheme)}", f"{hint}{help_text}")
        reason = "has no digest: a tag can be moved" if "@" not in written else "is not an image by digest"
        raise refuse("bad-image", f"{shown(value)} {reason}", help_text)
    return written


def uri(value: object, info: Info) -> str:  # noqa: ARG001
    """An address with a scheme: `s3://bucket/folder/`."""
    return _match(value, URI_PATTERN, "bad-uri", "a URI with a scheme", "s3://lake/customers/", 512)


def url(value: object, info: Info) -> str:  # noqa: ARG001
    """An http or https address."""
    return _match(value, URL_PATTERN, "bad-uri", "an http or https address", "http://prometheus.monitoring:9090", 512)


def email(value: object, info: Info) -> str:  # noqa: ARG001
    """An e-mail address."""
    return _match(value, EMAIL_PATTERN, "bad-email", "an e-mail address", "growth-ml@example.com")


def http_path(value: object, info: Info) -> str:  # noqa: ARG001
    """The path of an HTTP endpoint."""
    return _match(value, HTTP_PATH_PATTERN, "bad-path", "the path of an HTTP endpoint", "/v2/health/ready", 201)


def file(value: object, info: Info) -> str:  # noqa: ARG001
    """A file of the repository, relative to the spec, without `..`."""
    return _match(
        value,
        FILE_PATTERN,
        "bad-path",
        "a relative path inside the repository, without `..`",
        "contracts/customers.odcs.yaml",
    )


def folder(value: object, info: Info) -> str:  # noqa: ARG001
    """A folder of the repository, relative to its root, without `..`; a slash may stand at its end."""
    return _match(value, FOLDER_PATTERN, "bad-path", "a folder inside the repository, without `..`", "generated/")


def header(value: object, info: Info) -> str:  # noqa: ARG001
    """The name of an HTTP header, in lower case."""
    return _match(value, HEADER_PATTERN, "bad-name", "the lower-case name of an HTTP header", "x-user-bucket", 64)


def version(value: object, info: Info) -> str:  # noqa: ARG001
    """A semantic version (semver 2.0.0)."""
    return _match(value, VERSION_PATTERN, "bad-version", "a semantic version", "2.1.0", 64)


def commit(value: object, info: Info) -> str:  # noqa: ARG001
    """A Git commit, by hash."""
    return _match(value, COMMIT_PATTERN, "bad-commit", "a Git commit hash", "4be1f7a", 64)


def pattern(value: object, info: Info) -> str:  # noqa: ARG001
    """A regular expression that RE2 reads."""
    from .patterns import LONGEST, BadPatternError, judge  # most specs have no pattern

    written = text(value, "bad-pattern", "a regular expression", "[A-Z]{2}[0-9]+", LONGEST)
    try:
        judge(written)
    except BadPatternError as error:
        raise refuse(
            "bad-pattern",
            f"{shown(written)} is not a regular expression of RE2: {error}",
            "RE2 has no look-around and no back-references; a backslash before a sign makes it an ordinary one",
        ) from None
    return written
