"""A certificate authority for one control plane, and what it signs. Everything lives as long as the plane."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

from judges.judge import AbsentError, execute


class Credential(NamedTuple):
    """A certificate with its key, both PEM files."""

    certificate: Path
    key: Path


class Authority:
    """Signs certificates for a control plane on this machine; raises `AbsentError` where openssl is not installed."""

    def __init__(self, folder: Path) -> None:
        openssl = shutil.which("openssl")
        if openssl is None:
            raise AbsentError("openssl is not installed")
        self._openssl = openssl
        self._folder = folder
        # The machine's own configuration would add extensions that contradict ours.
        self._configuration = folder / "openssl.cnf"
        self._configuration.write_text("[req]\ndistinguished_name = subject\n[subject]\n", encoding="utf-8")
        self._root: Credential | None = None
        self._root = self._sign("ca", "/CN=ca", "basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign")
        self.certificate = self._root.certificate

    def server(self, name: str) -> Credential:
        """Return what a server on the loopback interface proves itself with."""
        return self._sign(
            name, f"/CN={name}", "subjectAltName=IP:127.0.0.1,DNS:localhost", "extendedKeyUsage=serverAuth"
        )

    def client(self, user: str, group: str = "") -> Credential:
        """Return what the API server knows a user and the user's group by."""
        organization = f"/O={group}" if group else ""
        return self._sign(user.rpartition(":")[2], f"{organization}/CN={user}", "extendedKeyUsage=clientAuth")

    def _sign(self, name: str, subject: str, *extensions: str) -> Credential:
        made = Credential(self._folder / f"{name}.crt", self._folder / f"{name}.key")
        issuer = ("-CA", str(self._root.certificate), "-CAkey", str(self._root.key)) if self._root else ()
        done = execute(
            *(self._openssl, "req", "-x509", "-config", str(self._configuration), "-days", "2", *issuer),
            *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"),
            *("-subj", subject, "-keyout", str(made.key), "-out", str(made.certificate)),
            *(argument for extension in extensions for argument in ("-addext", extension)),
        )
        if done.returncode:
            raise AbsentError(f"openssl signs no certificate: {done.stderr.strip()[-300:]}")
        made.key.chmod(0o600)
        return made
