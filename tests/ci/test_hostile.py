"""Whatever people write, the shape of CI's files stays, and none of it stands in a script or an expression."""

from __future__ import annotations

import copy
import re

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ci.made import EVERYTHING, RETRAINING, SYSTEMS, made_of, plans_for, project_for, scripts, strings
from lifecycles import plans_of, small
from lifespec_compiler.plan import Bundle, environments, plan
from lifespec_compiler.targets import TARGETS, unsupported
from lifespec_compiler.targets.ci import commands
from lifespec_schema.findings import Severity
from lifespec_schema.loader import Document

HOSTILE = [
    "${{ secrets.GITHUB_TOKEN }}",
    "$(touch /tmp/owned)",
    "`touch /tmp/owned`",
    "main'; touch /tmp/owned; '",
    'main" && $CI_JOB_TOKEN == "',
    "main' || '1' == '1",
    "$[[ inputs.x ]]",
    "a\n  jobs: {}",
    "::set-output name=x::y",
    "**",
    "!main",
    "[a-z]+",
    "--upload-pack=touch",
    "-rf",
    "../../main",
    "refs//heads",
    "x: y",
    "# no comment",
    "on",
    "\u202emain",
    "&anchor *alias",
    "%TAG",
    "${IFS}",
    "~",
    "null",
]
FREE_TEXTS = {
    "the branch": lambda text, _, project: project["repository"].update(branch=text),
    "the team": lambda text, document, _: document["spec"]["owner"].update(team=text),
    "a hypothesis": lambda text, document, _: document["spec"]["experiments"]["candidates"][0].update(hypothesis=text),
    "a description": lambda text, document, _: document["spec"]["data"]["sources"][0].update(description=text),
    "the log": lambda text, document, _: document["spec"]["monitoring"]["predictions"].update(time=text),
    "a parameter": lambda text, document, _: document["spec"]["experiments"]["candidates"][0].update(
        parameters={"loss": text}
    ),
}
RESTRICTED = {
    "the lifecycle's name": lambda text, document, _: document["metadata"].update(name=text),
    "the namespace": lambda text, document, _: document["metadata"].update(namespace=text),
    "an environment": lambda text, _, project: project["environments"][1].update(name=text),
    "a cron": lambda text, document, _: document["spec"]["retraining"]["triggers"][0].update(schedule=text),
    "a time zone": lambda text, document, _: document["spec"]["retraining"]["triggers"][0].update(timeZone=text),
    "the output": lambda text, _, project: project.update(output=text),
}


@pytest.fixture(autouse=True)
def _all_landed(landed):
    landed(*EVERYTHING)


def shape(content):
    """A file without its texts, but with its keys."""

    def without(value):
        if isinstance(value, dict):
            return {key: without(item) for key, item in value.items()}
        return [without(item) for item in value] if isinstance(value, list) else type(value).__name__

    return without(yaml.safe_load(content))


def expressions(content):
    return sorted(
        found for text in strings(yaml.safe_load(content)) for found in re.findall(r"\$\{\{.*?\}\}", text, re.DOTALL)
    )


def made(system, edit, text):
    """The files of a spec and a project with a text in them, and the errors about it; None where it is no spec."""
    document, project = small(retraining=copy.deepcopy(RETRAINING)), project_for(system)
    edit(text, document, project["spec"])
    try:
        plans = plans_for(project, document)
    except AssertionError:
        return None
    errors = [found for plan in plans for found in unsupported(plan, [system]) if found.severity is Severity.ERROR]
    return made_of(system, plans), errors


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("place", FREE_TEXTS)
@pytest.mark.parametrize("system", SYSTEMS)
def test_a_hostile_text_changes_no_shape_no_script_and_no_expression(system, place, text):
    plain = made(system, FREE_TEXTS[place], "plain")
    outcome = made(system, FREE_TEXTS[place], text)
    if outcome is None:
        return  # the loader, or the language, refuses it before any target sees it
    files, errors = outcome
    assert plain
    if place == "the branch" and text not in {"on", "null"}:
        refused = [("unsupported-value", ("spec", "repository", "branch"))] * 2
        assert [(found.rule, found.place.path) for found in errors] == refused
        assert files == {}
    for path, content in files.items():
        assert shape(content) == shape(plain[0][path])
        assert scripts(content) == scripts(plain[0][path])
        assert expressions(content) == expressions(plain[0][path])


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("place", RESTRICTED)
def test_a_hostile_name_is_refused_before_any_target_sees_it(place, text):
    outcome = made("github", RESTRICTED[place], text)
    harmless = re.fullmatch(r"[A-Za-z0-9_]+", text)
    assert outcome is None or harmless, text


@pytest.mark.parametrize("system", SYSTEMS)
@settings(max_examples=60)
@given(branch=st.text(min_size=1, max_size=60))
def test_a_branch_is_a_plain_name_or_an_error(system, branch):
    outcome = made(system, FREE_TEXTS["the branch"], branch)
    if outcome is None or outcome[1]:
        return
    assert re.fullmatch(r"[A-Za-z0-9_./-]+", branch)
    assert branch[0] not in "-/."


@pytest.mark.parametrize(
    "path", ["specs/a b/lifecycle.yaml", "specs/$(id)/lifecycle.yaml", "-x/l.yaml", "specs/ü.yaml"]
)
@pytest.mark.parametrize("system", SYSTEMS)
def test_a_path_that_a_shell_would_read_is_an_error(system, path):
    from json import dumps

    from lifecycles import project_of

    project = project_of(dumps(project_for(system)))
    bundle = Bundle(Document(path, 0, small(retraining=RETRAINING), 1))
    made_plan, _ = plan(bundle, project, environments(project)[-1])
    assert made_plan
    errors = [found for found in unsupported(made_plan, [system]) if found.severity is Severity.ERROR]
    assert [(found.rule, found.place.file) for found in errors] == [("unsupported-value", path)]
    for manifest in [*TARGETS[system].compile(made_plan), *TARGETS[system].compile_shared([made_plan])]:
        found = [text for text in strings(manifest.content) if path in text]
        assert set(found) <= {path}, "it stands alone, as the value of a variable"


def test_the_commands_themselves_are_constants():
    texts = [commands.INSTALL, commands.CHECK, commands.FRESH, *(run for _, _, run in commands.TRAINING)]
    assert [text for text in texts if "{" in text] == []


def test_the_witness_is_a_spec():
    assert plans_of(small(retraining=RETRAINING))[0]
