"""What comes from outside: where the rules on it speak, where they keep still, and that secrets are never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from lifespec_runtime.cli import report

CASES = Path(__file__).parents[1] / "golden" / "lint"

RULES = ("pickled-model", "movable-reference", "plain-http-artifact", "secret-in-spec")
# Put together here, so that no scanner takes the text of this file for what it is about.
TOKENS = {
    "an access key of AWS": "AKIA" + "Q3EGTN5RZ4UVWXY7",
    "a token of GitHub": "ghp_" + "a1B2" * 9,
    "a token of GitLab": "glpat-" + "a1B2" * 5,
    "a token of Slack": "xoxb-" + "1234-" * 3,
    "a web hook of Slack": "https://hooks.slack.com/services/" + "T0/B0/" + "a1" * 12,
    "an API key of Google": "AIza" + "a1B2c" * 7,
    "a key of Stripe": "sk_live_" + "a1B2" * 6,
    "a token of Hugging Face": "hf_" + "aBcDe" * 7,
    "an API key of a model provider": "sk-ant-" + "a1B2" * 6,
    "a token of npm": "npm_" + "a1B2" * 9,
    "a token of PyPI": "pypi-AgE" + "a1B2" * 15,
    "a token of Docker Hub": "dckr_pat_" + "a1B2" * 6,
    "a token of Vault": "hvs." + "a1B2" * 7,
    "a token of Databricks": "dapi" + "0a1b" * 8,
    "a token of Grafana": "glsa_" + "a1B2" * 8 + "_0a1b2c3d",
    "an API key of SendGrid": "SG." + "a1B2" * 5 + "." + "c3D4" * 8,
    "a JSON web token": "eyJ" + "hbGciOi" * 2 + ".eyJ" + "zdWIiOiI" * 2 + "." + "a1B2" * 5,
    "a storage key of Azure": "AccountKey=" + "a1B2" * 20 + "==",
    "a private key": "-----BEGIN RSA PRIVATE " + "KEY-----",
    "a signature or a token": "https://lake.example.com/x?sig=" + "a1B2" * 4,
    "a password": "postgres://jo:" + "hunter-2" + "@db.example.com/x",
}


@pytest.mark.parametrize(("what", "token"), TOKENS.items(), ids=TOKENS)
def test_a_secret_is_recognised_wherever_it_stands_and_never_shown(what, token, lint_spec):
    risk = f"objective: {{whyNotRules: 'it is {token} '}}"
    parameter = (
        f"experiments: {{candidates: [{{name: a, image: 'x@sha256:{'a' * 64}', parameters: {{p: '{token}'}}}}]}}"
    )
    for patch, place in ((risk, "objective.whyNotRules"), (parameter, "experiments.candidates[0].parameters.p")):
        found = lint_spec(patch).of("secret-in-spec")
        assert [finding.message for finding in found] == [f"`{place}` holds {what}"]
        assert token not in repr(found)


NAMES_OF_SECRETS = {
    "DB_PASSWORD": "hunter",
    "DB_PASSWORD_2": "12345",
    "dbPasswd": "hunter",
    "HF_TOKEN": "abc",
    "WANDB_API_KEY": "0a1b2c3d",
    "AWS_SECRET_ACCESS_KEY": "a/b+c",
    "apiKey": "abc",
    "CLIENT_SECRET": "s3cr3t",
    "GIT_CREDENTIALS": "jo:pw",
}


@pytest.mark.parametrize(("name", "value"), NAMES_OF_SECRETS.items(), ids=NAMES_OF_SECRETS)
def test_a_name_tells_that_its_value_is_a_secret(name, value, lint_spec):
    found = lint_spec(f"serving: {{env: {{{name}: '{value}'}}}}").of("secret-in-spec")
    assert [finding.place.path for finding in found] == [("spec", "serving", "env", name)]
    assert value not in found[0].message + found[0].help


NO_SECRETS = {
    "MAX_TOKENS": "512",
    "TOKEN_LIMIT": "512",
    "TOKENIZERS_PARALLELISM": "false",
    "EOS_TOKEN": "</s>",
    "PAD_TOKEN": "[PAD]",
    "NEXT_TOKEN": "7",
    "PASSWORD_FILE": "/run/secrets/pw",
    "DB_PASSWORD": "/run/secrets/pw",
    "API_KEY": "$(API_KEY_FROM_SECRET)",
    "HF_TOKEN": "vault:secret/hf",
    "REQUIRE_PASSWORD": "true",
    "CLIENT_SECRET": "oauth-client",
    "SORT_KEY": "customer",
    "PRIMARY_KEY": "id",
    "SECRET_NAME": "feature-store",
    "BYPASS": "hunter",
    "COMPASS_KEY": "north",
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7" + "EXAMPLE",
    "LOG": "http://a.example.com:8080/x?a=b@c",
    "HOST": "s3://bucket/key:part@2",
    "DOC": "the key sk-learn-based-models-are-simple is no key",
}


@pytest.mark.parametrize(("name", "value"), NO_SECRETS.items(), ids=NO_SECRETS)
def test_what_only_sounds_like_a_secret_is_let_be(name, value, lint_spec):
    assert lint_spec(f"serving: {{env: {{{name}: '{value}'}}}}").of("secret-in-spec", "internal-error") == []


def test_no_printed_line_shows_a_secret_whichever_finding_it_belongs_to(lint_file, tmp_path):
    base = (CASES / "secret-in-spec" / "bad.yaml").read_text("utf-8")
    env = (
        "env: {A: 'registry.example.com/a:v1', STORE_PASSWORD: 'correct\n      horse', B: 'registry.example.com/b:v1'}"
    )
    text = base.replace("env: {LOG_LEVEL: info, STORE_PASSWORD: correct-horse}", env)
    findings = lint_file(text, name="a.yaml").findings
    assert {finding.rule for finding in findings} >= {"secret-in-spec", "movable-reference"}
    printed = report.as_text(findings, {"a.yaml": text.encode()}, tmp_path)
    assert not any(part in printed for part in ("correct", "horse", "battery", "staple"))
    assert "STORE_PASSWORD: ********" in printed
    assert "B: 'registry.example.com/b:v1'}" in printed
    assert "correct" not in report.as_json(findings)


SPEAKS = {
    "pickle": ("pickled-model", "", "model: {format: pickle}"),
    "PyTorch": ("pickled-model", "", "model: {format: pytorch}"),
    "another format in a file of pickles": ("pickled-model", "", "model: {uri: 's3://m/model.PKL'}"),
    "a folder that is named as pickles are": ("pickled-model", "", "model: {uri: 's3://m/model.pt/'}"),
    "a model in a registry by tag": ("movable-reference", "", "model: {uri: 'oci://registry.example.com/m:17'}"),
    "the latest model": ("movable-reference", "", "model: {uri: 's3://models/churn/latest'}"),
    "a source in a registry": ("movable-reference", "data: {sources: [%s]}", "uri: 'oci://registry.example.com/d'"),
    "an image in a trainer's parameter": (
        "movable-reference",
        "experiments: {candidates: [{name: a, image: 'x@sha256:%s', parameters: {base: 'ghcr.io/a/b:v1'}}]}"
        % ("a" * 64),
        None,
    ),
    "an image in a registry with a port": (
        "movable-reference",
        "serving: {env: {E: 'registry.example.com:5000/a/b:v1'}}",
        None,
    ),
    "a log by http": (
        "plain-http-artifact",
        "monitoring: {predictions: {log: 'http://logs.example.com/x', time: ts, id: i}}",
        None,
    ),
    "an output by ftp": (
        "plain-http-artifact",
        "serving: {mode: batch, schedule: '0 3 * * *', output: 'ftp://out.example.com/x'}\nrollout: {guards: null}",
        None,
    ),
    "a model by http": ("plain-http-artifact", "", "model: {uri: 'http://models.example.com/churn.onnx'}"),
    "a service by a name that could be of the internet": (
        "plain-http-artifact",
        "",
        "model: {uri: 'http://minio.storage:9000/churn.onnx'}",
    ),
}
SOURCE = "{name: customers, %s, schema: [{name: plan, logicalType: string}, {name: churned, logicalType: boolean}]}"


def patches(patch, model):
    """A patch on the spec and one on the model version; `%s` in the first takes a source with the second in it."""
    if "%s" in patch:
        return [f"{patch % (SOURCE % model)}\nfeatures: [plan]"], None
    return [patch], model


@pytest.mark.parametrize(("rule", "patch", "model"), SPEAKS.values(), ids=SPEAKS)
def test_it_speaks(rule, patch, model, lint_spec):
    spec, version = patches(patch, model)
    linted = lint_spec(spec, model=version)
    assert len(linted.of(rule)) == 1
    assert linted.of("internal-error") == []


KEEPS_STILL = {
    "a model that is data": ("", "model: {format: safetensors, uri: 's3://models/17/model.safetensors'}"),
    "no model yet": ("", None),
    "a model in a registry by digest": ("", "model: {uri: 'oci://registry.example.com/m@sha256:%s'}" % ("b" * 64)),
    "a name with latest in it": ("", "model: {uri: 's3://latest/models/latest-churn/17'}"),
    "an image by digest": (f"serving: {{env: {{E: 'ghcr.io/a/b:v1@sha256:{'b' * 64}'}}}}", None),
    "an address with a port": ("serving: {env: {E: 'feature-store.example.com:6565'}}", None),
    "an address with a port and a path": ("serving: {env: {E: 'redis.example.com:6379/0'}}", None),
    "a service of the cluster": ("", "model: {uri: 'http://minio.storage.svc:9000/churn.onnx'}"),
    "a service of the cluster, in full": ("", "model: {uri: 'http://minio.storage.svc.cluster.local/churn.onnx'}"),
    "a service of the namespace": ("", "model: {uri: 'http://minio:9000/churn.onnx'}"),
    "https": ("", "model: {uri: 'https://models.example.com/churn.onnx'}"),
}


@pytest.mark.parametrize(("patch", "model"), KEEPS_STILL.values(), ids=KEEPS_STILL)
def test_it_keeps_still(patch, model, lint_spec):
    assert lint_spec(patch, model=model).of(*RULES, "internal-error") == []


def test_artifacts_of_the_project_are_found_in_the_project_file(lint_spec):
    project = "defaults: {artifacts: {uri: 'http://artifacts.example.com/'}}\nenvironments: [{name: production}]"
    found = lint_spec("", project).of("plain-http-artifact")
    assert [finding.place.path for finding in found] == [("spec", "defaults", "artifacts", "uri")]


def test_a_model_is_waived_by_its_name(lint_spec):
    waiver = 'waivers: [{finding: pickled-model, at: churn-17, reason: r, owner: jo, expires: "2099-01-01"}]'
    linted = lint_spec(waiver, model="model: {format: sklearn}")
    assert linted.of("pickled-model", "unused-waiver") == []
