"""What the tests of the rules share: a small sound spec, patches on it, and lint from bytes to located findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from datetime import date
from pathlib import Path as FilePath
from typing import Any, NamedTuple

import pytest
import yaml

from lifespec_compiler.plan import Plan, assemble, environments, parse, plan
from lifespec_compiler.rules import RULES, Context, Rule, State, engine, severities
from lifespec_schema.findings import Finding, Path
from lifespec_schema.loader import locate

BASE = FilePath(__file__).with_name("base.yaml")
TODAY = date(2026, 11, 21)


class Support(NamedTuple):
    """What the target of the tests does with a field."""

    state: State
    on: str = ""


class Target(NamedTuple):
    """A target that honours all fields but those under a few paths."""

    not_honoured: tuple[Path, ...] = ()
    pending: tuple[Path, ...] = ()

    def support(self, path: Path, /) -> Support:
        if any(path[: len(start)] == start for start in self.not_honoured):
            return Support("not-honoured")
        if any(path[: len(start)] == start for start in self.pending):
            return Support("pending", "engine")
        return Support("honoured")


SLOS: Path = ("spec", "monitoring", "slos")
BUDGET: Path = ("spec", "experiments", "budget")
CONTEXT = Context(chosen={"kubernetes": Target((SLOS,), (BUDGET,))}, others={"prometheus": Target((), ())})


class Linted(NamedTuple):
    """What came of one file: its plans and what the rules found, with lines and columns."""

    plans: list[Plan]
    findings: list[Finding]

    def of(self, *rules: str) -> list[Finding]:
        return [finding for finding in self.findings if finding.rule in rules]


def lint_text(
    text: str,
    *,
    name: str = "spec.yaml",
    context: Context = CONTEXT,
    rules: Mapping[str, Rule] = RULES,
    today: date = TODAY,
) -> Linted:
    """Lint the one lifecycle of a file, which may hold its project too."""
    files = {name: text.encode()}
    documents, problems = parse(files)
    has_project = "kind: LifespecProject" in text
    bundles, project, wrong = assemble(documents, name if has_project else None)
    assert problems + wrong == []
    assert project
    assert len(bundles) == 1
    made = [plan(bundles[0], project, environment) for environment in environments(project)]
    assert [finding for _, findings in made for finding in findings] == []
    plans = [each for each, _ in made if each]
    own, unknown = severities(project)
    context = context._replace(severities={**context.severities, **own})
    findings = engine.lint_lifecycle(rules, plans, context, today)
    return Linted(plans, locate([*findings, *unknown], files))


def merged(base: Any, patch: Any) -> Any:
    """RFC 7396: mappings merge, lists and scalars replace, null deletes."""
    if not isinstance(base, dict) or not isinstance(patch, dict):
        return deepcopy(patch)
    result = {**base, **{key: merged(base.get(key, {}), value) for key, value in patch.items() if value is not None}}
    return {key: value for key, value in result.items() if key not in patch or patch[key] is not None}


MODEL = """
apiVersion: lifespec.dev/v1alpha1
kind: ModelVersion
metadata: {name: churn-17, namespace: growth}
spec:
  lifecycle: churn
  model: {uri: "s3://models/churn/17/", digest: "sha256:MODEL", format: onnx}
  trainedOn: {snapshot: "sha256:DATA"}
  producedBy: {commit: 4be1f7a}
""".replace("MODEL", "f" * 64).replace("DATA", "c" * 64)


def write_spec(
    patches: Sequence[Mapping[str, Any]],
    project: Mapping[str, Any] | None = None,
    model: Mapping[str, Any] | None = None,
) -> str:
    """The base spec with patches on `spec`, with a project file's `spec` and a model version's before it."""
    document = yaml.safe_load(BASE.read_text("utf-8"))
    for patch in patches:
        document = merged(document, {"spec": dict(patch)})
    text = yaml.safe_dump(document, sort_keys=False)
    if model is not None:
        version = merged(yaml.safe_load(MODEL), {"spec": dict(model)})
        text = yaml.safe_dump(version, sort_keys=False) + "---\n" + text
    if project is None:
        return text
    head = {"apiVersion": "lifespec.dev/v1alpha1", "kind": "LifespecProject", "spec": dict(project)}
    return yaml.safe_dump(head, sort_keys=False) + "---\n" + text


@pytest.fixture(scope="session")
def lint_file() -> Callable[..., Linted]:
    """`lint_file(text)` lints a file's text."""
    return lint_text


@pytest.fixture(scope="session")
def lint_spec() -> Callable[..., Linted]:
    """`lint_spec(patches, project, model)` lints the base spec with YAML patches on `spec`.

    A project's `spec` and a patch on a model version's `spec` are YAML too; without the latter there is no model.
    """

    def run(
        patches: str | Sequence[str] = "", project: str | None = None, model: str | None = None, **options: Any
    ) -> Linted:
        written = [yaml.safe_load(patch) or {} for patch in ([patches] if isinstance(patches, str) else patches)]
        platform = yaml.safe_load(project) if project is not None else None
        version = yaml.safe_load(model) if model is not None else None
        return lint_text(write_spec(written, platform, version), **options)

    return run
