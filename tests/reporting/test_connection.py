"""Asking an API server: what is tried again, for how long, and what becomes an error."""

from __future__ import annotations

from pathlib import Path

import pytest

import lifespec_runtime.cluster
from controlplane.certificates import Authority
from lifespec_runtime.cluster.connection import Connection, Patience
from lifespec_runtime.cluster.errors import CODES, ClusterError
from lifespec_runtime.cluster.reports import lifecycle_uid, write_report
from lifespec_runtime.measure.record import identified
from lifespec_schema.records.report import LifecycleReport

UID = "0f8fad5b-d9cb-469f-a165-70867728950e"
LIFECYCLE = (200, {"metadata": {"uid": UID}})
TAKEN = (409, {"kind": "Status", "reason": "AlreadyExists", "message": "already exists"})
REPORT = LifecycleReport.model_validate(
    {
        "apiVersion": "lifespec.dev/v1alpha1",
        "kind": "LifecycleReport",
        "metadata": {"name": "churn-check-data-1", "namespace": "growth"},
        "spec": {
            "lifecycle": "churn",
            "uid": UID,
            "tier": "data",
            "inputs": [{"uri": "s3://lake/customers/", "digest": f"sha256:{'c' * 64}"}],
            "measurements": [{"check": "customers.freshness", "value": 60.0, "samples": 5}],
        },
    }
)


def status(code, reason, message):
    return (code, {"kind": "Status", "reason": reason, "message": message})


def stored(**changed):
    """The report as the server has it, with some of its spec changed."""
    document = REPORT.model_dump(mode="json", by_alias=True, exclude_none=True)
    return (200, {**document, "spec": {**document["spec"], **changed}})


@pytest.fixture
def pauses():
    """The seconds that were waited for."""
    return []


@pytest.fixture
def connect(environment, pauses):
    """`connect()`: a connection that waits for nothing."""
    return lambda **patience: Connection(environment, Patience(**patience), pauses.append)


def uid(connection):
    return lifecycle_uid(connection, "growth", "churn")


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(status(429, "TooManyRequests", "later"), id="too many requests"),
        pytest.param(status(500, "InternalError", "etcd"), id="an internal error"),
        pytest.param(status(503, "ServiceUnavailable", "no"), id="unavailable"),
        pytest.param((502, "<html>"), id="a proxy without what is behind it"),
        pytest.param(None, id="a broken connection"),
    ],
)
def test_what_may_pass_is_asked_again_with_longer_and_longer_pauses(answer, server, connect, pauses):
    server.answers = [answer, answer, answer, LIFECYCLE]
    assert uid(connect()) == UID
    assert pauses == [0.5, 1, 2]
    assert {(verb, path) for verb, path, *_ in server.requests} == {
        ("GET", "/apis/lifespec.dev/v1alpha1/namespaces/growth/modellifecycles/churn")
    }


def test_a_pause_that_the_server_asks_for_is_kept_and_has_an_end(server, connect, pauses):
    busy = status(429, "TooManyRequests", "later")
    server.answers = [
        (*busy, {"Retry-After": 7}),
        (*busy, {"Retry-After": 86400}),
        (*busy, {"Retry-After": "soon"}),
        LIFECYCLE,
    ]
    assert uid(connect()) == UID
    assert pauses == [7, 30, 2]


def test_asking_ends(server, connect, pauses):
    server.answers = [status(503, "ServiceUnavailable", "the server is\nstarting")] * 4
    with pytest.raises(ClusterError, match="the server is starting") as caught:
        uid(connect(tries=4))
    assert caught.value.code == "cluster-unreachable"
    assert (len(server.requests), len(pauses)) == (4, 3)


def test_the_pauses_of_all_tries_are_about_five_minutes():
    asked = Patience()
    pauses = [min(asked.first * 2**number, asked.longest) for number in range(asked.tries - 1)]
    assert 240 < sum(pauses) < 360


def test_nobody_there_is_an_error_with_a_code(environment, server, pauses):
    server.shutdown()
    server.server_close()
    with pytest.raises(ClusterError) as caught:
        uid(Connection(environment, Patience(tries=2), pauses.append))
    assert caught.value.code == "cluster-unreachable"


def test_a_server_that_the_cluster_s_authority_does_not_vouch_for_is_not_told_the_token(
    tmp_path, server, connect, account
):
    (tmp_path / "other").mkdir()
    (account / "ca.crt").write_bytes(Authority(tmp_path / "other").certificate.read_bytes())
    with pytest.raises(ClusterError) as caught:
        uid(connect(tries=2))
    assert caught.value.code == "cluster-unreachable"
    assert "SSL" in str(caught.value)
    assert server.requests == []


