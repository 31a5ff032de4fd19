"""The virus scanner: only a plain "OK" is a yes. The peers speak clamd's protocol over real sockets."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from trusted_trader.evidence_files import scan_clamd

OK = b"stream: OK\x00"


def received(connection: socket.socket) -> bytes:
    """Read one INSTREAM request as clamd does and return the file."""
    stream = connection.makefile("rb")
    assert stream.read(10) == b"zINSTREAM\x00"
    data = b""
    while length := int.from_bytes(stream.read(4)):
        data += stream.read(length)
    return data


def answering(answer: bytes) -> Callable[[socket.socket], None]:
    def serve(connection: socket.socket) -> None:
        received(connection)
        connection.sendall(answer)

    return serve


def by_content(connection: socket.socket) -> None:
    bad = b"evil" in received(connection)
    connection.sendall(b"stream: Win.Test.Evil-1 FOUND\x00" if bad else OK)


def silent(connection: socket.socket) -> None:
    received(connection)
    connection.recv(1)  # until the other side gives up


def dripping(connection: socket.socket) -> None:
    received(connection)
    closed = threading.Event()
    while not closed.wait(0.05):
        connection.sendall(b"s")


def hanging_up(connection: socket.socket) -> None:
    connection.recv(4)


@contextmanager
def scanner(serve: Callable[[socket.socket], None], local: Path | None = None) -> Iterator[str]:
    with socket.socket(socket.AF_UNIX if local else socket.AF_INET) as listener:
        listener.bind(str(local) if local else ("127.0.0.1", 0))
        listener.listen()

        def run() -> None:
            with suppress(OSError):
                connection, _peer = listener.accept()
                with connection:
                    serve(connection)

        thread = threading.Thread(target=run)
        thread.start()
        yield str(local) if local else f"127.0.0.1:{listener.getsockname()[1]}"
        thread.join(5)


@pytest.fixture
def file(tmp_path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"good " * 50_000)
    return path


def test_a_clean_file_is_clean(file, tmp_path):
    with scanner(by_content) as address:
        assert scan_clamd(file, address) == "clean"
    with scanner(by_content, tmp_path / "clamd.sock") as address:
        assert scan_clamd(file, address) == "clean"


def test_a_virus_is_named(file):
    file.write_bytes(b"evil")
    with scanner(by_content) as address:
        assert scan_clamd(file, address) == "found Win.Test.Evil-1"


LIES = [b"", b"OK\x00", b"stream: OK", b"stream: \x00", b"INSTREAM size limit exceeded. ERROR\x00", b"x" * 90_000]


@pytest.mark.parametrize("lie", LIES, ids=repr)
def test_a_confused_scanner_is_no_yes(lie, file):
    with scanner(answering(lie)) as address:
        assert scan_clamd(file, address) == "unavailable"


@pytest.mark.parametrize("serve", [silent, dripping, hanging_up])
def test_a_slow_or_dead_scanner_is_no_yes_and_does_not_hold_us_up(serve, file):
    with scanner(serve) as address:
        assert scan_clamd(file, address, timeout=0.3) == "unavailable"


@pytest.mark.parametrize("address", ["127.0.0.1:1", "/nowhere/clamd.sock", "no port", "", "host.invalid:3310"])
def test_no_scanner_is_no_yes(address, file):
    assert scan_clamd(file, address, timeout=0.5) == "unavailable"
