"""The CustomResourceDefinitions of the five kinds that live in the cluster."""

from __future__ import annotations

from typing import NamedTuple

from lifespec_schema.records.decision import LifecycleDecision
from lifespec_schema.records.report import LifecycleReport
from lifespec_schema.records.request import LifecycleRequest
from lifespec_schema.records.status import LifecycleStatus
from lifespec_schema.spec.base import SpecModel
from lifespec_schema.spec.lifecycle import ModelLifecycle
from lifespec_schema.spec.model_version import ModelVersion

from .annotated import Schema, annotated, resolve
from .structural import structural

GROUP, VERSION = "lifespec.dev", "v1alpha1"


class Column(NamedTuple):
    """A column of `kubectl get`."""

    name: str
    path: str
    description: str
    type: str = "string"
    wide: bool = False


class Kind(NamedTuple):
    """A kind in the cluster."""

    model: type[SpecModel]
    plural: str
    short_names: list[str]
    columns: tuple[Column, ...]
    longest_name: int = 253
    status: type[SpecModel] | None = None


_OF = Column("Lifecycle", ".spec.lifecycle", "The lifecycle it belongs to.")
KINDS = (
    Kind(
        ModelLifecycle,
        "modellifecycles",
        ["mlc"],
        (
            Column("Phase", ".status.phase", "Where the rollout stands."),
            Column("Stable", ".status.stable.version", "The version that serves."),
            Column("Candidate", ".status.candidate.version", "The version that wants to."),
            Column("Weight", ".status.weight", "The candidate's share of traffic, in per cent.", "integer"),
            Column("Ready", '.status.conditions[?(@.type=="Ready")].status', "Whether all is as the spec says."),
        ),
        longest_name=52,
        status=LifecycleStatus,
    ),
    Kind(
        ModelVersion,
        "modelversions",
        ["mv"],
        (
            _OF,
            Column("Format", ".spec.model.format", "How the model is stored."),
            Column("Digest", ".spec.model.digest", "The model's digest.", wide=True),
        ),
        longest_name=52,
    ),
    Kind(
        LifecycleReport,
        "lifecyclereports",
        ["lrep"],
        (
            _OF,
            Column("Tier", ".spec.tier", "What was measured."),
            Column("Stream", ".spec.stream", "The rollout or the run that it belongs to."),
        ),
    ),
    Kind(
        LifecycleDecision,
        "lifecycledecisions",
        ["ldec"],
        (
            _OF,
            Column("Sequence", ".spec.sequence", "The entry's number in the ledger.", "integer"),
            Column("Kind", ".spec.kind", "What was decided."),
            Column("From", ".spec.from.phase", "Where it stood."),
            Column("To", ".spec.to.phase", "Where it went."),
            Column("Stream", ".spec.stream", "The rollout or the run that was decided.", wide=True),
        ),
    ),
    Kind(
        LifecycleRequest,
        "lifecyclerequests",
        ["lreq"],
        (
            _OF,
            Column("Verb", ".spec.verb", "What is asked."),
            Column("By", ".spec.by", "Who asks."),
            Column("Reason", ".spec.reason", "Why.", wide=True),
        ),
    ),
)


def crds() -> dict[str, Schema]:
    """By file name: the CRD object of every kind."""
    return {f"{kind.model.__name__.lower()}.yaml": _crd(kind) for kind in KINDS}


def _crd(kind: Kind) -> Schema:
    name = kind.model.__name__
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{kind.plural}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "names": {
                "kind": name,
                "listKind": f"{name}List",
                "plural": kind.plural,
                "singular": name.lower(),
                "shortNames": kind.short_names,
                "categories": ["lifespec"],
            },
            "scope": "Namespaced",
            "versions": [
                {
                    "name": VERSION,
                    "served": True,
                    "storage": True,
                    "additionalPrinterColumns": [*map(_printer_column, kind.columns), _AGE],
                    "schema": {"openAPIV3Schema": _object(kind)},
                    **({"subresources": {"status": {}}} if kind.status else {}),
                }
            ],
        },
    }


def _object(kind: Kind) -> Schema:
    schema = annotated(kind.model, "canonical")
    definitions = schema.get("$defs", {})
    spec = structural(schema["properties"]["spec"], definitions)
    if kind.model is ModelLifecycle:
        # One model serves both forms, and only this one always has a platform.
        spec["required"] = [*spec["required"], "platform"]
    else:
        spec.setdefault("x-kubernetes-validations", []).append(_IMMUTABLE)
    properties = {
        "apiVersion": {"type": "string", "description": schema["properties"]["apiVersion"]["description"]},
        "kind": {"type": "string", "description": schema["properties"]["kind"]["description"]},
        "metadata": {"type": "object"},
        "spec": spec,
    }
    if kind.status:
        properties["status"] = _status(kind.status)
    rules = [
        {
            "rule": f"size(self.metadata.name) <= {kind.longest_name}",
            "message": f"the name has more than {kind.longest_name} characters",
        }
    ]
    return {
        "description": schema["description"],
        "type": "object",
        "properties": properties,
        "required": ["spec"],
        **({"x-kubernetes-validations": rules} if kind.longest_name < 253 else {}),
    }


def _status(model: type[SpecModel]) -> Schema:
    schema = annotated(model, "canonical")
    status = structural(resolve(schema, schema.get("$defs", {})), schema.get("$defs", {}))
    conditions = status["properties"]["conditions"]
    conditions |= {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"]}
    return status


def _printer_column(column: Column) -> Schema:
    shown = {"name": column.name, "type": column.type, "jsonPath": column.path, "description": column.description}
    return {**shown, "priority": 1} if column.wide else shown


_AGE = {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp", "description": "How old it is."}
_IMMUTABLE = {"rule": "self == oldSelf", "message": "it is immutable: create a new one instead"}