def test_a_token_that_was_replaced_is_read_again(server, connect, account):
    connection = connect()
    (account / "token").write_text("second-token")
    server.answers = [status(401, "Unauthorized", "Unauthorized"), LIFECYCLE]
    assert uid(connection) == UID
    assert [token.lower() for _, _, token, _ in server.requests] == ["bearer first-token", "bearer second-token"]


def test_a_token_that_stays_unknown_is_refused_soon(server, connect):
    server.answers = [status(401, "Unauthorized", "Unauthorized")] * 3
    with pytest.raises(ClusterError) as caught:
        uid(connect())
    assert caught.value.code == "cluster-refused"
    assert "first-token" not in f"{caught.value!r} {caught.value.help}"
    assert server.answers == []


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (status(403, "Forbidden", "may not get"), "cluster-refused"),
        (status(404, "NotFound", "not found"), "cluster-no-lifecycle"),
        (status(400, "BadRequest", "what?"), "cluster-invalid"),
    ],
)
def test_an_answer_is_not_asked_for_again(answer, code, server, connect):
    server.answers = [answer]
    with pytest.raises(ClusterError) as caught:
        uid(connect())
    assert caught.value.code == code
    assert len(server.requests) == 1


def test_a_report_is_created_with_strict_validation(server, connect):
    server.answers = [(201, {})]
    assert write_report(connect(), REPORT) == ("churn-check-data-1", False)
    ((verb, path, _, sent),) = server.requests
    assert (verb, path) == (
        "POST",
        "/apis/lifespec.dev/v1alpha1/namespaces/growth/lifecyclereports?fieldValidation=Strict",
    )
    assert sent["metadata"]["labels"] == {"lifespec.dev/lifecycle": "churn"}
    assert sent["spec"] == stored()[1]["spec"]


@pytest.mark.parametrize(
    "there",
    [
        pytest.param(stored(), id="what was lost on the way was written"),
        pytest.param(
            stored(measurements=[{"check": "customers.freshness", "value": 90.0, "samples": 5}]),
            id="measured a moment earlier",
        ),
    ],
)
def test_a_report_of_the_same_is_left_as_it_is(there, server, connect):
    server.answers = [None, TAKEN, there]
    assert write_report(connect(), REPORT) == ("churn-check-data-1", True)
    assert [verb for verb, *_ in server.requests] == ["POST", "POST", "GET"]


@pytest.mark.parametrize(
    "changed",
    [
        {"uid": "1" * 8 + UID[8:]},
        {"lifecycle": "another"},
        {"tier": "offline"},
        {"stream": "run-7"},
        {"revision": {"model": f"sha256:{'a' * 64}", "serving": f"sha256:{'b' * 64}"}},
        {"inputs": [{"uri": "s3://lake/customers/", "digest": f"sha256:{'d' * 64}"}]},
        {"inputs": []},
        {"measurements": []},
        {"measurements": [{"check": "customers.freshness", "slice": "plan=basic", "value": 60.0, "samples": 5}]},
    ],
    ids=" ".join,
)
def test_a_report_of_something_else_is_a_conflict(changed, server, connect):
    server.answers = [TAKEN, stored(**changed)]
    with pytest.raises(ClusterError) as caught:
        write_report(connect(), REPORT)
    assert caught.value.code == "cluster-conflict"


def test_a_conflict_that_is_no_duplicate_is_not_taken_for_one(server, connect):
    server.answers = [status(409, "Conflict", "the namespace is being deleted")]
    with pytest.raises(ClusterError, match="being deleted") as caught:
        write_report(connect(), REPORT)
    assert caught.value.code == "cluster-invalid"


def test_a_report_that_the_server_finds_invalid_is_an_error(server, connect):
    server.answers = [status(422, "Invalid", "spec.measurements: Too many")]
    with pytest.raises(ClusterError, match="Too many") as caught:
        write_report(connect(), REPORT)
    assert caught.value.code == "cluster-invalid"


@pytest.mark.parametrize(
    "lacking", ["KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT", "token", "ca.crt", "content"]
)
def test_without_an_account_there_is_no_connection(lacking, environment, account):
    if lacking in environment:
        del environment[lacking]
    elif lacking == "content":
        (account / "token").write_text("")
    else:
        (account / lacking).unlink()
    with pytest.raises(ClusterError) as caught:
        Connection(environment)
    assert caught.value.code == "cluster-no-account"


def test_every_code_is_used(repository_text):
    assert [code for code in CODES if f'"{code}"' not in repository_text] == []


@pytest.fixture
def repository_text():
    """The modules of the package, but for the table of codes."""
    files = Path(lifespec_runtime.cluster.__file__).parent.glob("*.py")
    return "".join(file.read_text("utf-8") for file in files if file.name != "errors.py")


def test_identified_changes_name_and_uid_only():
    found = identified(REPORT, uid=UID, name="another")
    assert found.metadata.name == "another"
    assert found.spec == REPORT.spec
