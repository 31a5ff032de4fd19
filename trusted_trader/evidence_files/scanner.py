"""Ask ClamAV's daemon about a file; any doubt is "unavailable", and that is never a yes."""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHUNK = 64 * 1024
LONGEST_ANSWER = 4_096
ANSWER = re.compile(r"stream: (?:(?P<clean>OK)|(?P<found>[^\x00-\x1f]+) FOUND)\x00")  # whole: it may have been cut
CLEAN, UNAVAILABLE = "clean", "unavailable"


@contextmanager
def _connection(address: str, timeout: float) -> Iterator[socket.socket]:
    if address.startswith("/"):
        with socket.socket(socket.AF_UNIX) as local:
            local.settimeout(timeout)
            local.connect(address)
            yield local
    else:
        host, _colon, port = address.rpartition(":")
        with socket.create_connection((host.strip("[]"), int(port)), timeout) as remote:
            yield remote


def _answer(connection: socket.socket, deadline: float) -> str:
    answer = b""
    while not answer.endswith(b"\x00") and len(answer) < LONGEST_ANSWER:
        connection.settimeout(max(deadline - time.monotonic(), 0.001))
        part = connection.recv(LONGEST_ANSWER)
        if not part:
            break
        answer += part
    return answer.decode("ascii", "replace")


def scan_clamd(path: Path, address: str, timeout: float = 30.0) -> str:
    """Return "clean", "found NAME" or "unavailable" for a file.

    `address` is host:port or the path of a local socket; `timeout` is in seconds for the whole call. An unavailable,
    slow, confused or lying scanner gives "unavailable", and the caller must not accept the file.
    """
    deadline = time.monotonic() + timeout
    try:
        with path.open("rb") as file, _connection(address, timeout) as connection:
            connection.sendall(b"zINSTREAM\x00")
            while chunk := file.read(CHUNK):
                connection.settimeout(max(deadline - time.monotonic(), 0.001))
                connection.sendall(len(chunk).to_bytes(4) + chunk)
            connection.sendall(bytes(4))
            match = ANSWER.fullmatch(_answer(connection, deadline))
    except (OSError, ValueError):
        return UNAVAILABLE
    if match is None:
        return UNAVAILABLE
    return CLEAN if match["clean"] else f"found {match['found']}"
