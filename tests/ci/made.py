"""Plans for CI, and the files that the targets make of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from lifecycles import plans_of, project_of, small
from lifespec_compiler.emit.render import render_all
from lifespec_compiler.pipeline import Planned, compile_all
from lifespec_compiler.plan import Bundle, Plan
from lifespec_schema.loader import Document

SYSTEMS = ("github", "gitlab")
EVERYTHING = ("check-data", "run", "evaluate", "diff")
"""The commands that CI calls and that a later version of lifespec brings."""

RETRAINING = {
    "triggers": [
        {"name": "weekly", "schedule": "0 3 * * 1"},
        {"name": "spring", "schedule": "30 2 1 3-5 *", "timeZone": "Europe/Vienna"},
        {"name": "drifted", "monitor": "inputs"},
    ],
    "cooldown": "14d",
}


def project_for(ci: str, /, **changes: Any) -> dict[str, Any]:
    """A project file with this CI, in which CI trains."""
    spec = {
        "ci": ci,
        "runner": "ci",
        "repository": {"kind": ci, "url": "https://git.example.com/example/models", "branch": "main"},
        "defaults": {"artifacts": {"uri": "s3://ml-artifacts/", "secretRef": "artifacts"}},
        "environments": [{"name": "staging", "namespace": "{namespace}-staging"}, {"name": "production"}],
        **changes,
    }
    return {"apiVersion": "lifespec.dev/v1alpha1", "kind": "LifespecProject", "spec": spec}


def plans_for(project: dict[str, Any], *documents: dict[str, Any]) -> list[Plan]:
    """The plans of the specs in all environments; what is wrong with them fails the test."""
    found = []
    for document in documents or (small(retraining=RETRAINING),):
        plans, findings = plans_of(document, project_of(json.dumps(project)))
        assert plans, findings
        found += plans
    return found


def made_of(target: str, plans: Iterable[Plan]) -> dict[str, bytes]:
    """The files that compile would write for a target, by path from the repository's root."""
    planned = [Planned(Bundle(Document(plan.origins.file, 0, {}, 1)), [plan]) for plan in plans]
    manifests, _ = compile_all(planned, [target], shared=True)
    roots = {manifest.path: manifest.root for manifest in manifests}
    return {f"{roots[path]}/{path}": content for path, content in render_all(manifests).items()}


def strings(value: Any) -> Iterator[str]:
    """Every string in a document, keys included."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from strings(key)
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, str):
        yield value


def scripts(content: bytes) -> list[str]:
    """What a workflow, or a GitLab file, has a shell run."""
    document = yaml.safe_load(content)
    if "jobs" in document:
        steps = [step for job in document["jobs"].values() for step in job["steps"]]
        return [step["run"] for step in steps if "run" in step]
    jobs = [job for job in document.values() if isinstance(job, dict)]
    return ["\n".join([*job.get("before_script", []), *job["script"]]) for job in jobs]
