"""The way to the API server: where it is, who asks, and how often it is asked again."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, NamedTuple

from lifespec_schema.loader.escape import show_value

from .errors import ClusterError

Json = dict[str, Any]

ACCOUNT: Final = "/var/run/secrets/kubernetes.io/serviceaccount"
"""The folder in which a pod finds its account's token and the cluster's certificate."""

ACCOUNT_VARIABLE: Final = "LIFESPEC_SERVICE_ACCOUNT"
"""Names another folder than `ACCOUNT`."""

SECONDS: Final = (10, 60)
"""How long a request may take: to connect, and to be answered."""


class Patience(NamedTuple):
    """How often a request that may yet succeed is made again, and how long is waited before: twice as long each time.

    The default waits for about five minutes: as long as an API server that is updated may be away, since what it is
    asked for may have taken hours to measure.
    """

    tries: int = 15
    first: float = 0.5
    longest: float = 30.0
    refusals: int = 3
    """Tries with a token that the server does not know: a new one may just be on its way into the file."""


class Refused(NamedTuple):
    """A request that the server answered with an error."""

    status: int
    reason: str
    """The reason of Kubernetes, `AlreadyExists` for instance."""
    message: str


class Connection:
    """The API server as this pod's account sees it. Raises `ClusterError` where there is no account."""

    def __init__(
        self,
        environment: Mapping[str, str] = os.environ,
        patience: Patience | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        from kubernetes.client import ApiClient, Configuration, CustomObjectsApi
        from kubernetes.config import ConfigException, incluster_config

        folder = Path(environment.get(ACCOUNT_VARIABLE) or ACCOUNT)
        untyped: Any = incluster_config.InClusterConfigLoader
        loader = untyped(str(folder / "token"), str(folder / "ca.crt"), environ=environment)
        self._configuration = Configuration()
        self._configuration.retries = False  # tries are counted here, once
        try:
            loader.load_and_set(self._configuration)
        except (ConfigException, OSError) as error:
            help_text = "`cluster` is for Jobs in the cluster; `--report FILE` writes the report to a file"
            raise ClusterError("cluster-no-account", f"{error}".rstrip("."), help_text) from error
        self._reload: Callable[[], None] = lambda: loader.load_and_set(self._configuration)
        self.objects = CustomObjectsApi(ApiClient(self._configuration))
        """The calls, to be made by `ask`."""
        self._patience = patience or Patience()
        self._pause = pause

    def ask(self, call: Callable[[], Any]) -> Json | Refused:
        """What the server answers to a call of `objects`.

        Too many requests, errors of the server and broken connections are no answer: the call is made again. So a call
        may have been carried out when it is refused as a duplicate. Raises `ClusterError` where no try was answered.
        """
        from kubernetes.client import ApiException
        from urllib3.exceptions import HTTPError

        refusals, why, asked_for = 0, "", 0.0
        for number in range(self._patience.tries):
            if number:
                self._pause(max(asked_for, min(self._patience.first * 2 ** (number - 1), self._patience.longest)))
            asked_for = 0.0
            try:
                found: Json = call()
            except ApiException as error:
                refused = _refused(error)
                if refused.status == HTTPStatus.UNAUTHORIZED:
                    refusals += 1
                    if refusals >= self._patience.refusals:
                        return refused
                    self._reload()
                elif not _passes(refused.status):
                    return refused
                asked_for = min(_retry_after(error), self._patience.longest)
                why = refused.message
            except (HTTPError, OSError) as error:
                why = f"{type(error).__name__}: {error}"
            else:
                return found
        raise ClusterError("cluster-unreachable", f"the API server does not answer: {told(why)}", _NETWORK)


_NETWORK: Final = "does a network policy let the pod reach the API server?"


def told(text: str) -> str:
    """What a server or a library says, on one line and not at any length."""
    return show_value(" ".join(text.split()))


def _passes(status: int) -> bool:
    """Whether the same request may be answered later. 0: no answer, for instance none that could be trusted."""
    return status in (0, HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS) or status >= 500


def _refused(error: Any) -> Refused:
    try:
        body = json.loads(error.body or "")
    except ValueError:
        body = None
    status = body if isinstance(body, dict) else {}
    message = status.get("message") or error.reason or ""
    return Refused(error.status or 0, str(status.get("reason", "")), str(message))


def _retry_after(error: Any) -> float:
    value = (error.headers or {}).get("Retry-After", "")
    return float(value) if str(value).isdigit() else 0.0
