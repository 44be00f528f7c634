"""Which server a source is read from, and where its file lies there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from lifespec_schema.findings import Path, Severity

from .custom import ours
from .draft import Draft, JsonObject, items
from .report import Report, shown
from .standard import NODES

_READABLE: Final = {
    "api": ("location",),
    "azure": ("location",),
    "custom": ("location", "path"),
    "glue": ("location",),
    "local": ("path",),
    "s3": ("location",),
    "sftp": ("location",),
}
"""The fields that say where the files of a server of this type lie."""

_WITHOUT_LOCATION: Final = ("custom", "glue")
"""Types of which the standard does not require a location."""

_PLACEHOLDER: Final = "{model}"
"""In a server's location: the name of the schema object, as datacontract-cli reads it."""


class Chosen(NamedTuple):
    """The server that sources are read from."""

    server: JsonObject
    path: Path
    custom: Mapping[str, tuple[object, Path]]
    """Its custom properties that lifespec knows."""

    def ignores(self, path: Path) -> bool:
        """Whether the field at `path`, one that the tables call unused, is this server's and asks for something."""
        if path[:2] != self.path or not self._keys_of_location():
            return False
        by_lines = self.server.get("delimiter") == "new_line" and _format(self.server) in ("json", "jsonl")
        encoding = self.server.get("encoding")
        utf8 = isinstance(encoding, str) and encoding.lower() in ("utf-8", "utf8")
        return path[2] not in ("delimiter",) * by_lines + ("encoding",) * utf8

    def locate(self, name: str, draft: Draft) -> None:
        """Write uri, format and secretRef of the schema object `name` into its source."""
        key, location = self._location()
        if location is None:
            return
        written = location.replace(_PLACEHOLDER, name)
        draft.put("uri", written if "://" in written else _file(written), (*self.path, key))
        if (form := _format(self.server)) is not None:
            draft.put("format", form, (*self.path, "format"))
        for custom, (value, origin) in self.custom.items():
            draft.put(custom, value, origin)

    def judge(self, objects: int, report: Report) -> None:
        """Report a server without files, and one where several schema objects would be read from one place."""
        kind = self.server.get("type")
        key, location = self._location()
        if location is not None:
            if _PLACEHOLDER not in location and objects > 1:
                report.add(
                    "contract-shared-location",
                    (*self.path, key),
                    f"{objects} schema objects are read from the same place",
                    f"write `{_PLACEHOLDER}` where the name of the object belongs",
                    Severity.WARNING,
                )
        elif isinstance(kind, str) and kind in NODES["Server"].variants and self._may_lack_a_location():
            report.add(
                "contract-server-not-readable",
                (*self.path, "type"),
                f"lifespec reads files, and this server of type `{kind}` does not say where they lie",
                "name them in a server of type s3, azure, sftp, local or custom, or give the source a `uri`",
            )

    def _may_lack_a_location(self) -> bool:
        return not self._keys_of_location() or self.server.get("type") in _WITHOUT_LOCATION

    def _keys_of_location(self) -> tuple[str, ...]:
        kind = self.server.get("type")
        return _READABLE.get(kind, ()) if isinstance(kind, str) else ()

    def _location(self) -> tuple[str, str | None]:
        for key in self._keys_of_location():
            location = self.server.get(key)
            if isinstance(location, str):
                return key, location
        return "type", None


def choose(contract: JsonObject, environment: str | None, report: Report) -> Chosen | None:
    """The first server of the environment, else the first of all; None where there is none."""
    servers = items(contract, "servers")
    if not servers:
        return None
    of_environment = [item for item in servers if environment is not None and item[1].get("environment") == environment]
    index, server = (of_environment or servers)[0]
    path: Path = ("servers", index)
    theirs = server.get("environment")
    if environment is not None and not of_environment and isinstance(theirs, str):
        report.add(
            "contract-server-fallback",
            path,
            f"no server is of environment `{environment}`, so the data of {shown(theirs)} is read",
            f"add a server with `environment: {environment}`",
            Severity.INFO,
        )
    return Chosen(server, path, ours(server, path, "server", report))


def _file(path: str) -> str:
    return f"file://{path}" if path.startswith("/") else f"file://./{path.removeprefix('./')}"


def _format(server: JsonObject) -> str | None:
    form = server.get("format")
    return form.lower() if isinstance(form, str) else None
