"""Inputs for the peers, made from the same lifecycles as ours where a peer does comparable work."""

from __future__ import annotations

import shutil
from pathlib import Path
from string import Template

from repository import WORKLOAD, values

ROOT = Path(__file__).resolve().parent.parent
OBJECTIVES = 9
"""Of one of sloth's specs, which has as many lines as one of ours then."""


def objectives(folder: Path, count: int) -> Path:
    """Specs for sloth."""
    folder.mkdir(parents=True)
    head, objective = (Template((WORKLOAD / f"{name}.yaml").read_text("utf-8")) for name in ("sloth", "objective"))
    for number in range(count):
        known = values(number)
        parts = [
            objective.substitute(known, slo=f"measure-{index}", objective=str(99 + index / 10))
            for index in range(OBJECTIVES)
        ]
        (folder / f"{known['name']}.yaml").write_text(head.substitute(known) + "".join(parts), "utf-8")
    return folder


def charts(folder: Path, lifecycles: list[Path]) -> list[Path]:
    """A Helm chart for each compiled lifecycle, with the same objects; its name is what varies between releases."""
    made = []
    for lifecycle in lifecycles:
        chart = folder / lifecycle.name
        (chart / "templates").mkdir(parents=True)
        (chart / "Chart.yaml").write_text(f"apiVersion: v2\nname: {lifecycle.name}\nversion: 0.1.0\n", "utf-8")
        (chart / "values.yaml").write_text(f"model: {lifecycle.name}\n", "utf-8")
        for file in sorted(lifecycle.glob("*/*.yaml")):
            if file.name != "kustomization.yaml":
                text = (
                    file.read_text("utf-8").replace("{{", '{{ "{{" }}').replace(lifecycle.name, "{{ .Values.model }}")
                )
                (chart / "templates" / f"{file.parent.name}-{file.name}").write_text(text, "utf-8")
        made.append(chart)
    return made


def schema(folder: Path) -> Path:
    """The language's JSON Schema under the name by which kubeconform looks for a kind."""
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(ROOT / "schema/json-schema/model-lifecycle.json", folder / "modellifecycle.json"))


def templates(folder: Path, count: int) -> list[Path]:
    """CloudFormation templates of 200 lines."""
    folder.mkdir(parents=True)
    queue = Template((WORKLOAD / "queue.yaml").read_text("utf-8"))
    head = "AWSTemplateFormatVersion: '2010-09-09'\nDescription: Queues of a model\nResources:\n"
    made = []
    for number in range(count):
        parts = [queue.substitute(values(number), index=str(index)) for index in range(14)]
        made.append(folder / f"{number:05}.yaml")
        made[-1].write_text(head + "".join(parts), "utf-8")
    return made
