"""What must hold for any bytes, as functions that a fuzzer calls and that raise AssertionError where it does not."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from types import SimpleNamespace
from typing import Any, Self
from zlib import crc32

import yaml

from lifespec_compiler.codes import CODES as COMPILER_CODES
from lifespec_compiler.emit.render import render
from lifespec_compiler.emit.yaml import to_yaml
from lifespec_compiler.manifest import Manifest
from lifespec_compiler.pipeline import Planned, compile_one, compile_shared
from lifespec_compiler.plan import Plan, assemble, environments, parse, plan, plan_canonical
from lifespec_compiler.rules import RULES, Context, lint_lifecycle
from lifespec_compiler.targets import TARGETS
from lifespec_schema.codes import CODES as SCHEMA_CODES
from lifespec_schema.findings import Finding, Severity
from lifespec_schema.loader import builder, locate, read, source_lines
from lifespec_schema.loader.limits import MAX_EVENTS, MAX_FINDINGS, MAX_NODES

TODAY = date(2026, 11, 21)
CODES = {*SCHEMA_CODES, *COMPILER_CODES, *RULES}
SPEC, PROJECT_FILE = "specs/churn/lifecycle.yaml", "lifespec.yaml"
PROJECT = b"""\
apiVersion: lifespec.dev/v1alpha1
kind: LifespecProject
spec:
  repository: {kind: github, url: "https://github.com/example/models", branch: main, secretRef: models-writer}
  defaults: {artifacts: {uri: "s3://ml-artifacts/", secretRef: artifacts}}
  environments:
    - name: production
      gateway: {name: edge, namespace: gateways, hostname: "{name}.example.com"}
      prometheus: http://prometheus.monitoring:9090
      agentImage: registry.example.com/lifespec@sha256:eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee
"""
CONTEXT = Context(chosen={name: target.CAPABILITIES for name, target in TARGETS.items()}, others={}, severities={})


def loads(data: bytes) -> None:
    """The loader: any bytes are read within bounds, to findings with places, and values that keep their types."""
    with _Counted() as counted:
        documents, findings = read("a.yaml", data)
    assert counted.events <= min(MAX_EVENTS + 2, 3 * len(data) + 16), "more events than the bytes can hold"
    assert len(findings) <= MAX_FINDINGS + 1
    _assert_told(findings, {"a.yaml": data})
    errors = [found for found in findings if found.severity is Severity.ERROR]
    assert documents or errors
    left = MAX_NODES + 1
    for document in documents:
        left -= _nodes(document.value, left)
        if not errors:
            text = to_yaml(document.value)
            assert _typed(read("b.yaml", text.encode())[0][0].value) == _typed(document.value)
            assert _typed(yaml.load(text, Loader=yaml.CSafeLoader)) == _typed(document.value)


def compiles(data: bytes) -> None:
    """The whole way: any bytes end in findings with places, or in files that YAML 1.1 reads as they were meant.

    The bytes themselves choose the target, since all of them together take half a second.
    """
    files = {SPEC: data, PROJECT_FILE: PROJECT}
    documents, findings = parse(files)
    bundles, project, assembled = assemble(documents, PROJECT_FILE)
    found = [*findings, *assembled]
    if project is None:  # the bytes were another project file
        _assert_told(found, files)
        return
    for bundle in bundles:
        planned = Planned(bundle)
        for environment in environments(project):
            made, problems = plan(bundle, project, environment)
            assert made is not None or problems
            planned.findings += problems
            if made:
                planned.plans.append(made)
        linted = lint_lifecycle(planned.plans, CONTEXT, TODAY) if planned.plans else []
        found += [*planned.findings, *linted]
        if not any(each.severity is Severity.ERROR for each in planned.findings):
            found += _assert_sound(planned, list(TARGETS)[crc32(data) % len(TARGETS)])
    _assert_told(found, files)


def _assert_sound(planned: Planned, target: str) -> list[Finding]:
    for each in planned.plans:
        _assert_same_plan_again(each)
    manifests, refused = compile_one(planned, [target])
    if not refused:
        manifests += compile_shared(planned.plans, [target])
    for manifest in manifests:
        if "/crds/" not in manifest.path:
            _assert_reads_back(manifest)
    return refused


def _assert_same_plan_again(made: Plan) -> None:
    """Whoever has the object in the cluster gets the plan of whoever has the repository."""
    documents, findings = read("canonical.yaml", to_yaml(made.canonical).encode())
    assert findings == ()
    again, problems = plan_canonical(documents[0].value)
    assert again is not None, problems
    assert again.hashes == made.hashes


def _assert_reads_back(manifest: Manifest) -> None:
    text = render(manifest).decode()
    assert "\r" not in text
    if not isinstance(manifest.content, str):
        written = [manifest.content] if isinstance(manifest.content, dict) else list(manifest.content)
        read_back = list(yaml.load_all(text, Loader=yaml.CSafeLoader))
        assert _typed(read_back) == _typed(json.loads(json.dumps(written))), manifest.path


def _assert_told(findings: Iterable[Finding], files: dict[str, bytes]) -> None:
    lines: dict[str, list[str]] = {name: source_lines(data) for name, data in files.items()}
    for found in locate(list(findings), files):
        assert found.rule in CODES, found
        assert found.message, found
        assert found.message.isprintable(), found
        assert found.help.isprintable(), found
        assert len(found.message) < 1000, found
        span = found.place.span
        assert span is not None, found
        assert 1 <= span.line <= span.end_line <= len(lines[found.place.file]), found
        assert 1 <= span.column <= len(lines[found.place.file][span.line - 1]) + 1, found


class _Counted:
    """Counts the parser's events while it is entered; the loader's work is a bounded amount for each."""

    def __enter__(self) -> Self:
        self.events = 0
        self._loader = loader = builder.__dict__["CSafeLoader"]

        def counted(data: bytes) -> Any:
            get_event = loader(data).get_event

            def counting() -> Any:
                self.events += 1
                return get_event()

            return SimpleNamespace(get_event=counting)

        builder.__dict__["CSafeLoader"] = counted
        return self

    def __exit__(self, *_: object) -> None:
        builder.__dict__["CSafeLoader"] = self._loader


def _nodes(value: Any, most: int) -> int:
    """The values in a document with all that is repeated counted again; stops at the most there may be."""
    count, rest = 0, [value]
    while rest:
        each = rest.pop()
        count += 1
        assert count <= most, "the document is larger than any may be"
        rest += each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()
    return count


def _typed(value: Any) -> Any:
    """The value with the type of each leaf, so that 1, 1.0 and True differ."""
    if isinstance(value, dict):
        return {key: _typed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_typed(item) for item in value]
    return type(value).__name__, repr(value)


INVARIANTS = {"loader": loads, "compile": compiles}
"""What can be fuzzed, by name; each has a folder of that name in corpus/."""
