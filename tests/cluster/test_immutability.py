"""Records and model versions stay what they were when they were made."""

from __future__ import annotations

from copy import deepcopy

import pytest

from corpus.records import RECORDS

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("definitions")]

KINDS = ("LifecycleReport", "LifecycleDecision", "LifecycleRequest", "ModelVersion")


@pytest.fixture(params=KINDS)
def record(request, admin, namespaces, objects_in, compiled):
    """A record of each kind, in the cluster."""
    if request.param == "ModelVersion":
        made = objects_in(*compiled.glob("production/*/*/apply/model-version.yaml"))[0]
        made["metadata"]["name"] = "immutable-1"
    else:
        made = deepcopy(next(each for _, each in RECORDS.values() if each["kind"] == request.param))
        made["metadata"] = {"name": "immutable-1", "namespace": namespaces[0]}
    admin.create(made)
    yield made
    admin.delete(made)


def changes(value, path=()):
    """Each leaf of the spec, with the spec in which it is left out."""
    for key in list(value) if isinstance(value, dict) else range(len(value)):
        if isinstance(value[key], (dict, list)) and value[key]:
            yield from changes(value[key], (*path, key))
        yield (*path, key)


def test_nothing_in_its_spec_can_be_changed(record, admin, refused):
    stored = admin.read(record)
    for path in changes(record["spec"]):
        changed = deepcopy(stored)
        parent = changed["spec"]
        for part in path[:-1]:
            parent = parent[part]
        del parent[path[-1]]
        assert refused(lambda changed=changed: admin.request("PUT", admin.path_of(record), changed)), path
    assert admin.read(record)["spec"] == stored["spec"]


def test_a_change_that_would_be_valid_is_refused_as_a_change(record, admin, refused):
    reason = refused(lambda: admin.merge(record, {"spec": {"lifecycle": "another"}}))
    assert "immutable" in reason.lower() or "never change" in reason.lower(), reason


def test_its_spec_cannot_be_left_out(record, admin, refused):
    assert refused(lambda: admin.merge(record, {"spec": None}))


def test_its_labels_can_be_changed(record, admin):
    changed = admin.merge(record, {"metadata": {"labels": {"example.com/archived": "true"}}})
    assert changed["metadata"]["labels"]["example.com/archived"] == "true"
