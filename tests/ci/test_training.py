"""Training in CI: when it is generated, what of a spec is in it, and what CI says it cannot do."""

from __future__ import annotations

import copy

import pytest
import yaml

from ci.made import EVERYTHING, RETRAINING, SYSTEMS, made_of, plans_for, project_for
from lifecycles import small
from lifespec_compiler.targets import TARGETS, unsupported
from lifespec_compiler.targets.ci.capabilities import TRAINING, TRAINING_PROJECT
from lifespec_schema.findings import Severity

TRAINS = ".github/workflows/lifespec-train.growth.churn.yml"


def spec_with(edit=None, **sections):
    document = small(retraining=copy.deepcopy(RETRAINING), **sections)
    if edit:
        edit(document["spec"])
    return document


def workflow(document=None, **project):
    """The training workflow of a spec."""
    return yaml.safe_load(
        made_of("github", plans_for(project_for("github", **project), document or spec_with()))[TRAINS]
    )


def findings(system, document=None, **project):
    """`(rule, severity, path)` of what the target says of a spec where it is trained."""
    plans = plans_for(project_for(system, **project), document or spec_with())
    found = {finding: None for plan in plans for finding in unsupported(plan, [system])}
    return [(finding.rule, finding.severity, ".".join(map(str, finding.place.path))) for finding in found]


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("missing", ["run", "evaluate"])
def test_while_a_command_is_missing_nothing_is_trained_and_that_is_said(system, missing, landed):
    landed(*set(EVERYTHING) - {missing})
    assert "TRAIN" not in str(made_of(system, plans_for(project_for(system), spec_with()))).upper()
    assert ("idle-runner", Severity.INFO, "spec.runner") in findings(system)


@pytest.mark.parametrize("system", SYSTEMS)
def test_where_the_agent_trains_ci_does_not_and_has_nothing_to_say(system, landed):
    landed(*EVERYTHING)
    plans = plans_for(project_for(system, runner="agent"), spec_with())
    assert "TRAIN" not in str(made_of(system, plans)).upper()
    assert findings(system, runner="agent") == []


def test_only_the_environment_that_retrains_does(landed):
    landed(*EVERYTHING)
    assert workflow()["jobs"]["train"]["environment"] == "production"
    staging = spec_with(lambda spec: spec["retraining"].update(environment="staging"))
    plans = plans_for(project_for("github"), staging)
    assert [path for path in made_of("github", plans) if "train" in path] == [
        ".github/workflows/lifespec-train.growth-staging.churn.yml"
    ]


def test_schedules_keep_their_time_zones(landed):
    landed(*EVERYTHING)
    assert workflow()["on"]["schedule"] == [
        {"cron": "0 3 * * 1"},
        {"cron": "30 2 1 3-5 *", "timezone": "Europe/Vienna"},
    ]
    only_drift = spec_with(lambda spec: spec["retraining"].update(triggers=RETRAINING["triggers"][2:]))
    assert set(workflow(only_drift)["on"]) == {"workflow_dispatch"}


@pytest.mark.parametrize("schedule", ["0 3 * * MON-FRI/2", "0 3 * JAN-JUN/2 *", "0 3 * * 1-FRI"])
def test_a_schedule_that_github_does_not_read_is_an_error_at_its_place(schedule, landed):
    landed(*EVERYTHING)
    document = spec_with(lambda spec: spec["retraining"]["triggers"][0].update(schedule=schedule))
    assert ("unsupported-value", Severity.ERROR, "spec.retraining.triggers.0.schedule") in findings("github", document)


@pytest.mark.parametrize("schedule", ["*/15 0-5,22 1 JAN,JUL MON-FRI", "5/10 3 * 1-12/3 0", "0 0 31 12 6"])
def test_a_schedule_that_github_reads_is_none(schedule, landed, judge, tmp_path):
    landed(*EVERYTHING)
    document = spec_with(lambda spec: spec["retraining"]["triggers"][0].update(schedule=schedule))
    assert [found for found in findings("github", document) if found[1] is Severity.ERROR] == []
    file = tmp_path / "train.yml"
    file.write_bytes(made_of("github", plans_for(project_for("github"), document))[TRAINS])
    assert judge("actionlint").run("-no-color", "-shellcheck=", str(file)).stdout == ""


def test_gitlab_says_which_schedules_to_put_into_its_settings(landed):
    landed(*EVERYTHING)
    plan = plans_for(project_for("gitlab"), spec_with())[-1]
    variable = "with the variable LIFESPEC_TRAIN=growth.churn"
    advice = [found.help for found in unsupported(plan, ["gitlab"]) if found.rule == "outside-the-repository"]
    assert advice == [
        f"add a pipeline schedule `0 3 * * 1` in the time zone UTC, {variable}",
        f"add a pipeline schedule `30 2 1 3-5 *` in the time zone Europe/Vienna, {variable}",
    ]


@pytest.mark.parametrize("system", SYSTEMS)
def test_triggers_that_ci_does_not_hear_are_named(system, landed):
    landed(*EVERYTHING)
    assert ("idle-runner", Severity.INFO, "spec.retraining.triggers.2.name") in findings(system)


def test_a_training_that_github_would_stop_is_an_error(landed):
    landed(*EVERYTHING)

    def search(spec):
        space = {"depth": {"kind": "integer", "low": 2, "high": 8}}
        spec["experiments"]["candidates"][0].update(timebox="1h", search={"trials": 12, "parallel": 2, "space": space})

    expected = ("unsupported-value", Severity.ERROR, "spec.experiments.candidates")
    assert expected in findings("github", spec_with(search))
    assert expected not in findings("gitlab", spec_with(search))
    assert workflow()["jobs"]["train"]["timeout-minutes"] == 120


