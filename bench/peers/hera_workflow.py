"""A training Job as an Argo workflow, in the way of Hera: objects in Python, printed as YAML."""

from __future__ import annotations

import sys

from hera.workflows import Container, Resources, Workflow

with Workflow(generate_name="train-", entrypoint="train", namespace="team-00") as workflow:
    Container(
        name="train",
        image="registry.example.com/model-00000-train@sha256:" + "a" * 64,
        resources=Resources(cpu_request="4", memory_request="8Gi"),
    )
sys.stdout.write(workflow.to_yaml())
