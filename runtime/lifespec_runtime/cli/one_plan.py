"""The one plan that a measuring command works on: a spec's in one environment, or a canonical document's."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, NoReturn

import click

from lifespec_compiler.pipeline import Planned, all_project_findings, plan_all
from lifespec_compiler.plan import Plan, plan_canonical
from lifespec_runtime.local.plain import read_file
from lifespec_runtime.local.workspace import Workspace, open_workspace
from lifespec_schema.findings import Severity
from lifespec_schema.loader.escape import show_value

from . import options
from .exit_codes import ExitCode


class Chosen(NamedTuple):
    """A plan, and the folder of its spec, where its data may lie; a canonical document has none."""

    plan: Plan
    folder: Path | None
    files: Mapping[str, bytes] = MappingProxyType({})
    """What was read, by the names that places give them; of a canonical document nothing."""
    namespace: str = ""
    """The namespace as the spec writes it, whatever the environment makes of it; empty for a canonical document."""
    root: Path = Path()
    """The folder that places are relative to."""


def one_plan(spec: str, environment: str | None) -> Chosen:
    """The plan of `spec` in an environment: the one named, else that in which models are trained.

    Errors are printed, and end the process.
    """
    document = _canonical(spec)
    if document is not None:
        return _from_canonical(document, spec)
    found, names = _planned(spec, environment)
    if len(found) != 1:
        listed = ", ".join(names)
        raise click.UsageError(f"name one spec; here are {listed}" if listed else "there is no spec here")
    return found[0]


def all_plans(spec: str, environment: str | None) -> list[Chosen]:
    """The plans of all specs under `spec`, each as `one_plan` has it. Errors are printed, and end the process."""
    document = _canonical(spec)
    found = [_from_canonical(document, spec)] if document is not None else _planned(spec, environment)[0]
    if not found:
        raise click.UsageError("there is no spec here")
    return found


def _planned(spec: str, environment: str | None) -> tuple[list[Chosen], list[str]]:
    """What was planned of the specs under `spec`, and their files."""
    workspace = open_workspace((spec,))
    names = (environment,) if environment else ()
    options.check_environments(workspace, names)
    findings = [*workspace.findings, *all_project_findings(workspace.project)]
    planned = plan_all(workspace.bundles, workspace.project, names) if workspace.project else []
    findings += [finding for item in planned for finding in item.findings]
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if errors:
        options.print_findings(errors, workspace, err=True)
        sys.exit(options.exit_code(errors, Severity.ERROR))
    with_plans = [item for item in planned if item.plans]
    return [_chosen(workspace, item) for item in with_plans], [item.bundle.lifecycle.file for item in with_plans]


def _chosen(workspace: Workspace, item: Planned) -> Chosen:
    folder = workspace.root / Path(item.bundle.lifecycle.file).parent
    written: Any = item.bundle.lifecycle.value
    return Chosen(_training(item.plans), folder, workspace.files, written["metadata"]["namespace"], workspace.root)


def _training(plans: list[Plan]) -> Plan:
    """The plan of the environment in which triggers run: the one that the spec says, else the last."""
    said = plans[-1].spec.retraining.environment if plans[-1].spec.retraining else None
    return next((plan for plan in plans if plan.environment == said), plans[-1])


def _canonical(spec: str) -> dict[str, Any] | None:
    """The document of a file that holds a canonical lifecycle as JSON, as it is mounted into Jobs; else None."""
    if not spec.endswith(".json"):
        return None
    try:
        document = json.loads(read_file(Path(spec)))
    except (OSError, ValueError, RecursionError):
        return None
    body = document.get("spec") if isinstance(document, dict) else None
    return document if isinstance(body, dict) and "platform" in body else None


def _from_canonical(document: dict[str, Any], spec: str) -> Chosen:
    plan, problems = plan_canonical(document)
    if plan is None:
        _refuse(f"{show_value(spec)} is no canonical lifecycle: {'; '.join(problem.message for problem in problems)}")
    return Chosen(plan, None)


def _refuse(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(ExitCode.USAGE)
