"""An API server that answers what a test says, over TLS and with a real socket."""

from __future__ import annotations

import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import cast

import pytest

from controlplane.certificates import Authority
from judges.judge import AbsentError

TOKENS = ("first-token", "second-token")


class Server(ThreadingTCPServer):
    """Answers each request with the next of `answers`: a status with a body and headers, or nothing at all."""

    daemon_threads = True

    def __init__(self, credential):
        super().__init__(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(credential.certificate, credential.key)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.answers, self.requests = [], []

    def handle_error(self, request, client_address):
        """A client that hangs up on a certificate is what a test wants."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        sent = json.loads(body) if body else None
        server = cast("Server", self.server)
        server.requests.append((self.command, self.path, self.headers["Authorization"], sent))
        answer = server.answers.pop(0)
        if answer is None:
            self.close_connection = True
            self.connection.close()
            return
        status, value = answer[:2]
        headers = answer[2] if len(answer) == 3 else {}
        written = json.dumps(value).encode()
        self.send_response(status)
        for name, content in {"Content-Type": "application/json", "Content-Length": len(written), **headers}.items():
            self.send_header(name, str(content))
        self.end_headers()
        self.wfile.write(written)

    def do_POST(self):
        self.do_GET()

    def log_message(self, format, *args):  # noqa: A002 - as the base class has it
        """A test reads what was asked, not the server's log."""


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    """A certificate authority."""
    try:
        return Authority(tmp_path_factory.mktemp("authority"))
    except AbsentError as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def credential(authority):
    """What the server proves itself with."""
    return authority.server("server")


@pytest.fixture
def server(credential):
    """A server whose `answers` a test fills."""
    running = Server(credential)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield running
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.fixture
def account(tmp_path, authority):
    """The folder with the token and the certificate, as it is mounted into a pod."""
    (tmp_path / "ca.crt").write_bytes(authority.certificate.read_bytes())
    (tmp_path / "token").write_text(TOKENS[0])
    return tmp_path


@pytest.fixture
def environment(server, account):
    """The variables of a pod beside that server."""
    return {
        "KUBERNETES_SERVICE_HOST": "127.0.0.1",
        "KUBERNETES_SERVICE_PORT": str(server.server_address[1]),
        "LIFESPEC_SERVICE_ACCOUNT": str(account),
    }
