"""Writing a report as an object, once, whatever happens to the pod that measured it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final, NamedTuple

from lifespec_compiler.targets.kubernetes.metadata import API_VERSION, DOMAIN, LIFECYCLE
from lifespec_schema.loader.escape import show_value
from lifespec_schema.records.report import LifecycleReport

from .connection import SECONDS, Connection, Json, Refused, told
from .errors import ClusterError

VERSION: Final = API_VERSION.rpartition("/")[2]
LIFECYCLES, REPORTS = "modellifecycles", "lifecyclereports"


class Written(NamedTuple):
    """A report in the cluster."""

    name: str
    earlier: bool
    """Whether an earlier try wrote it."""


def lifecycle_uid(connection: Connection, namespace: str, name: str) -> str:
    """The UID that the lifecycle has in the cluster."""
    answer = connection.ask(
        lambda: connection.objects.get_namespaced_custom_object(
            DOMAIN, VERSION, namespace, LIFECYCLES, name, _request_timeout=SECONDS
        )
    )
    if not isinstance(answer, Refused):
        uid: str = answer["metadata"]["uid"]
        return uid
    where = f"{show_value(namespace)}/{show_value(name)}"
    if answer.status == HTTPStatus.NOT_FOUND:
        raise ClusterError("cluster-no-lifecycle", f"there is no ModelLifecycle {where}: {told(answer.message)}")
    raise _refusal(answer, f"read the ModelLifecycle {where}")


def write_report(connection: Connection, report: LifecycleReport) -> Written:
    """Creates the object. One name is written once: a second report of the same question leaves the first as it is.

    That question is all but the measured values, which a second try may measure differently: a latency, an age.
    """
    document = report.model_dump(mode="json", by_alias=True, exclude_none=True)
    document["metadata"]["labels"] = {LIFECYCLE: report.spec.lifecycle}
    namespace, name = report.metadata.namespace, report.metadata.name
    answer = connection.ask(
        lambda: connection.objects.create_namespaced_custom_object(
            DOMAIN, VERSION, namespace, REPORTS, document, field_validation="Strict", _request_timeout=SECONDS
        )
    )
    if not isinstance(answer, Refused):
        return Written(name, earlier=False)
    if answer.status != HTTPStatus.CONFLICT or answer.reason != "AlreadyExists":
        raise _refusal(answer, f"create the LifecycleReport {show_value(namespace)}/{show_value(name)}")
    there = _read(connection, namespace, name)
    if _question(there.get("spec", {})) != _question(document["spec"]):
        message = f"there is another LifecycleReport {show_value(namespace)}/{show_value(name)}, of something else"
        raise ClusterError("cluster-conflict", message, "it stays as it is; `kubectl get` shows it")
    return Written(name, earlier=True)


def _read(connection: Connection, namespace: str, name: str) -> Json:
    answer = connection.ask(
        lambda: connection.objects.get_namespaced_custom_object(
            DOMAIN, VERSION, namespace, REPORTS, name, _request_timeout=SECONDS
        )
    )
    if isinstance(answer, Refused):
        raise _refusal(answer, f"read the LifecycleReport {show_value(namespace)}/{show_value(name)}")
    return answer


def _question(spec: Json) -> tuple[Json, list[tuple[Any, ...]]]:
    """What a report answers: of what, on which data, for which checks."""
    of = {key: value for key, value in spec.items() if key != "measurements"}
    measured = [(each.get("check"), each.get("slice"), each.get("quantity")) for each in spec.get("measurements", ())]
    return {"inputs": [], **of}, measured


def _refusal(answer: Refused, what: str) -> ClusterError:
    if answer.status == HTTPStatus.UNAUTHORIZED:
        return ClusterError("cluster-refused", f"the server does not know the token: {told(answer.message)}")
    if answer.status == HTTPStatus.FORBIDDEN:
        help_text = "compile writes the Role that it needs: apply all of the lifecycle's folder"
        return ClusterError("cluster-refused", f"the account may not {what}: {told(answer.message)}", help_text)
    return ClusterError("cluster-invalid", f"the API server did not {what}: {told(answer.message)}")