@pytest.mark.parametrize("system", SYSTEMS)
def test_ci_nominates_by_pull_request_or_leaves_it_to_people(system, landed):
    landed(*EVERYTHING)
    manual = spec_with(lambda spec: spec["retraining"].update(nominate="manual"))
    assert "Nominate" in str(made_of(system, plans_for(project_for(system), spec_with())))
    assert "Nominate" not in str(made_of(system, plans_for(project_for(system), manual)))
    direct = spec_with(lambda spec: spec["retraining"].update(nominate="direct"))
    assert ("unsupported-value", Severity.ERROR, "spec.retraining.nominate") in findings(system, direct)


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_runs_the_trainer_cannot_write(system, landed):
    landed(*EVERYTHING)
    if system == "github":
        assert workflow()["jobs"]["train"]["permissions"] == {"contents": "read"}
    else:
        ((_, content),) = made_of(system, plans_for(project_for(system), spec_with())).items()
        jobs = yaml.safe_load(content)
        scopes = {name: job["environment"]["name"] for name, job in jobs.items() if "environment" in job}
        assert scopes == {
            "lifespec-train-growth.churn": "production",
            "lifespec-nominate-growth.churn": "lifespec-nomination",
        }
        assert not any("id_tokens" in job or "secrets" in job for job in jobs.values())


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_repository_of_another_kind_is_an_error(system, landed):
    landed()
    other = next(name for name in SYSTEMS if name != system)
    repository = {"kind": other, "url": "https://git.example.com/example/models"}
    expected = ("unsupported-value", Severity.ERROR, "spec.repository.kind")
    assert expected in findings(system, repository=repository)
    assert expected not in findings(system, repository=repository, ci="none"), "compiled by --target, to look at it"


CHANGES = {
    "metadata.name": (lambda document, _: document["metadata"].update(name="other")),
    "metadata.namespace": (lambda document, _: document["metadata"].update(namespace="other")),
    "spec.data.sources.*.secretRef": (lambda document, _: source(document).update(secretRef="lake-reader")),
    "spec.experiments.candidates.*.timebox": (lambda document, _: candidate(document).update(timebox="2h")),
    "spec.experiments.candidates.*.search.trials": (lambda document, _: candidate(document)["search"].update(trials=3)),
    "spec.experiments.candidates.*.search.parallel": (
        lambda document, _: candidate(document)["search"].update(parallel=2)
    ),
    "spec.retraining.triggers.*.kind": (lambda document, _: triggers(document).pop(0)),
    "spec.retraining.triggers.*.schedule": (lambda document, _: triggers(document)[0].update(schedule="1 1 * * *")),
    "spec.retraining.triggers.*.timeZone": (lambda document, _: triggers(document)[0].update(timeZone="Asia/Tokyo")),
    "spec.retraining.environment": (lambda document, _: document["spec"]["retraining"].update(environment="staging")),
    "spec.retraining.nominate": (lambda document, _: document["spec"]["retraining"].update(nominate="manual")),
    "spec.platform.environment": (lambda _, project: project["environments"][1].update(name="live")),
    "spec.platform.runner": (lambda _, project: project.update(runner="agent")),
    "spec.platform.artifacts.secretRef": (lambda _, project: project.update(defaults={})),
    "spec.platform.retrainsHere": (lambda document, _: document["spec"]["retraining"].update(environment="staging")),
    "spec.output": (lambda _, project: project.update(output="compiled/")),
    "spec.runner": (lambda _, project: project.update(runner="agent")),
    "spec.defaults.artifacts.secretRef": (lambda _, project: project.update(defaults={})),
    "spec.environments.*.name": (lambda _, project: project["environments"][1].update(name="live")),
    "spec.environments.*.namespace": (
        lambda _, project: project["environments"][1].update(namespace="{namespace}-live")
    ),
}
IN_SETTINGS = {
    "gitlab": {
        "spec.data.sources.*.secretRef",
        "spec.platform.artifacts.secretRef",
        "spec.defaults.artifacts.secretRef",
    }
}
"""By system: the fields whose effect is in its own settings."""


def source(document):
    return document["spec"]["data"]["sources"][0]


def candidate(document):
    return document["spec"]["experiments"]["candidates"][0]


def triggers(document):
    return document["spec"]["retraining"]["triggers"]


def test_every_field_that_awaits_training_is_tried():
    assert set(CHANGES) == set(TRAINING) | set(TRAINING_PROJECT)


@pytest.mark.parametrize("field", CHANGES)
@pytest.mark.parametrize("system", SYSTEMS)
def test_a_field_that_awaits_training_has_its_effect_once_it_lands(system, field, landed):
    landed(*EVERYTHING)

    def compiled(change):
        space = {"depth": {"kind": "integer", "low": 2, "high": 8}}
        document = spec_with(
            lambda spec: spec["experiments"]["candidates"][0].update(search={"trials": 2, "space": space})
        )
        project = project_for(system)
        # One secret is enough to need secrets, so a field that may bring the first starts without any.
        if "sources" in field:
            project["spec"]["defaults"] = {}
        change(document, project["spec"])
        plans = plans_for(project, document)
        told = [
            found for plan in plans for found in unsupported(plan, [system]) if found.rule == "outside-the-repository"
        ]
        return made_of(system, plans), [found.help for found in told]

    differs = compiled(lambda *_: None) != compiled(CHANGES[field])
    assert differs is (field not in IN_SETTINGS.get(system, ()))


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_a_table_calls_pending_awaits_a_command(system):
    fields = TARGETS[system].CAPABILITIES.fields
    pending = {support.on for table in fields.values() for support in table.values() if support.state == "pending"}
    assert pending <= {"command run"}
