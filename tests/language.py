"""The language server that editors ask about YAML, spoken to as an editor does."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

OFFLINE: dict[str, Any] = {
    "yaml": {
        "validate": True,
        "hover": True,
        "completion": True,
        "schemaStore": {"enable": False},
        "kubernetesCRDStore": {"enable": False},
    },
    "http": {"proxy": "http://127.0.0.1:9", "proxyStrictSSL": True},
}
"""What an editor tells the server: nothing is fetched from anywhere."""


@dataclass
class Server:
    """One session with the server. `folder` is the folder that the editor has open."""

    program: Path
    folder: Path
    number: int = 0
    published: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            ["node", str(self.program), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=self.folder
        )
        root = self.folder.as_uri()
        able = {
            "textDocument": {
                "completion": {"completionItem": {"documentationFormat": ["markdown"], "snippetSupport": True}},
                "hover": {"contentFormat": ["markdown"]},
                "publishDiagnostics": {},
            },
            "workspace": {"configuration": True, "workspaceFolders": True},
        }
        folders = [{"uri": root, "name": "site"}]
        self.ask("initialize", processId=None, rootUri=root, capabilities=able, workspaceFolders=folders)
        self._tell("initialized")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.ask("shutdown")
            self._tell("exit")
            self._process.wait(timeout=10)
        finally:
            self._process.kill()
            self._process.wait()
            for pipe in (self._in, self._out):
                pipe.close()

    @property
    def _in(self) -> IO[bytes]:
        assert self._process.stdin
        return self._process.stdin

    @property
    def _out(self) -> IO[bytes]:
        assert self._process.stdout
        return self._process.stdout

    def show(self, file: str, text: str) -> str:
        """Open a file of the folder with this text, saved or not; its address."""
        uri = self._uri(file)
        self.published.pop(uri, None)
        self.number += 1
        document = {"uri": uri, "languageId": "yaml", "version": self.number, "text": text}
        self._tell("textDocument/didOpen", textDocument=document)
        return uri

    def wrong(self, file: str, text: str) -> list[dict[str, Any]]:
        """The same, and what is underlined in it; the server takes its time before it says so."""
        uri = self.show(file, text)
        while uri not in self.published:
            self._heed(self._read())
        return self.published[uri]

    def hover(self, file: str, line: int, character: int) -> str:
        """What is shown over a place, counted from 0."""
        found = self.ask(
            "textDocument/hover",
            textDocument={"uri": self._uri(file)},
            position={"line": line, "character": character},
        )
        return str(found["contents"]["value"]) if found else ""

    def complete(self, file: str, line: int, character: int) -> dict[str, dict[str, Any]]:
        """What is offered at a place, counted from 0, by its label."""
        found = self.ask(
            "textDocument/completion",
            textDocument={"uri": self._uri(file)},
            position={"line": line, "character": character},
        )
        items = found["items"] if isinstance(found, dict) else found or []
        return {item["label"]: item for item in items}

    def ask(self, method: str, **params: Any) -> Any:
        """A request, and its result."""
        self.number += 1
        number = self.number
        self._write({"id": number, "method": method, "params": params})
        while True:
            message = self._read()
            if "method" not in message and message.get("id") == number:
                assert "error" not in message, message
                return message.get("result")
            self._heed(message)

    def _tell(self, method: str, **params: Any) -> None:
        self._write({"method": method, "params": params})

    def _heed(self, message: dict[str, Any]) -> None:
        """What the server asks or tells by itself."""
        params = message.get("params", {})
        match message.get("method"):
            case "workspace/configuration":
                result: Any = [OFFLINE.get(item.get("section", "")) for item in params["items"]]
                self._write({"id": message["id"], "result": result})
            case "textDocument/publishDiagnostics":
                self.published[params["uri"]] = params["diagnostics"]
            case _ if "id" in message and "method" in message:
                self._write({"id": message["id"], "result": None})
            case _:
                pass

    def _write(self, message: dict[str, Any]) -> None:
        packed = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._in.write(b"Content-Length: %d\r\n\r\n" % len(packed) + packed)
        self._in.flush()

    def _read(self) -> dict[str, Any]:
        length = 0
        while (line := self._out.readline().strip()) or not length:
            assert line, "the server has ended"
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        found: dict[str, Any] = json.loads(self._out.read(length))
        return found

    def _uri(self, file: str) -> str:
        return (self.folder / file).as_uri()
