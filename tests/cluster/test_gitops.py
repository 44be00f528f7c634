"""GitOps as people do it with kubectl: the cluster's folder, then each lifecycle's, on an empty cluster."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.cluster

MODES = {"on the client's side": (), "on the server's side": ("--server-side", "--field-manager=gitops")}


@pytest.fixture(scope="module", params=list(MODES))
def applied(request, compiled, fresh_plane, kubectl):
    """A cluster to which kubectl has applied everything that Git holds, and what it printed the second time."""
    flags = MODES[request.param]
    plane = fresh_plane()
    folders = [*sorted(compiled.glob("clusters/*")), *sorted(compiled.glob("*/*/*/apply"))]
    printed = {}
    for time in ("first", "second"):
        for folder in folders:
            done = kubectl(plane, "apply", *flags, "-k", folder)
            assert done.returncode == 0, f"{folder}, {time} time:\n{done.stdout}{done.stderr}"
            assert not done.stderr, done.stderr
            if folder.parent.name == "clusters":
                waited = kubectl(plane, "wait", "--for=condition=Established", "crd", "--all", "--timeout=30s")
                assert waited.returncode == 0, waited.stderr
        printed[time] = versions(plane.admin, compiled)
    return plane, flags, folders, printed


def versions(admin, compiled: Path):
    """The version of every applied object: it rises with every change."""
    files = [
        *compiled.glob("clusters/*/crds/*.yaml"),
        *compiled.glob("clusters/*/*.yaml"),
        *compiled.glob("*/*/*/apply/*.yaml"),
    ]
    found = [each for file in sorted(files) for each in yaml.safe_load_all(file.read_bytes())]
    found = [each for each in found if each["kind"] != "Kustomization"]
    return {admin.path_of(each): admin.read(each)["metadata"]["resourceVersion"] for each in found}


def test_a_second_apply_changes_nothing(applied):
    _, _, _, versions_after = applied
    assert len(versions_after["first"]) > 20
    assert versions_after["second"] == versions_after["first"]


def test_kubectl_finds_no_difference(applied, kubectl):
    plane, flags, folders, _ = applied
    for folder in folders:
        done = kubectl(plane, "diff", *flags, "-k", folder)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), folder


def test_both_environments_stand_side_by_side(applied):
    plane, *_ = applied
    lifecycles = plane.admin.items("lifespec.dev/v1alpha1", "ModelLifecycle")
    environments = {each["metadata"]["labels"]["lifespec.dev/environment"] for each in lifecycles}
    assert environments == {"staging", "production"}
