"""The real yaml-language-server behind pipes, as an editor drives it. Knows no schema and no definition.

It is installed on first use, at the locked versions, beside `package.json`; only where there is no Node at all is there
nothing to drive.
"""

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

FOLDER = Path(__file__).resolve().parent
MODULES = FOLDER / "node_modules"
PROGRAM = MODULES / "yaml-language-server" / "bin" / "yaml-language-server"
LOCK = FOLDER / "package-lock.json"
# The lock that the installed modules were made from.
INSTALLED = MODULES / ".installed-lock.json"
PATIENCE_SECONDS = 300
# How many files are open before their diagnostics are awaited: the server waits a little before it looks at each.
TOGETHER = 40

# Told as severely as an alias without an anchor, and yet no fault.
NO_FAULT = "Unused anchor"

Message = Mapping[str, Any]  # as JSON gives it


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Remark:
    """A diagnostic: where it begins (from 1), what it says, and whether the schema says so or the YAML parser."""

    line: int
    column: int
    text: str
    is_shape: bool


class LanguageServer:
    """A running server; files are opened under any address, also one where nothing is."""

    def __init__(self, sending: IO[bytes], receiving: IO[bytes], schemas: Mapping[str, str]) -> None:
        self._sending = sending
        self._receiving = receiving
        self._number = 0
        self._versions: dict[str, int] = {}
        self._told: dict[str, tuple[Remark, ...]] = {}
        store = {"enable": False, "url": ""}
        self._settings = {
            "yaml": {
                "validate": True,
                "hover": True,
                "completion": True,
                "schemaStore": store,
                "kubernetesCRDStore": store,
                "schemas": dict(schemas),
            }
        }

    def begin(self, root: Path) -> None:
        """Hands are shaken; the server knows the settings."""
        can = {
            "workspace": {"configuration": True},
            "textDocument": {
                "hover": {"contentFormat": ["markdown"]},
                "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}},
            },
        }
        self._ask("initialize", {"processId": None, "rootUri": root.as_uri(), "capabilities": can})
        self._tell("initialized", {})
        # A file shown before the server has asked for the settings would be looked at without schemas first.
        while self._listen().get("method") != "workspace/configuration":
            pass
        # Answered only once what came before it is worked off.
        self._ask("textDocument/hover", _position((root / "none.yaml").as_uri(), 1, 1))

    def diagnostics(self, texts: Mapping[str, str]) -> Mapping[str, tuple[Remark, ...]]:
        """What the server remarks on each of the files, by their addresses."""
        addresses = list(texts)
        for start in range(0, len(addresses), TOGETHER):
            some = addresses[start : start + TOGETHER]
            for address in some:
                self.show(address, texts[address])
            while not all(address in self._told for address in some):
                self._listen()
        return {address: self._told[address] for address in addresses}

    def show(self, address: str, text: str) -> None:
        """The file is open with this text, whatever it held before."""
        self._told.pop(address, None)
        version = self._versions[address] = self._versions.get(address, 0) + 1
        if version == 1:
            document = {"uri": address, "languageId": "yaml", "version": version, "text": text}
            self._tell("textDocument/didOpen", {"textDocument": document})
        else:
            document = {"uri": address, "version": version}
            self._tell("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})

    def hover(self, address: str, line: int, column: int) -> str:
        """The help on what stands there, counted from 1; empty where there is none."""
        found = self._ask("textDocument/hover", _position(address, line, column))
        return "" if found is None else str(found["contents"]["value"])

    def completion(self, address: str, line: int, column: int) -> Mapping[str, str]:
        """What may be typed there, counted from 1, with its help."""
        found = self._ask("textDocument/completion", _position(address, line, column))
        return {item["label"]: _help(item.get("documentation", "")) for item in found["items"]}

    # ------------------------------------------------------------------------------------------------------- pipes

    def _ask(self, method: str, parameters: Message) -> Any:  # noqa: ANN401 -- an answer is whatever JSON it is
        self._number += 1
        self._send({"id": self._number, "method": method, "params": parameters})
        while True:
            message = self._listen()
            if message.get("id") == self._number and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def _tell(self, method: str, parameters: Message) -> None:
        self._send({"method": method, "params": parameters})

    def _send(self, message: Message) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._sending.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._sending.flush()

    def _listen(self) -> Message:
        """The next message; what the server asks of an editor is answered first."""
        length = 0
        while line := self._receiving.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        assert length, "the language server is gone"
        message: Message = json.loads(self._receiving.read(length))
        if message.get("method") == "textDocument/publishDiagnostics":
            self._hear(message["params"])
        elif "method" in message and "id" in message:
            self._send({"id": message["id"], "result": self._answer(message)})
        return message

    def _answer(self, message: Message) -> Sequence[object] | None:
        if message["method"] != "workspace/configuration":
            return None
        return [self._settings.get(item["section"]) for item in message["params"]["items"]]

    def _hear(self, told: Message) -> None:
        if told.get("version", self._versions.get(told["uri"])) != self._versions.get(told["uri"]):
            return  # about a text that has changed since
        self._told[told["uri"]] = tuple(
            sorted(
                Remark(
                    line=one["range"]["start"]["line"] + 1,
                    column=one["range"]["start"]["character"] + 1,
                    text=one["message"],
                    is_shape=str(one.get("source", "")).startswith("yaml-schema"),
                )
                for one in told["diagnostics"]
                if not one["message"].startswith(NO_FAULT)
            )
        )


def _position(address: str, line: int, column: int) -> Message:
    return {"textDocument": {"uri": address}, "position": {"line": line - 1, "character": column - 1}}


def _help(documentation: str | Message) -> str:
    return documentation if isinstance(documentation, str) else str(documentation["value"])


def install() -> None:
    """The modules of the lock are installed; nothing is done where they are."""
    wanted = LOCK.read_bytes()
    if INSTALLED.is_file() and INSTALLED.read_bytes() == wanted:
        return
    done = subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
        cwd=FOLDER,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"npm could not install the language server:\n{done.stdout}{done.stderr}"
    INSTALLED.write_bytes(wanted)


@contextmanager
def running(root: Path, schemas: Mapping[str, str]) -> Iterator[LanguageServer]:
    """A server over the folder, with schemas by file pattern, ended with the block."""
    with subprocess.Popen(
        ["node", str(PROGRAM), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            server = LanguageServer(process.stdin, process.stdout, schemas)
            server.begin(root)
            yield server
        finally:
            process.kill()
