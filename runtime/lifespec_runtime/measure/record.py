"""The record of a measuring run: what was found, of what, and nothing about when or by whom."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import quote

from lifespec_compiler.plan import Plan
from lifespec_compiler.plan.hashes import digest
from lifespec_compiler.targets.kubernetes.names import joined
from lifespec_schema.records.report import (
    Input,
    LifecycleReport,
    LifecycleReportSpec,
    Measurement,
    Window,
)
from lifespec_schema.records.types import RecordMetadata, Revision
from lifespec_schema.values.identifiers import OBJECT_PATTERN

NOWHERE: Final = "00000000-0000-0000-0000-000000000000"
"""In place of a lifecycle's UID: this was measured outside of the cluster."""

MOST: Final = 512
"""The measurements that a report has room for."""

API_VERSION: Final = "lifespec.dev/v1alpha1"

_NAMED: Final = re.compile(OBJECT_PATTERN, re.ASCII)
_KEPT: Final = "".join(map(chr, range(0x21, 0x7F)))
_LONGEST_URI: Final = 480

Tier = Literal["offline", "shadow", "online", "monitor", "data"]


class TooManyError(Exception):
    """More was measured than a report has room for."""


def lifecycle_report(
    plan: Plan,
    *,
    tier: Tier,
    measurements: Iterable[Measurement],
    inputs: Iterable[Input] = (),
    revision: Revision | None = None,
    stable: Revision | None = None,
    window: Window | None = None,
    stream: str | None = None,
) -> LifecycleReport:
    """The report of a lifecycle, as it is written to a file.

    The name is the same for the same contents, or within a stream the same for all of a tier. Raises `TooManyError`.
    """
    measured = tuple(measurements)
    if len(measured) > MOST:
        raise TooManyError(f"{len(measured):,} values were measured, and a report has room for {MOST}")
    spec = LifecycleReportSpec(
        lifecycle=plan.name,
        uid=NOWHERE,
        stream=stream,
        revision=revision,
        stable=stable,
        tier=tier,
        window=window,
        inputs=tuple(inputs),
        measurements=measured,
    )
    if stream is not None:  # a run's id has signs that no object's name has
        told = stream if _NAMED.fullmatch(stream) else _short({"stream": stream})
    else:
        told = _short(spec.model_dump(mode="json", by_alias=True, exclude_none=True))
    return _record(RecordMetadata(name=joined(plan.name, tier, told), namespace=plan.namespace), spec)


def _short(contents: dict[str, Any]) -> str:
    return digest(contents).removeprefix("sha256:")[:10]


def read_input(uri: str, digest: str) -> Input:
    """What was read, as reports name it: with a scheme, and without a user, a password or a signature.

    A file below the current folder is named from there, so that a report is the same on every machine.
    """
    whole = uri if "://" in uri else _of_a_file(Path(uri))
    scheme, _, rest = whole.partition("://")
    place, slash, path = rest.partition("/")
    path = path if scheme == "file" else path.partition("?")[0].partition("#")[0]
    shown = quote(f"{place.rpartition('@')[2]}{slash}{path}", safe=_KEPT)
    return Input(uri=f"{scheme.lower()}://{shown or '/'}"[:_LONGEST_URI], digest=digest)


def _of_a_file(path: Path) -> str:
    whole, here = path.absolute(), Path.cwd()
    return f"file://./{whole.relative_to(here).as_posix()}" if whole.is_relative_to(here) else whole.as_uri()


def identified(report: LifecycleReport, *, uid: str, name: str | None = None) -> LifecycleReport:
    """The report as it stands in the cluster: of the lifecycle with this UID, and under this name if one is given."""
    metadata = RecordMetadata(name=name or report.metadata.name, namespace=report.metadata.namespace)
    return _record(metadata, report.spec.model_copy(update={"uid": uid}))


def _record(metadata: RecordMetadata, spec: LifecycleReportSpec) -> LifecycleReport:
    document = {"apiVersion": API_VERSION, "kind": "LifecycleReport", "metadata": metadata, "spec": spec}
    return LifecycleReport.model_validate(document)
