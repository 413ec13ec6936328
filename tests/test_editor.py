"""The flake8 plugin in an editor: python-lsp-server over stdio, with a buffer that changes and is never saved."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import pytest

pytest.importorskip("pylsp")

BAD = "from einops import rearrange\n\n\ndef f(x):\n    return rearrange(x, 'b 1 c h w')\n"
GOOD = BAD.replace("b 1 c h w", "b 1 c h w -> b c h w")
PLUGINS = {
    "flake8": {"enabled": True, "executable": str(Path(sys.executable).with_name("flake8"))},
    **{name: {"enabled": False} for name in ("mccabe", "pycodestyle", "pyflakes")},
}
PATIENCE = 60


class Client:
    """An editor, as far as a server notices."""

    def __init__(self, folder: Path) -> None:
        self.server = subprocess.Popen(
            [sys.executable, "-m", "pylsp"],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.messages: Queue[Any] = Queue()
        Thread(target=self._read, daemon=True).start()
        self.request("initialize", processId=None, rootUri=folder.as_uri(), capabilities={})
        self.notify("initialized")
        self.notify("workspace/didChangeConfiguration", settings={"pylsp": {"plugins": PLUGINS}})

    def _read(self) -> None:
        assert self.server.stdout
        while header := self.server.stdout.readline():
            if header.lower().startswith(b"content-length:"):
                length = int(header.split(b":")[1])
            elif header == b"\r\n":
                self.messages.put(json.loads(self.server.stdout.read(length)))

    def _send(self, **message: Any) -> None:
        assert self.server.stdin
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.server.stdin.flush()

    def notify(self, method: str, **parameters: Any) -> None:
        self._send(method=method, params=parameters)

    def request(self, method: str, **parameters: Any) -> Any:
        self._send(id=method, method=method, params=parameters)
        return self.wait(lambda message: message.get("id") == method)["result"]

    def wait(self, wanted: Any) -> Any:
        while True:
            message = self.messages.get(timeout=PATIENCE)
            if wanted(message):
                return message

    def diagnostics(self, version: int) -> list[tuple[int, int, str]]:
        """Row, column and code of what is shown for a version of the buffer; rows and columns start at 0."""
        message = self.wait(
            lambda message: (
                message.get("method") == "textDocument/publishDiagnostics"
                and message["params"].get("version") == version
            )
        )
        found = message["params"]["diagnostics"]
        return [(d["range"]["start"]["line"], d["range"]["start"]["character"], d["code"]) for d in found]

    def close(self) -> None:
        self.request("shutdown")
        self.notify("exit")
        self.server.wait(PATIENCE)
        assert self.server.stdin and self.server.stdout
        self.server.stdin.close()
        self.server.stdout.close()


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    one = Client(tmp_path)
    yield one
    one.close()


def test_findings_come_and_go_with_the_buffer(tmp_path: Path, client: Client) -> None:
    path = tmp_path / "model.py"
    path.write_text(GOOD, "utf-8")
    document = {"uri": path.as_uri()}
    client.notify("textDocument/didOpen", textDocument={**document, "languageId": "python", "version": 1, "text": BAD})
    assert client.diagnostics(1) == [(4, 25, "EIN001")]
    pushed = f"import os  # noqa\n{BAD}"
    client.notify("textDocument/didChange", textDocument={**document, "version": 2}, contentChanges=[{"text": pushed}])
    assert client.diagnostics(2) == [(5, 25, "EIN001")]
    client.notify("textDocument/didChange", textDocument={**document, "version": 3}, contentChanges=[{"text": GOOD}])
    assert client.diagnostics(3) == []
    arrow = {"start": {"line": 4, "character": 34}, "end": {"line": 4, "character": 45}}
    change = [{"range": arrow, "text": ""}]
    client.notify("textDocument/didChange", textDocument={**document, "version": 4}, contentChanges=change)
    assert client.diagnostics(4) == [(4, 25, "EIN001")]
    assert path.read_text("utf-8") == GOOD
