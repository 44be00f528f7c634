"""Recording trials in MLflow, over its REST API; a client of hundreds of modules is not needed for five requests."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

API: Final = "/api/2.0/mlflow"
LONGEST_TEXT: Final = 500
"""Characters of a parameter or tag that every version of the server takes."""


class TrackingError(Exception):
    """The tracking server does not answer, or refuses; the message names no secret."""


class Tracker:
    """An experiment of a tracking server."""

    def __init__(self, uri: str, experiment: str, environment: Mapping[str, str], seconds: float = 20.0) -> None:
        """Find the experiment, or make it. Credentials are those that MLflow's own client reads from `environment`.

        Raises `TrackingError`.
        """
        self._uri, self._seconds = uri.rstrip("/"), seconds
        self._headers = {"Content-Type": "application/json", **_credentials(environment)}
        self._experiment = self._found(experiment)

    def record(
        self,
        name: str,
        parameters: Mapping[str, Any],
        metrics: Mapping[str, float],
        tags: Mapping[str, str],
        seconds: float,
        *,
        failed: bool,
    ) -> str:
        """Records a run that has just ended, and returns its id. Raises `TrackingError`."""
        end = round(time.time() * 1000)
        start = end - round(seconds * 1000)
        asked = {"experiment_id": self._experiment, "run_name": name, "start_time": start, "tags": _pairs(tags)}
        made = self._ask("runs/create", asked)
        try:
            run = str(made["run"]["info"]["run_id"])
        except (KeyError, TypeError):
            raise TrackingError("its answer is none of MLflow's") from None
        measured = [{"key": key, "value": value, "timestamp": end, "step": 0} for key, value in metrics.items()]
        written = {key: value if isinstance(value, str) else json.dumps(value) for key, value in parameters.items()}
        self._ask("runs/log-batch", {"run_id": run, "metrics": measured, "params": _pairs(written)})
        status = "FAILED" if failed else "FINISHED"
        self._ask("runs/update", {"run_id": run, "status": status, "end_time": end})
        return run

    def tag(self, run: str, name: str, value: str) -> None:
        """Sets a tag of a run. Raises `TrackingError`."""
        self._ask("runs/set-tag", {"run_id": run, "key": name, "value": value})

    def _found(self, experiment: str) -> str:
        try:
            found = self._ask(f"experiments/get-by-name?experiment_name={quote(experiment, safe='')}")
        except _NotFoundError:
            found = {"experiment": self._ask("experiments/create", {"name": experiment})}
        try:
            return str(found["experiment"]["experiment_id"])
        except (KeyError, TypeError):
            raise TrackingError("its answer is none of MLflow's") from None

    def _ask(self, what: str, body: Mapping[str, Any] | None = None) -> Any:
        from urllib.error import HTTPError, URLError
        from urllib.request import Request, urlopen

        data = None if body is None else json.dumps(body).encode()
        try:
            # The language allows http and https only.
            asked = Request(f"{self._uri}{API}/{what}", data, self._headers)  # noqa: S310
            with urlopen(asked, timeout=self._seconds) as answer:  # noqa: S310
                return json.loads(answer.read())
        except HTTPError as error:
            with error:
                if error.code == 404 and body is None:
                    raise _NotFoundError from None
                raise TrackingError(f"it answered with status {error.code} to {what.partition('?')[0]}") from None
        except (URLError, OSError) as error:
            reason = getattr(error, "reason", error)
            raise TrackingError(f"it does not answer: {reason}") from None
        except (ValueError, RecursionError):
            raise TrackingError("its answer is none of MLflow's") from None


class _NotFoundError(Exception):
    """There is no such experiment."""


def _credentials(environment: Mapping[str, str]) -> dict[str, str]:
    token = environment.get("MLFLOW_TRACKING_TOKEN")
    if token:
        return {"Authorization": f"Bearer {token}"}
    user = environment.get("MLFLOW_TRACKING_USERNAME")
    if user is None:
        return {}
    pair = f"{user}:{environment.get('MLFLOW_TRACKING_PASSWORD', '')}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _pairs(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value[:LONGEST_TEXT]} for key, value in values.items()]
