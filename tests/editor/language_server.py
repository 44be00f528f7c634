"""Drives the YAML language server as an editor does, over standard input and output."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from pathlib import Path
from typing import Any, Self

WAIT = 60
"""Seconds after which a server that has not answered is taken to hang."""


class LanguageServer:
    """One server with one open folder."""

    def __init__(self, command: list[str], folder: Path, yaml: dict[str, Any] | None = None) -> None:
        """`yaml` is what an editor's settings say under that name; none of it reaches the network."""
        self.folder = folder
        self.settings = {"schemaStore": {"enable": False}, **(yaml or {})}
        self._answers: queue.Queue[dict[str, Any]] = queue.Queue()
        self._number = 0
        self._process = subprocess.Popen(
            [*command, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._reader = threading.Thread(target=self._read_all, daemon=True)

    def __enter__(self) -> Self:
        """Starts as an editor starts it."""
        self._reader.start()
        markdown = {"contentFormat": ["markdown"], "documentationFormat": ["markdown"]}
        document = {"hover": markdown, "completion": {"completionItem": {"snippetSupport": True, **markdown}}}
        capabilities = {"workspace": {"configuration": True}, "textDocument": document}
        root = {"uri": self.folder.as_uri(), "name": self.folder.name}
        self._ask(
            "initialize",
            {"processId": None, "rootUri": root["uri"], "workspaceFolders": [root], "capabilities": capabilities},
        )
        self._tell("initialized", {})
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the process, whatever it does."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()

    def diagnostics(self, file: str, text: str | None = None) -> list[dict[str, Any]]:
        """Opens a file of the folder, with `text` in the place of what it holds, and gives what the server reports."""
        uri = self._open(file, text)
        message = self._wait(lambda message: message.get("params", {}).get("uri") == uri)
        found: list[dict[str, Any]] = message["params"]["diagnostics"]
        return found

    def completions(self, file: str, text: str) -> dict[str, dict[str, Any]]:
        """What is offered where `text` has a `|`, by label."""
        answer = self._at_cursor("textDocument/completion", file, text)
        items = answer["items"] if isinstance(answer, dict) else answer or []
        return {item["label"]: item for item in items}

    def hover(self, file: str, text: str) -> str:
        """What is shown where `text` has a `|`, as Markdown."""
        answer = self._at_cursor("textDocument/hover", file, text)
        return str(answer["contents"]["value"]) if answer else ""

    def _at_cursor(self, method: str, file: str, text: str) -> Any:
        before, _, after = text.partition("|")
        uri = self._open(file, before + after)
        lines = before.split("\n")
        position = {"line": len(lines) - 1, "character": len(lines[-1])}
        answer = self._ask(method, {"textDocument": {"uri": uri}, "position": position})
        return answer["result"]

    def _open(self, file: str, text: str | None) -> str:
        """Opens a file, under a name that no other has, so that no report on another is taken for its own."""
        self._number += 1
        path = self.folder / file
        content = path.read_text("utf-8") if text is None else text
        uri = path.with_stem(f"{path.stem}-{self._number}").as_uri()
        opened = {"uri": uri, "languageId": "yaml", "version": 1, "text": content}
        self._tell("textDocument/didOpen", {"textDocument": opened})
        return uri

    def _ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        self._number += 1
        number = self._number
        self._send({"id": number, "method": method, "params": params})
        return self._wait(lambda message: message.get("id") == number and "method" not in message)

    def _tell(self, method: str, params: dict[str, Any]) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()

    def _wait(self, wanted: Any) -> dict[str, Any]:
        while True:
            message = self._answers.get(timeout=WAIT)
            if wanted(message):
                return message

    def _read_all(self) -> None:
        stream = self._process.stdout
        assert stream
        while header := stream.readline():
            length = 0
            while header.strip():
                name, _, value = header.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
                header = stream.readline()
            self._receive(json.loads(stream.read(length)))

    def _receive(self, message: dict[str, Any]) -> None:
        if message.get("method") == "workspace/configuration":
            known = {"yaml": self.settings}
            result = [known.get(item.get("section")) for item in message["params"]["items"]]
            self._send({"id": message["id"], "result": result})
        elif "method" in message and "id" in message:  # to register something, or to show progress
            self._send({"id": message["id"], "result": None})
        else:
            self._answers.put(message)
