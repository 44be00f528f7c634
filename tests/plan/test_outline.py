from __future__ import annotations

import pickle

import pytest

from goldens import ROOT
from lifespec_compiler.pipeline import plan_all
from lifespec_compiler.plan.outline import outline, outlined
from lifespec_compiler.targets import TARGETS
from lifespec_runtime.local.workspace import open_workspace

SPECS = ROOT.parents[1] / "specs"


@pytest.fixture(scope="module", params=["agent", "ci"])
def workspace(request):
    project = SPECS.with_name("lifespec.yaml").read_text()
    assert project.count("  runner: agent\n") == 1
    changed = {"lifespec.yaml": project.replace("runner: agent", f"runner: {request.param}").encode()}
    opened = open_workspace([str(SPECS)], changed)
    assert opened.project is not None
    assert opened.project.value.spec.runner == request.param
    return opened


@pytest.fixture(scope="module")
def plans(workspace):
    return [plan for item in plan_all(workspace.bundles, workspace.project) for plan in item.plans]


@pytest.mark.parametrize("name", TARGETS)
def test_shared_files_made_from_outlines_are_those_made_from_plans(name, plans, workspace):
    target = TARGETS[name]
    sent = pickle.loads(pickle.dumps([outline(plan, target.SHARED) for plan in plans]))  # noqa: S301 - our own bytes
    outlines = [outlined(each, workspace.project.value) for each in sent]
    assert target.compile_shared(outlines) == target.compile_shared(plans)


def test_a_section_that_the_outline_lacks_is_an_error_not_a_guess(plans, workspace):
    known = outlined(outline(plans[0], ("platform",)), workspace.project.value)
    assert known.spec.platform == plans[0].spec.platform
    for read in (lambda: known.spec.retraining, lambda: known.checks, lambda: known.canonical):
        with pytest.raises(AttributeError):
            read()
