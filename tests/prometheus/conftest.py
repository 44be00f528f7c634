from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from judges.judge import Judge
from leaves.witnesses import Witness, production, witness
from lifespec_compiler.emit.render import render_all
from lifespec_compiler.plan import Plan
from lifespec_compiler.targets import prometheus
from lifespec_compiler.targets.prometheus import rollouts
from lifespec_schema.findings import Severity

ALERTS = [
    {"for": "scores", "severity": "ticket"},
    {"for": "decay", "severity": "page"},
    {"for": "availability", "severity": "page"},
    {"for": "speed", "severity": "ticket"},
]

Json = dict[str, Any]
Edit = Callable[[Witness], object]


@pytest.fixture
def planned() -> Callable[..., Plan]:
    """`planned(*edits, of=…)`: the production plan of a witness that alerts of all kinds, after edits of it."""

    def make(*edits: Edit, of: str = "maximal") -> Plan:
        documents = witness(of)
        if of == "maximal":
            documents["lifecycle"]["spec"]["monitoring"]["alerts"] = [dict(alert) for alert in ALERTS]
        for edit in edits:
            edit(documents)
        made, findings = production(documents)
        assert made is not None, findings
        assert [found for found in findings if found.severity is Severity.ERROR] == []
        return made

    return make


@pytest.fixture
def agent_landed(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on compiling installs an agent."""
    monkeypatch.setattr(rollouts, "LANDED_COMMANDS", frozenset({"lifespec-agent"}))


@pytest.fixture
def files() -> Callable[..., dict[str, bytes]]:
    """`files(*plans)`: all that the target writes for the plans, by path."""
    return lambda *plans: render_all(
        [*(each for plan in plans for each in prometheus.compile(plan)), *prometheus.compile_shared(plans)]
    )


@pytest.fixture
def rule_file(files) -> Callable[[Plan], bytes]:
    """`rule_file(plan)`: the plain rule file."""
    return lambda plan: files(plan)[f"{plan.environment}/{plan.namespace}/{plan.name}/rules.yaml"]


@pytest.fixture
def rules(rule_file) -> Callable[[Plan], list[Json]]:
    """`rules(plan)`: every rule of the plain rule file, as YAML says it."""
    return lambda plan: list(_rules(yaml.safe_load(rule_file(plan))))


def _rules(document: Json) -> Iterator[Json]:
    for group in document["groups"]:
        yield from group["rules"]


@pytest.fixture
def promtool(judge: Callable[[str], Judge], tmp_path: Path) -> Callable[..., str]:
    """`promtool(rules, tests)`: what promtool complains of; "" for nothing. Without tests it checks the rules only."""

    def run(rules: bytes, tests: Json | None = None) -> str:
        (tmp_path / "rules.yaml").write_bytes(rules)
        if tests is None:
            done = judge("promtool").run("check", "rules", "--lint=all", "--lint-fatal", "rules.yaml", cwd=tmp_path)
        else:
            (tmp_path / "tests.yaml").write_text(yaml.safe_dump({"rule_files": ["rules.yaml"], **tests}), "utf-8")
            done = judge("promtool").run("test", "rules", "tests.yaml", cwd=tmp_path)
        return done.stdout + done.stderr if done.returncode else ""

    return run
