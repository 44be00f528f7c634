"""What a checkout of the repository says about a ledger: the plan of today, and where its bounds are written."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from lifespec_compiler.pipeline import plan_all
from lifespec_compiler.plan import Plan, exists
from lifespec_runtime.local.commits import Commit, UnknownCommitError, introduced
from lifespec_runtime.local.workspace import open_workspace
from lifespec_schema.findings import Finding, Severity
from lifespec_schema.findings import Path as SpecPath
from lifespec_schema.loader import locate

from .record import Subject

GENERATED: Final = "generated/"
_PART: Final = re.compile(r"\[([0-9]+)\]|([^.\[\]]+)")


class Checkout(NamedTuple):
    """The spec of a ledger's lifecycle as it is here."""

    root: Path
    plan: Plan | None
    files: Mapping[str, bytes]
    output: str
    """The folder of compiled manifests, from the root."""
    unknown: str = ""
    """Why there is no plan."""


class Place(NamedTuple):
    """Where something is written."""

    file: str
    """From the current folder."""
    line: int
    column: int


def checkout(subject: Subject, paths: Sequence[str], hashes: Sequence[str]) -> Checkout:
    """The spec of a lifecycle among those that `paths` name, or the project's.

    Where several environments have the same namespace, that whose plan was in force last: `hashes` has the plans of
    the ledger, the oldest first.
    """
    workspace = open_workspace(paths)
    project = workspace.project
    output = project.value.spec.output if project else GENERATED
    empty = Checkout(workspace.root, None, workspace.files, output)
    if project is None:
        return empty._replace(unknown="the project file is broken: `lifespec lint` says how")
    bundles = [bundle for bundle in workspace.bundles if bundle.name == subject.name]
    plans = [made for planned in plan_all(bundles, project) for made in planned.plans]
    plans = [plan for plan in plans if plan.namespace == subject.namespace]
    if not plans:
        broken = "its spec here is broken: `lifespec lint` says how" if bundles else "there is no spec of it here"
        return empty._replace(unknown=broken)
    known = {found: number for number, found in enumerate(hashes)}
    return empty._replace(plan=max(plans, key=lambda plan: known.get(plan.hashes.plan, -1)))


def places(found: Checkout, written: Sequence[str]) -> dict[str, Place]:
    """Where the bounds at these paths are written, by path; what is no longer there is left out."""
    plan = found.plan
    if plan is None or not written:
        return {}
    paths = {text: path(text) for text in dict.fromkeys(written) if exists(plan.values, path(text))}
    findings = [Finding("", Severity.INFO, "", plan.origins.place(each)) for each in paths.values()]
    located = {}
    for text, finding in zip(paths, locate(findings, found.files), strict=True):
        if finding.place.span is not None and finding.place.file in found.files:
            file = os.path.relpath(found.root / finding.place.file)
            located[text] = Place(file, finding.place.span.line, finding.place.span.column)
    return located


def path(text: str) -> SpecPath:
    """The path that a text such as `spec.rollout.guards[0].max` spells."""
    return tuple(int(index) if index else key for index, key in _PART.findall(text))


class PlanNote(NamedTuple):
    """What is known here of a plan that decisions were made by."""

    is_here: bool | None
    """Whether it is that of the checkout; None: there is no plan here to compare with."""
    commit: Commit | None
    unknown: str = ""
    """Why the commit is not known."""


def notes(found: Checkout, hashes: Sequence[str]) -> Mapping[str, PlanNote]:
    """By plan hash: whether it is the checkout's, and the commit that brought it among the compiled manifests."""
    noted = {}
    for each in dict.fromkeys(hashes):
        is_here = found.plan.hashes.plan == each if found.plan else None
        try:
            noted[each] = PlanNote(is_here, introduced(each, found.root, found.output))
        except UnknownCommitError as error:
            noted[each] = PlanNote(is_here, None, str(error))
    return MappingProxyType(noted)
