"""A small client of an API server: any object, by its apiVersion and kind. The agent's client does not judge itself."""

from __future__ import annotations

import http
import http.client
import json
import ssl
import time
import urllib.parse
from pathlib import Path
from typing import Any, Final

from controlplane.certificates import Credential

Object = dict[str, Any]
IDLE_SECONDS: Final = 20
"""After which a connection is made anew; the API server closes idle ones after 90."""


class RefusedError(Exception):
    """An answer that is not a success; the text is its message.

    `status` is the HTTP status, `reason` the API's word for it.
    """

    def __init__(self, status: int, answer: Object) -> None:
        super().__init__(answer.get("message", str(answer)))
        self.status = status
        self.reason: str = answer.get("reason", "")


class Client:
    """Speaks to the API server at a port of the loopback interface, as one user."""

    def __init__(self, port: int, authority: Path, credential: Credential | None = None, token: str = "") -> None:
        context = ssl.create_default_context(cafile=str(authority))
        if credential:
            context.load_cert_chain(credential.certificate, credential.key)
        self._connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=60)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._resources: dict[str, dict[str, Object]] = {}
        self._used = time.monotonic()
        self.warnings: list[str] = []
        """What the server warned of, all requests so far."""

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def request(self, method: str, path: str, body: Any = None, content: str = "application/json", **query: str) -> Any:
        """Send a request; return the answer, or raise `RefusedError`. Reading a warning adds it to `warnings`."""
        # What is applied is read as YAML, which knows no pairs of escapes for one character.
        sent = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        target = f"{path}?{urllib.parse.urlencode(query)}" if query else path
        if time.monotonic() - self._used > IDLE_SECONDS:
            self._connection.close()  # the server may have closed it too, and a request into that is lost
        try:
            self._connection.request(method, target, sent, {**self._headers, "Content-Type": content})
            answer = self._connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()  # the next request connects anew
            raise
        finally:
            self._used = time.monotonic()
        self.warnings += answer.headers.get_all("Warning", [])
        value = json.loads(text) if answer.headers.get_content_type() == "application/json" else text.decode()
        if answer.status >= 300:
            raise RefusedError(answer.status, value if isinstance(value, dict) else {"message": value})
        return value

    def path(self, api_version: str, kind: str, namespace: str = "", name: str = "") -> str:
        """Return where objects of a kind are, or one of them; raise `LookupError` for a kind that is not served."""
        group = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
        if kind not in self._resources.get(group, {}):
            found = self.request("GET", group)["resources"]
            self._resources[group] = {each["kind"]: each for each in found if "/" not in each["name"]}
        if kind not in self._resources[group]:
            raise LookupError(f"the server has no {kind} in {api_version}")
        resource = self._resources[group][kind]
        middle = f"/namespaces/{namespace}" if resource["namespaced"] and namespace else ""
        return f"{group}{middle}/{resource['name']}" + (f"/{name}" if name else "")

    def path_of(self, manifest: Object) -> str:
        """Return where an object is."""
        metadata = manifest["metadata"]
        return self.path(manifest["apiVersion"], manifest["kind"], metadata.get("namespace", ""), metadata["name"])

    def create(self, manifest: Object, **query: str) -> Object:
        """Create an object. `dryRun="All"` only asks."""
        path = self.path_of(manifest).rpartition("/")[0]
        created: Object = self.request("POST", path, manifest, fieldValidation="Strict", **query)
        return created

    def apply(self, manifest: Object, manager: str = "tests", **query: str) -> Object:
        """Apply an object on the server's side, under a field manager; conflicts with another manager are refused."""
        applied: Object = self.request(
            *("PATCH", self.path_of(manifest), manifest, "application/apply-patch+yaml"),
            **{"fieldManager": manager, "fieldValidation": "Strict", **query},
        )
        return applied

    def read(self, manifest: Object) -> Object:
        """Return the object as the server has it."""
        found: Object = self.request("GET", self.path_of(manifest))
        return found

    def delete(self, manifest: Object, *, missing_ok: bool = False) -> None:
        """Delete an object."""
        try:
            self.request("DELETE", self.path_of(manifest), propagationPolicy="Background")
        except RefusedError as refusal:
            if not (missing_ok and refusal.status == http.HTTPStatus.NOT_FOUND):
                raise

    def merge(self, manifest: Object, patch: Object, subresource: str = "") -> Object:
        """Change an object by a JSON merge patch."""
        path = self.path_of(manifest) + (f"/{subresource}" if subresource else "")
        changed: Object = self.request("PATCH", path, patch, "application/merge-patch+json")
        return changed

    def items(self, api_version: str, kind: str, namespace: str = "") -> list[Object]:
        """List the objects of a kind."""
        found: list[Object] = self.request("GET", self.path(api_version, kind, namespace))["items"]
        return found
